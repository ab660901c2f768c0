import { InputError } from "../../base/index.js";
import type { Settings, SettingValue } from "../../search/index.js";
import type { StudyNetworks } from "../networks-of-study.js";
import { planCells, type PlannedCell } from "../plan.js";
import { firstProblem } from "../parse-recipe.js";
import { recipeSchema, type RecipeSource } from "../recipe.js";

/** Parts of a recipe that may be searched. */
const roots = ["training", "regimes", "augmentation", "image"];

type Plain = Record<string, unknown>;

/** A copy of an object with a value at a path; what is missing on the way is made, and what is no object (earlyStopping: false) replaced. */
function withValue(object: unknown, [key, ...rest]: readonly string[], value: SettingValue): Plain {
  const base: Plain = typeof object === "object" && object !== null ? { ...(object as Plain) } : {};
  return { ...base, [key!]: rest.length === 0 ? value : withValue(base[key!], rest, value) };
}

/** Where a setting stands in the recipe of one row: what all rows share is overridden in the row itself, so that the search has the last word. */
function placeOf(name: string, row: string): string[] {
  const [root, ...rest] = name.split(".");
  return root === "training" ? ["regimes", row, ...rest] : [root!, ...rest];
}

/** @throws InputError `search-space` */
function checkedPlace(recipe: RecipeSource, name: string, row: string): string[] {
  const path = placeOf(name, row);
  if (!roots.includes(path[0]!) || path.length < 2 || path.includes("")) {
    throw new InputError("search-space", `search.space: expected settings of ${roots.join(", ")} by their place, got "${name}". Write, for example, "training.dropout" or "augmentation.rotation.maxDeg".`);
  }
  if (path[0] === "regimes" && !Object.hasOwn(recipe.regimes, path[1]!)) {
    throw new InputError("search-space", `search.space: expected a row of the recipe (${Object.keys(recipe.regimes).join(", ")}), got "${path[1]!}" in ${name}. Correct the name.`);
  }
  return path;
}

/** What a part of a row cannot be without, from the cell as it is. */
const needed = {
  optimizer: ({ training: { optimizer } }: PlannedCell): Plain => ({ name: optimizer.name, learningRate: optimizer.learningRate }),
  schedule: ({ training: { schedule } }: PlannedCell): Plain => ({ name: schedule.name }),
};

/**
 * The recipe with some settings in place of its own, for one cell; settings of other rows than the cell's are left aside.
 * @throws InputError `search-space` where a setting has no place in a recipe or a value that is not allowed there
 */
export function withSettings(recipe: RecipeSource, cell: PlannedCell, settings: Settings): RecipeSource {
  let changed: Plain = recipe;
  const places = Object.entries(settings).map(([name, value]) => ({ path: checkedPlace(recipe, name, cell.row), value }));
  const own = places.filter(({ path }) => path[0] !== "regimes" || path[1] === cell.row);
  for (const [part, of] of Object.entries(needed)) {
    if (!own.some(({ path }) => path[0] === "regimes" && path[2] === part)) continue;
    for (const [key, value] of Object.entries(of(cell))) changed = withValue(changed, ["regimes", cell.row, part, key], value as SettingValue);
  }
  for (const { path, value } of own) changed = withValue(changed, path, value);
  const parsed = recipeSchema.safeParse(changed);
  if (parsed.success) return parsed.data;
  const { path, message } = firstProblem(parsed.error);
  const names = Object.keys(settings);
  const name = names.find((one) => path.startsWith(placeOf(one, cell.row).join("."))) ?? names.at(-1)!;
  throw new InputError("search-space", `search.space.${name}: expected a setting of the recipe and values that it may have, got ${JSON.stringify(settings[name])}: ${message}. Correct the name or the range.`);
}

/** A cell as settings make it, with the recipe that says so. */
export interface TunedCell {
  readonly recipe: RecipeSource;
  readonly cell: PlannedCell;
}

/** @throws InputError `search-space`, `training-recipe` */
export function tuneCell(recipe: RecipeSource, cell: PlannedCell, { settings, imported }: { readonly settings: Settings; readonly imported: StudyNetworks }): TunedCell {
  const changed = withSettings(recipe, cell, settings);
  const tuned = planCells(changed, imported).find(({ id }) => id === cell.id)!;
  return { recipe: changed, cell: tuned };
}
