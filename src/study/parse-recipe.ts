import type { z } from "zod";
import { nearestName } from "../base/index.js";
import { deepestIssues, knownKeys, parseSettings, type SettingsIssue } from "../files/index.js";
import { recipeSchema, type RecipeSource } from "./recipe.js";

/** The first mistake of a recipe that is no text: where it is, and what, with the nearest right name. */
export function firstProblem(error: z.ZodError): { readonly path: string; readonly message: string } {
  const issue = (error.issues as unknown as SettingsIssue[]).flatMap(deepestIssues)[0]!;
  const [key] = issue.code === "unrecognized_keys" ? (issue.keys ?? []) : [];
  if (key === undefined) return { path: issue.path.join("."), message: issue.message };
  const nearest = nearestName(key, knownKeys(recipeSchema, issue.path));
  return { path: [...issue.path, key].join("."), message: `unknown key "${key}"${nearest === undefined ? "" : `, did you mean "${nearest}"?`}` };
}

/**
 * Reads a recipe. Every mistake is listed with its line; a wrong key names the nearest right one.
 * @param source what the text came from, for messages: a file name
 * @throws InputError `recipe-syntax` or `recipe-invalid`
 */
export function parseRecipe(text: string, source: string): RecipeSource {
  return parseSettings<RecipeSource>(text, { schema: recipeSchema, source, kind: "recipe" });
}
