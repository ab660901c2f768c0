import type { OnProgress, Warning } from "../base/index.js";
import { prepareImages, type DataPool, type Dataset } from "../data/index.js";
import type { EngineOptions } from "../engine/index.js";
import type { SessionCache } from "../train/index.js";
import { explanationMethodsOf } from "./explanation-methods.js";
import { greyPolicyOf } from "./grey-policy.js";
import { frameSize, loadRegions, preprocessingOf } from "./images-of-study.js";
import type { StudyNetworks } from "./networks-of-study.js";
import type { PlannedCell } from "./plan.js";
import type { RecipeSource } from "./recipe.js";
import { knownWindows, marginOf } from "./regions/view-images.js";
import type { RunFolder } from "./run-folder.js";
import type { TaskContext } from "./run-task.js";
import type { StartSource } from "./start-weights.js";

export interface TaskContextOptions {
  readonly recipe: RecipeSource;
  /** Checked, with what belongs together known. */
  readonly dataset: Dataset;
  readonly cells: readonly PlannedCell[];
  readonly starts: ReadonlyMap<string, StartSource>;
  readonly imported: StudyNetworks;
  readonly folder: RunFolder;
  readonly pool: DataPool;
  readonly sessions: SessionCache;
  readonly engine: EngineOptions;
  readonly softwareVersion: string;
  readonly checkpointSeconds?: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** What the tasks of a study share, with its images prepared. The same study gives the same in every process. */
export async function prepareTasks(options: TaskContextOptions): Promise<{ context: TaskContext; warnings: readonly Warning[] }> {
  const { recipe, dataset, cells, starts, imported, folder, pool, sessions, engine, softwareVersion, checkpointSeconds, onProgress, signal } = options;
  const preprocessing = preprocessingOf(recipe, frameSize(recipe, cells, imported));
  const prepared = await prepareImages(dataset.cases, { preprocessing, pool, cacheDirectory: folder.file("cache/images"), ...(onProgress && { onProgress }), ...(signal && { signal }) });
  const context: TaskContext = {
    folder,
    dataset,
    prepared,
    regions: await loadRegions(dataset, prepared),
    windows: cells.some(({ view }) => view !== "none") ? await knownWindows(dataset, recipe) : [],
    detectors: new Map(),
    margin: marginOf(recipe),
    grey: greyPolicyOf(recipe),
    pool,
    sessions,
    starts,
    imported,
    explanation: explanationMethodsOf(recipe),
    keepModels: recipe.models !== "discard",
    ...(recipe.scope && { scopeTold: recipe.scope }),
    softwareVersion,
    engine,
    ...(recipe.augmentation && { augmentation: recipe.augmentation }),
    ...(checkpointSeconds !== undefined && { checkpointSeconds }),
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  };
  return { context, warnings: prepared.warnings };
}
