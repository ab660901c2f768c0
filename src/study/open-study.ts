import type { OnProgress, Warning } from "../base/index.js";
import { attachRegions, checkImages, createDataPool, loadDataset, withKin, type Dataset, type DicomCasesOptions, type ImageTraits, type LeakAudit } from "../data/index.js";
import type { Device, EngineOptions } from "../engine/index.js";
import { emulatedWarning, halfArithmeticOf, SessionCache } from "../train/index.js";
import { explanationMethodsOf } from "./explanation-methods.js";
import { frameSize } from "./images-of-study.js";
import { auditStudy, leakResults, sayLeaks } from "./leaks/audit-study.js";
import { openImportedNetworks } from "./networks-of-study.js";
import { digestOf, planCells, type PlannedCell } from "./plan.js";
import type { RecipeSource } from "./recipe.js";
import { RunFolder } from "./run-folder.js";
import type { TaskContext } from "./run-task.js";
import { planSearch } from "./search/plan-search.js";
import { openStarts, type StartPlaces } from "./start-weights.js";
import { prepareTasks } from "./task-context.js";
import type { Executor } from "./tasks/contract.js";

export interface StudyOptions extends StartPlaces {
  readonly recipe: RecipeSource;
  /** Table or folder of labelled images. */
  readonly data: string;
  readonly where?: Readonly<Record<string, string>>;
  readonly skipBad?: boolean;
  /** What becomes of the identity in DICOM files: pseudonyms from a key, or paths and burned-in text kept. */
  readonly identity?: DicomCasesOptions;
  /** Run although one patient or image stands on both sides of the table's own split, and say what that is worth. */
  readonly acceptLeaks?: boolean;
  /** Table or folder of the external test set: images that are trained on in no fold. */
  readonly external?: string;
  /** COCO file, or folder of LabelMe files or masks, with regions of interest; those of the table where left out. */
  readonly regions?: string;
  /** Annotations of these names alone. */
  readonly regionCategories?: readonly string[];
  /** ONNX classifiers from elsewhere, by the name that the recipe uses. */
  readonly networks?: Readonly<Record<string, string>>;
  /** Folder of the run: made if missing, gone on with if it holds the same run. */
  readonly out: string;
  readonly threads?: number;
  /** Where networks train and predict: the CPU where left out. */
  readonly device?: Device;
  /** Memory that a training step may take; what does not fit is computed again. */
  readonly memoryBytes?: number;
  readonly softwareVersion: string;
  /** What repeats the run, for the report: without paths. */
  readonly command: string;
  readonly checkpointSeconds?: number;
  /** Who trains: this process, one task after the other, where left out. */
  readonly executor?: Executor;
  readonly onProgress?: OnProgress;
  readonly onWarning?: (message: string) => void;
  readonly signal?: AbortSignal;
}

/** What a run needs, opened and checked. */
export interface OpenStudy {
  readonly context: TaskContext;
  readonly dataset: Dataset;
  readonly cells: readonly PlannedCell[];
  readonly warnings: readonly string[];
  /** What the images show beside anatomy, by case. */
  readonly traits: ReadonlyMap<string, ImageTraits>;
  /** What ties cases beside the table's patients. */
  readonly leaks: LeakAudit;
}

/**
 * Sees to it that the device computes in what the recipe asks for, before anything is read.
 * @throws UnsupportedError `precision-unavailable`
 */
async function checkPrecision(cells: readonly PlannedCell[], engine: EngineOptions): Promise<readonly Warning[]> {
  const isHalf = cells.some(({ training }) => training.precision === "half");
  return isHalf && (await halfArithmeticOf("half", engine)) === "emulated" ? [emulatedWarning] : [];
}

/**
 * Opens recipe, weights, data and folder, checks everything that can be known before the first training step, runs
 * `work` and closes all of it.
 */
export async function withStudy<T>(options: StudyOptions, work: (study: OpenStudy) => Promise<T>): Promise<T> {
  const { recipe, signal, onProgress, skipBad = false } = options;
  const imported = await openImportedNetworks(options.networks ?? {});
  const cells = planCells(recipe, imported);
  planSearch(recipe, cells, imported);
  frameSize(recipe, cells, imported);
  const engine: EngineOptions = { ...(options.threads !== undefined && { threads: options.threads }), ...(options.device && { device: options.device }), ...(options.memoryBytes !== undefined && { memoryBytes: options.memoryBytes }) };
  const remarks = await checkPrecision(cells, engine);
  const found = await loadDataset(options.data, { where: options.where ?? {}, skipBad, ...options.identity });
  const loaded = options.regions === undefined ? found : await attachRegions(found, options.regions, { ...(options.regionCategories && { categories: options.regionCategories }) });
  const starts = await openStarts(cells, options, imported);
  const folder = await RunFolder.open(options.out);
  const pool = createDataPool();
  const sessions = new SessionCache({ engine });
  try {
    const traits = new Map<string, ImageTraits>();
    const checked = await checkImages(loaded, { skipBad, pool, onTraits: (id, own) => void traits.set(id, own), ...(onProgress && { onProgress }), ...(signal && { signal }) });
    await folder.claim({
      format: 1,
      // Subgroups only sort predictions that are there, table and published figures are only printed, and maps beside the measured one are only drawn: they may be changed between runs.
      recipe: digestOf({ ...recipe, subgroups: undefined, audit: undefined, table: undefined, published: undefined, ...(recipe.explanation && { explanation: { ...recipe.explanation, methods: undefined, ...(recipe.explanation.methods && { method: explanationMethodsOf(recipe).method }) } }) }),
      data: checked.sha256,
      images: digestOf(checked.cases.map(({ id, contentSha256 }) => [id, contentSha256])),
      weights: Object.fromEntries([...starts].map(([key, { sha256 }]) => [key, sha256])),
    });
    const leaks = await auditStudy(checked, { folder, pool, ...(onProgress && { onProgress }), ...(signal && { signal }) });
    const dataset = withKin(checked, leaks);
    const { context, warnings: told } = await prepareTasks({
      recipe,
      dataset,
      cells,
      starts,
      imported,
      folder,
      pool,
      sessions,
      engine,
      softwareVersion: options.softwareVersion,
      ...(options.checkpointSeconds !== undefined && { checkpointSeconds: options.checkpointSeconds }),
      ...(onProgress && { onProgress }),
      ...(signal && { signal }),
    });
    const warnings = [...new Set([...[...dataset.warnings, ...remarks, ...told].map(({ message }) => message), ...sayLeaks(leakResults(dataset, leaks))])];
    warnings.forEach((message) => options.onWarning?.(message));
    return await work({ context, dataset, cells, warnings, traits, leaks });
  } finally {
    await sessions.release();
    await pool.close();
    await folder.close();
  }
}
