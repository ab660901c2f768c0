import { InputError } from "../base/index.js";
import type { Case, Dataset, DataPool, PreparedImages } from "../data/index.js";
import { measureNormalization } from "../data/index.js";
import { loadRegion, defaultPreprocessing, type AugmentationRecipe, type Preprocessing } from "../images/index.js";
import { regionShare } from "../explain/index.js";
import { preparedSource, type CaseSource } from "../train/index.js";
import { networkOf, type StudyNetworks } from "./networks-of-study.js";
import type { PlannedCell } from "./plan.js";
import type { RecipeSource } from "./recipe.js";
import type { StartSource } from "./start-weights.js";

/** Side of the frame: the recipe's, or the one all networks were made for. */
export function frameSize(recipe: RecipeSource, cells: readonly PlannedCell[], imported: StudyNetworks): number {
  if (recipe.image?.size !== undefined) return recipe.image.size;
  const sizes = [...new Set(cells.map(({ network }) => networkOf(network, imported).inputSize))];
  if (sizes.length === 1) return sizes[0]!;
  throw new InputError("recipe-size", `image.size: expected one size for networks made for ${sizes.join(" and ")} pixels, got none. Set image.size in the recipe.`);
}

/** How the study's images become the network's input; mean and deviation are set per task. */
export function preprocessingOf(recipe: RecipeSource, inputSize: number): Preprocessing {
  const { size = inputSize, resize = defaultPreprocessing.resize, channels = defaultPreprocessing.channels } = recipe.image ?? {};
  return { ...defaultPreprocessing, size, resize, channels };
}

/**
 * Mean and deviation of a task: those that the start weights were trained with, else those of the training fold alone,
 * the same for all three planes of a grey image.
 */
export function normalizationOf(prepared: PreparedImages, train: readonly number[], start: Pick<StartSource, "normalization"> | undefined): StartSource["normalization"] {
  if (start !== undefined) return start.normalization;
  const { mean, std } = measureNormalization(prepared, train);
  const three = (values: readonly number[]): readonly number[] => (values.length === 1 ? [values[0]!, values[0]!, values[0]!] : values);
  return { mean: three(mean), std: three(std) };
}

export interface SourceOptions {
  readonly prepared: PreparedImages;
  /** Labelled as the prepared images are ordered. */
  readonly cases: readonly Pick<Case, "label">[];
  readonly labels: readonly string[];
  readonly pool: DataPool;
  readonly normalization: { readonly mean: readonly number[]; readonly std: readonly number[] };
  readonly augmentation?: AugmentationRecipe;
}

export function sourceOf({ prepared, cases, labels, pool, normalization, augmentation }: SourceOptions): CaseSource {
  const isActive = augmentation !== undefined && Object.keys(augmentation).length > 0;
  return preparedSource({ prepared, cases, labels, pool, normalization, ...(isActive && { augmentation }) });
}

/** A known region in the network's frame. */
export interface Region {
  /** [S, S] in [0, 1]. */
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
  /** Its share of the frame. */
  readonly share: number;
}

/** Regions of interest by case, where they are known and not empty. */
export async function loadRegions(dataset: Dataset, prepared: PreparedImages): Promise<ReadonlyMap<number, Region>> {
  const regions = new Map<number, Region>();
  const { size } = prepared.preprocessing;
  for (const [i, { id, region, boxes, polygons }] of dataset.cases.entries()) {
    if (region === undefined && boxes === undefined && polygons === undefined) continue;
    const source = { ...(region !== undefined && { mask: region }), ...(boxes && { boxes }), ...(polygons && { polygons }), name: id };
    const values = await loadRegion(source, prepared.placements[i]!);
    const map = { values, height: size, width: size };
    const share = regionShare(map);
    if (share > 0) regions.set(i, { ...map, share });
  }
  return regions;
}
