import { prepareImages } from "../../data/index.js";
import { greyPolicyOf } from "../grey-policy.js";
import { loadRegions, preprocessingOf } from "../images-of-study.js";
import { digestOf } from "../plan.js";
import type { RecipeSource } from "../recipe.js";
import { knownWindows, marginOf } from "../regions/view-images.js";
import type { TaskContext } from "../run-task.js";

/** Contexts of a search by the part of the recipe that they depend on. Images are read once per size. */
export type TrialContexts = Map<string, Promise<TaskContext>>;

/** Sizes of the images that are held in memory at once. */
const mostHeld = 3;

/** What a trial's tasks share: the run's context, with the images and augmentation that its settings ask for. */
export async function contextFor(recipe: RecipeSource, context: TaskContext, { known, scope }: { readonly known: TrialContexts; readonly scope: string }): Promise<TaskContext> {
  const { augmentation: _, ...rest } = context;
  const own = { ...rest, scope, grey: greyPolicyOf(recipe), detectors: new Map<string, never>(), ...(recipe.augmentation && { augmentation: recipe.augmentation }) };
  const preprocessing = preprocessingOf(recipe, context.prepared.preprocessing.size);
  const margin = marginOf(recipe);
  const key = digestOf({ preprocessing, margin });
  if (key === digestOf({ preprocessing: context.prepared.preprocessing, margin: context.margin })) return own;
  const prepare = async (): Promise<TaskContext> => {
    const { dataset, pool, folder, onProgress, signal } = context;
    const prepared = await prepareImages(dataset.cases, { preprocessing, pool, cacheDirectory: folder.file("cache/images"), ...(onProgress && { onProgress }), ...(signal && { signal }) });
    return { ...context, prepared, margin, regions: await loadRegions(dataset, prepared), windows: context.windows.length === 0 ? [] : await knownWindows(dataset, recipe) };
  };
  const found = known.get(key) ?? prepare();
  known.delete(key);
  known.set(key, found);
  for (const old of [...known.keys()].slice(0, Math.max(0, known.size - mostHeld))) known.delete(old);
  const { prepared, regions, windows } = await found;
  return { ...own, prepared, regions, windows, margin };
}
