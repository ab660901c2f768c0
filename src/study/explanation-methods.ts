import { InputError } from "../base/index.js";
import { graphMethods, methods, type GraphMethodName, type MethodName } from "../explain/index.js";
import type { RecipeSource } from "./recipe.js";

export interface ExplanationMethods {
  /** Of every test prediction: drawn, stored and measured. */
  readonly method: MethodName;
  /** Drawn beside it in the report's examples. */
  readonly beside: readonly MethodName[];
  /** Perturbed images, noisy copies or steps of methods that draw them. */
  readonly samples?: number;
}

/**
 * What the recipe's key `explanation` asks for: the first of `methods` is measured where `method` is left out.
 * @throws InputError `explanation-models` where methods are drawn beside and the networks that are to be asked again are discarded
 */
export function explanationMethodsOf({ explanation, models }: RecipeSource): ExplanationMethods {
  const { method = explanation?.methods?.[0] ?? "grad-cam", methods: all = [], samples } = explanation ?? {};
  const beside = all.filter((name) => name !== method);
  if (beside.length > 0 && models === "discard")
    throw new InputError("explanation-models", "recipe, explanation.methods: expected models: keep, as they are drawn by asking the networks again, got models: discard. Keep them, or name one method.");
  return { method, beside, ...(samples !== undefined && { samples }) };
}

/** The method that a model file's own map is made by: the measured one where it is one graph, else Grad-CAM. */
export function graphMethodOf(name: MethodName): GraphMethodName {
  return Object.hasOwn(graphMethods, name) ? (name as GraphMethodName) : "grad-cam";
}

/** Whether the method's maps depend on a number of samples. */
export function isSampled(name: MethodName): boolean {
  return "samples" in methods[name];
}

/** Titles of the methods of a recipe: "Grad-CAM", or "Grad-CAM, LIME and their mean". */
export function explanationTitles(recipe: RecipeSource): string {
  const { method, beside } = explanationMethodsOf(recipe);
  const titles = [method, ...beside].map((name) => methods[name].title);
  return beside.length === 0 ? titles.join("") : `${titles.join(", ")} and their mean`;
}
