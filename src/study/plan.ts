import { InputError, seededRandom } from "../base/index.js";
import { splitTrainValidation, type Dataset, type Fold } from "../data/index.js";
import { sha256 } from "../files/index.js";
import { defaultEarlyStopping, regimes, resolveRecipe, type RecipeChanges, type Regime, type RegimeName, type TrainingRecipe } from "../train/index.js";
import { networkOf, type StudyNetworks } from "./networks-of-study.js";
import type { RecipeSource, RegimeSource } from "./recipe.js";
import { planRounds, type SeededRound } from "./split/plan-rounds.js";

/** One fold of one seed's cross-validation, as indices of the data set's cases. */
export interface PlannedFold {
  readonly seed: number;
  /** 1-based. */
  readonly fold: number;
  readonly train: readonly number[];
  readonly test: readonly number[];
  /** Training cases held back for early stopping, by the part held back; shared by all cells. */
  readonly given?: readonly number[];
  /** What is tested, where it has a name: a site, a period. */
  readonly name?: string;
  /** Rounds inside the training side, in a nested cross-validation. */
  readonly inner?: readonly Fold[];
  /** Cases on neither side, because their patient is tested. */
  readonly leftOut?: readonly number[];
}

/** Where weights come from: nowhere, a file of pretrained ones, or an earlier run. */
export type StartName = "none" | "imagenet" | `run:${string}`;

/** The whole image, the region of interest cut out, or both. */
export type RegionView = "none" | "crop" | "crop-and-whole";

/** One cell of the table. */
export interface PlannedCell {
  readonly id: string;
  readonly network: string;
  /** The row's name in the recipe. */
  readonly row: string;
  readonly regime: Regime;
  readonly start: StartName;
  /** What the network sees of an image. */
  readonly view: RegionView;
  readonly training: TrainingRecipe;
}

export interface StudyPlan {
  readonly cells: readonly PlannedCell[];
  readonly folds: readonly PlannedFold[];
  readonly level: number;
}

export const defaultLevel = 0.95;

function regimeOf(row: string, settings: RegimeSource | null): Regime {
  const name = settings?.regime ?? row;
  if (!Object.hasOwn(regimes, name)) {
    throw new InputError("recipe-regime", `regimes.${row}: expected a row named ${Object.keys(regimes).join(", ")} or a key "regime" with one of them, got neither. Add "regime: fine-tuning", say.`);
  }
  if (name === "fine-tuning") return { name, stages: settings?.stages ?? "all" };
  if (settings?.stages !== undefined) {
    throw new InputError("recipe-regime", `regimes.${row}.stages: expected only in fine-tuning, got it in ${name}. Remove the key or change the regime.`);
  }
  return { name: name as Exclude<RegimeName, "fine-tuning"> };
}

/** The recipe's changes to a regime's defaults: what all regimes share, overridden by the row's own. */
function changesOf(shared: RecipeSource["training"], settings: RegimeSource | null): RecipeChanges {
  const { regime: _, stages: __, ...own } = settings ?? {};
  return {
    ...shared,
    ...own,
    ...((shared?.optimizer || own.optimizer) && { optimizer: { ...shared?.optimizer, ...own.optimizer } }),
    ...((shared?.schedule || own.schedule) && { schedule: { ...shared?.schedule, ...own.schedule } }),
  };
}

/** The sources that a regime starts from. A frozen part of random weights would be no start: `none` goes with regimes that train every stage. */
function startsOf(recipe: RecipeSource, regime: Regime): StartName[] {
  if (!regimes[regime.name].pretrained) return ["none"];
  const trainsAll = regime.name === "fine-tuning" && regime.stages === "all";
  return ((recipe.sources ?? ["imagenet"]) as StartName[]).filter((start) => start !== "none" || trainsAll);
}

/** What is about start weights means nothing without any, and random weights have no stored statistics worth keeping. */
function changesFrom(start: StartName, changes: RecipeChanges): RecipeChanges {
  if (start !== "none") return changes;
  return { batchNorm: "train", ...changes, stageRateDecay: 1, unfreezeEpochs: undefined, startPenalty: 0 };
}

/**
 * The cells of a recipe, every default written out.
 * @param imported networks from elsewhere that the recipe may name
 * @throws NotFoundError `unknown-network`; InputError `recipe-regime`, `recipe-sources`, `training-recipe`
 */
export function planCells(recipe: RecipeSource, imported: StudyNetworks = new Map()): PlannedCell[] {
  const views: readonly RegionView[] = recipe.region === undefined ? ["none"] : Array.isArray(recipe.region) ? recipe.region : [recipe.region];
  const cells = recipe.networks.flatMap((network) => {
    networkOf(network, imported);
    return Object.entries(recipe.regimes).flatMap(([row, settings]) => {
      const regime = regimeOf(row, settings);
      const changes = changesOf(recipe.training, settings);
      const isAxis = recipe.sources !== undefined && regimes[regime.name].pretrained;
      return startsOf(recipe, regime).flatMap((start) => views.map((view): PlannedCell => ({
        id: [network, row, ...(isAxis ? [start.replace(":", "-")] : []), ...(recipe.region === undefined ? [] : [view === "none" ? "whole" : view])].join("/"),
        network,
        row,
        regime,
        start,
        view,
        training: resolveRecipe(regime.name, changesFrom(start, changes)),
      })));
    });
  });
  if (cells.length > 0) return cells;
  throw new InputError("recipe-sources", "sources: expected a source that a row can start from, got none alone. Only rows that fine-tune all stages start from none.");
}

/** Cells and folds of a study. The same recipe and data give the same plan. */
export function planStudy(recipe: RecipeSource, dataset: Dataset, imported: StudyNetworks = new Map()): StudyPlan {
  const rounds = planRounds(recipe, dataset);
  const folds = rounds.map(({ seed, train, test, validation, name, inner, leftOut }, i): PlannedFold => ({
    seed,
    fold: numberIn(rounds, i),
    train,
    test,
    ...(validation && { given: validation }),
    ...(name !== undefined && { name }),
    ...(inner && { inner }),
    ...(leftOut && { leftOut }),
  }));
  return { cells: planCells(recipe, imported), folds, level: recipe.validation?.level ?? defaultLevel };
}

/** 1-based number of a round among those of its seed. */
function numberIn(rounds: readonly SeededRound[], at: number): number {
  return rounds.slice(0, at + 1).filter(({ seed }) => seed === rounds[at]!.seed).length;
}

/** The folds as rounds of a split. */
export function roundsOf({ folds }: Pick<StudyPlan, "folds">): SeededRound[] {
  return folds.map(({ seed, train, test, given, name, leftOut }) => ({ seed, train, test, ...(given && { validation: given }), ...(name !== undefined && { name }), ...(leftOut && { leftOut }) }));
}

/** What a cell trains on and what it watches, in one fold. The test cases are in neither. */
export function trainingCases(dataset: Dataset, { training }: PlannedCell, { train, given, seed, fold }: PlannedFold): { train: readonly number[]; validation: readonly number[] } {
  if (!training.earlyStopping) return { train, validation: [] };
  if (given) return { train, validation: given };
  const fraction = training.earlyStopping.fraction ?? defaultEarlyStopping.fraction;
  return splitTrainValidation(dataset.cases, train, { fraction, seed: seededRandom("early stopping", seed, fold).integer(2 ** 31) });
}

/** SHA-256 of a plain value, keys in any order. */
export function digestOf(value: unknown): string {
  const sorted = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(sorted);
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).filter(([, inner]) => inner !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
  };
  return sha256(JSON.stringify(sorted(value)));
}
