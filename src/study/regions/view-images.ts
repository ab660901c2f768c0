import { cropWindow, prepareImages, type Case, type CropMargin, type DataPool, type Dataset, type PreparedImages } from "../../data/index.js";
import type { OnProgress } from "../../base/index.js";
import type { Box } from "../../images/index.js";
import { loadRegions, type Region } from "../images-of-study.js";
import type { RegionView } from "../plan.js";
import type { RecipeSource } from "../recipe.js";

/** Room around a region where the recipe says nothing. */
const usualMargin = { share: 0.2 } as const;

/** Room around a region that is cut out. */
export function marginOf(recipe: RecipeSource): CropMargin {
  return recipe.image?.margin ?? usualMargin;
}

/** Windows around the regions that the data set knows, by case. */
export function knownWindows(dataset: Dataset, recipe: RecipeSource): Promise<readonly (Box | undefined)[]> {
  return Promise.all(dataset.cases.map((one) => cropWindow(one, marginOf(recipe))));
}

/** What the network sees of the cases: with `crop-and-whole`, image i whole and image n + i cut out. */
export interface ViewImages {
  readonly prepared: PreparedImages;
  readonly cases: readonly Case[];
  /** Regions in the frame that heat maps are made of, by case. */
  readonly regions: ReadonlyMap<number, Region>;
  /** Images of a case. */
  of(index: number): readonly number[];
}

export interface ViewOptions {
  readonly view: RegionView;
  readonly dataset: Dataset;
  /** Whole images, and regions on them. */
  readonly whole: PreparedImages;
  readonly regions: ReadonlyMap<number, Region>;
  /** A window for every case, known or found. */
  readonly windows: readonly (Box | undefined)[];
  readonly pool: DataPool;
  readonly cacheDirectory: string;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** The images of a view; those of windows are cut from the files and kept in the cache. */
export async function viewImages(options: ViewOptions): Promise<ViewImages> {
  const { view, dataset, whole, regions, windows, pool, cacheDirectory, onProgress, signal } = options;
  const { cases } = dataset;
  if (view === "none") return { prepared: whole, cases, regions, of: (index) => [index] };
  const cropped = await prepareImages(cases, { preprocessing: whole.preprocessing, windows, pool, cacheDirectory, ...(onProgress && { onProgress }), ...(signal && { signal }) });
  if (view === "crop") return { prepared: cropped, cases, regions: await loadRegions(dataset, cropped), of: (index) => [index] };
  const prepared = {
    ...whole,
    ids: [...whole.ids, ...cropped.ids.map((id) => `${id}, cut out`)],
    frames: [...whole.frames, ...cropped.frames],
    placements: [...whole.placements, ...cropped.placements],
  };
  return { prepared, cases: [...cases, ...cases], regions, of: (index) => [index, cases.length + index] };
}
