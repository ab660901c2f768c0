import type { RecipeSource } from "../recipe.js";

/** Those of a list that are still there; undefined where the list names none in particular. */
function stillThere(names: readonly string[] | undefined, present: readonly string[]): string[] | undefined {
  return names?.filter((name) => present.includes(name));
}

/**
 * The recipe with a search that fits its networks and rows, after some of them were taken out, and with another number of trials.
 * @param trials of every fold; 0 leaves the search out
 */
export function narrowSearch(recipe: RecipeSource, trials?: number): RecipeSource {
  const { search, ...rest } = recipe;
  if (search === undefined) return recipe;
  const present = Object.keys(recipe.regimes);
  const [networks, rows] = [stillThere(search.networks, recipe.networks), stillThere(search.rows, present)];
  const space = Object.fromEntries(Object.entries(search.space).filter(([name]) => !name.startsWith("regimes.") || present.includes(name.split(".")[1]!)));
  if (trials === 0 || networks?.length === 0 || rows?.length === 0 || Object.keys(space).length === 0) return rest;
  return { ...rest, search: { ...search, space, ...(networks && { networks }), ...(rows && { rows }), ...(trials !== undefined && { trials }) } };
}
