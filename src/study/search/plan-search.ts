import { InputError, unknownName } from "../../base/index.js";
import { checkSpace, isActive, orderedParameters, rungsOf, scaleOf, schedulers, trialCount, type Parameter, type SamplerName, type SchedulerName, type SearchSpace, type SelectionRule, type Settings, type SettingValue } from "../../search/index.js";
import type { StudyNetworks } from "../networks-of-study.js";
import type { CellFacts } from "../aggregate.js";
import { digestOf, type PlannedCell, type StudyPlan } from "../plan.js";
import type { RecipeSource } from "../recipe.js";
import { tuneCell } from "./apply-settings.js";
import type { SearchMetricName } from "./metrics.js";
import type { SearchRecipe } from "./search-recipe.js";

/** A search with every choice written out. */
export interface SearchTerms {
  readonly sampler: SamplerName;
  readonly trials: number;
  readonly metric: SearchMetricName;
  readonly scheduler: SchedulerName;
  readonly minimumEpochs: number;
  readonly reduction: number;
  readonly innerFolds: number;
  readonly selectionRule: SelectionRule;
}

/** A cell whose settings are searched. */
export interface SearchedCell {
  /** With the recipe's settings. */
  readonly base: PlannedCell;
  /** Of the cell with the settings found. */
  readonly id: string;
  /** The parameters that make a difference to this cell. */
  readonly space: SearchSpace;
  readonly terms: SearchTerms;
  /** Epochs at which trials are compared; the last is a whole training. */
  readonly rungs: readonly number[];
}

/** Name of a cell with the settings found. */
function searchedId(cell: string): string {
  return `${cell}/searched`;
}

function termsOf({ space, sampler = "tpe", trials, metric = "macro-auc", scheduler = "none", innerFolds = 3, selectionRule = "best" }: SearchRecipe): SearchTerms {
  const { name, minimumEpochs = 1, reduction = 3 } = typeof scheduler === "string" ? { name: scheduler } : scheduler;
  const count = trialCount(space, sampler, trials) ?? 20;
  if (selectionRule === "one-standard-error" && innerFolds === 1) {
    throw new InputError("search-rule", "search.selectionRule: expected at least 2 inner folds for one-standard-error, got 1. Raise innerFolds or choose best.");
  }
  return { sampler, trials: count, metric, scheduler: name, minimumEpochs, reduction, innerFolds, selectionRule };
}

/** Some values of a parameter that stand for all: the ends of a range, every entry of a list. */
function outermost(parameter: Parameter): SettingValue[] {
  if ("choice" in parameter) return [...parameter.choice];
  const { low, high } = scaleOf(parameter)!;
  return [low, high];
}

/** Settings that make a parameter active: one value of each parameter that its condition names. */
function conditionsOf(space: SearchSpace, name: string): Settings {
  return Object.entries(space[name]!.when ?? {}).reduce<Settings>((settings, [parent, wanted]) => ({ ...conditionsOf(space, parent), ...settings, [parent]: [wanted].flat()[0]! }), {});
}

/** Everything of a cell that settings can change. */
function digestOfCell({ recipe, cell }: ReturnType<typeof tuneCell>): string {
  return digestOf({ regime: cell.regime, training: cell.training, augmentation: cell.training.augmentation ? recipe.augmentation : undefined, image: recipe.image });
}

/** The parameters that make a difference to a cell, with those that their conditions name. */
function spaceOf(space: SearchSpace, recipe: RecipeSource, { cell, imported }: { readonly cell: PlannedCell; readonly imported: StudyNetworks }): SearchSpace {
  const needed = new Set<string>();
  const need = (name: string): void => {
    needed.add(name);
    Object.keys(space[name]!.when ?? {}).forEach(need);
  };
  for (const [name, parameter] of Object.entries(space)) {
    const conditions = conditionsOf(space, name);
    if (!isActive(parameter, conditions) && parameter.when !== undefined) continue;
    const digests = outermost(parameter).map((value) => digestOfCell(tuneCell(recipe, cell, { settings: { ...conditions, [name]: value }, imported })));
    if (new Set(digests).size > 1) need(name);
  }
  return Object.fromEntries(Object.entries(space).filter(([name]) => needed.has(name)));
}

/**
 * The cells that a recipe searches, each with the part of the space that concerns it. Every end of every range is tried on the recipe, so
 * that a search is refused before the first trial.
 * @throws InputError `search-space`, `search-rule`, `search-rungs`, `training-recipe`; NotFoundError `unknown-network-of-the-recipe` and the like
 */
