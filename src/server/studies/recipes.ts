import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { z } from "zod";
import type { recipeIssueSchema } from "../contract/studies.js";
import { OsteonError } from "../../base/index.js";

type Issue = z.infer<typeof recipeIssueSchema>;

/** Recipes that come with the program. */
export async function listRecipes(folder: string): Promise<{ name: string; title: string; text: string }[]> {
  const names = (await readdir(folder).catch((): string[] => [])).filter((name) => name.endsWith(".yaml")).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(path.join(folder, name), "utf8");
      return { name, title: /^title:\s*(.+)$/m.exec(text)?.[1]?.replace(/^["']|["']$/g, "") ?? name, text };
    }),
  );
}

let schema: Record<string, unknown> | undefined;
export async function recipeSchemaJson(): Promise<Record<string, unknown>> {
  schema ??= (await import("../../study/index.js")).recipeJsonSchema();
  return schema;
}

/** Each line of a refusal: `recipe:12: path: message`; one that only names a word is where the word stands: `network "resnet5": ...`. */
function issuesOf(recipe: string, message: string): Issue[] {
  return message.split("\n").map((text) => {
    const [, line, column, rest] = /^recipe:(\d+)(?::(\d+))?: (.*)$/.exec(text) ?? [];
    const [, where, said] = /^([\w.[\]-]+): (.*)$/.exec(rest ?? "") ?? [];
    const place = line === undefined ? placeOf(recipe, /^\w[\w ]* "([^"]+)":/.exec(text)?.[1]) : { line: Number(line), ...(column !== undefined && { column: Number(column) }) };
    return { path: where ?? "", message: said ?? rest ?? text, ...place };
  });
}

function placeOf(recipe: string, word: string | undefined): { line?: number; column?: number } {
  if (word === undefined) return {};
  const lines = recipe.split("\n");
  const at = lines.findIndex((line) => line.replace(/#.*/, "").includes(word));
  return at < 0 ? {} : { line: at + 1, column: lines[at]!.indexOf(word) + 1 };
}

/** What is wrong with a recipe, each mistake with its line, and what it would make. */
export async function checkRecipe(text: string): Promise<{ issues: Issue[]; cells: string[]; tasks?: number }> {
  const { parseRecipe, planCells } = await import("../../study/index.js");
  try {
    const recipe = parseRecipe(text, "recipe");
    const cells = planCells(recipe).map(({ id }) => id);
    const folds = recipe.validation?.folds ?? 5;
    const seeds = recipe.seeds?.length ?? 1;
    return { issues: [], cells, tasks: cells.length * folds * seeds };
  } catch (error) {
    if (!(error instanceof OsteonError)) throw error;
    return { issues: issuesOf(text, error.message), cells: [] };
  }
}