export function planSearch(recipe: RecipeSource, cells: readonly PlannedCell[], imported: StudyNetworks = new Map()): SearchedCell[] {
  const { search } = recipe;
  if (search === undefined) return [];
  const space: SearchSpace = search.space;
  checkSpace(space);
  const terms = termsOf(search);
  for (const name of search.networks ?? []) if (!recipe.networks.includes(name)) throw unknownName("network of the recipe", name, recipe.networks);
  for (const row of search.rows ?? []) if (!Object.hasOwn(recipe.regimes, row)) throw unknownName("row of the recipe", row, Object.keys(recipe.regimes));
  const asked = cells.filter(({ network, row }) => (search.networks?.includes(network) ?? true) && (search.rows?.includes(row) ?? true));
  const prunes = schedulers[terms.scheduler].prunes;
  if (prunes && Object.keys(space).some((name) => name.endsWith(".epochs"))) {
    throw new InputError("search-space", `search.scheduler: expected a fixed number of epochs for ${terms.scheduler}, got a search over it. Take epochs out of the space or use scheduler none.`);
  }
  const searched = asked.flatMap((base): SearchedCell[] => {
    const own = spaceOf(space, recipe, { cell: base, imported });
    if (Object.keys(own).length === 0) return [];
    if (terms.selectionRule === "one-standard-error" && orderedParameters(own).length === 0) {
      throw new InputError("search-rule", `search.selectionRule: expected a parameter of known simplicity for one-standard-error, got none. Add "simpler: low" or "simpler: high" to a range, or choose best.`);
    }
    const { epochs } = base.training;
    const rungs = prunes ? rungsOf({ minimum: Math.min(terms.minimumEpochs, epochs), maximum: epochs, reduction: terms.reduction }) : [epochs];
    return [{ base, id: searchedId(base.id), space: own, terms: { ...terms, trials: trialCount(own, terms.sampler, terms.trials)! }, rungs }];
  });
  const used = new Set(searched.flatMap(({ space: own }) => Object.keys(own)));
  const idle = Object.keys(space).find((name) => !used.has(name));
  if (idle !== undefined) {
    throw new InputError("search-space", `search.space.${idle}: expected a setting that makes a difference to a searched cell, got none. Remove it, or search the rows and networks that it concerns.`);
  }
  return searched;
}

/**
 * Refuses a search over the images' frame where networks are also tried on images that are prepared once for all of them.
 * @param beside what is done with such images, in words; nothing is refused without any
 * @throws InputError `search-space`
 */
export function refuseFrameSearch(searched: readonly SearchedCell[], beside: readonly string[]): void {
  const name = searched.flatMap(({ space }) => Object.keys(space)).find((one) => one.startsWith("image."));
  if (name === undefined || beside.length === 0) return;
  throw new InputError("search-space", `search.space.${name}: expected one frame for all networks beside ${beside.join(" and ")}, got a search over it. Take it out of the space, or compare sizes in studies of their own.`);
}

/** The plan with every searched cell after the one it is compared with. */
export function withSearched(plan: StudyPlan, searched: readonly SearchedCell[]): StudyPlan {
  if (searched.length === 0) return plan;
  return { ...plan, cells: plan.cells.flatMap((cell) => [cell, ...searched.filter(({ base }) => base.id === cell.id).map(({ id }) => ({ ...cell, id }))]) };
}

/** A searched cell's facts: settings that differ from fold to fold are told for each. */
export function searchedFacts(facts: CellFacts, folds: readonly { readonly chosen: { readonly settings: Settings } }[]): CellFacts {
  const names = [...new Set(folds.flatMap(({ chosen }) => Object.keys(chosen.settings)))];
  const found = Object.fromEntries(names.map((name) => [name, folds.map(({ chosen }) => chosen.settings[name] ?? "-")]));
  const settings = names.reduce<Record<string, unknown>>((shown, name) => replaced(shown, name.split(".").slice(name.startsWith("regimes.") ? 2 : 1), "searched"), { ...facts.settings });
  return { ...facts, row: `${facts.row}, searched`, settings: { ...settings, "searched, by fold": found } };
}

/** An object with another value where it has one at the path. */
function replaced(object: Record<string, unknown>, [key, ...rest]: readonly string[], value: unknown): Record<string, unknown> {
  if (key === undefined || !Object.hasOwn(object, key)) return object;
  if (rest.length === 0) return { ...object, [key]: value };
  const inner = object[key];
  return typeof inner === "object" && inner !== null ? { ...object, [key]: replaced(inner as Record<string, unknown>, rest, value) } : object;
}
