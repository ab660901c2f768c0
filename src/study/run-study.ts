import { InputError, type OnProgress } from "../base/index.js";
import { checkImages, countLabels, createDataPool, loadDataset, prepareImages, type Dataset, type PreparedImages } from "../data/index.js";
import { defaultThreads, runtimeName, type EngineOptions } from "../engine/index.js";
import { writeFileAtomic, writeJsonAtomic } from "../files/index.js";
import { architectures } from "../models/index.js";
import { regimes, SessionCache } from "../train/index.js";
import { aggregateCell, collectNotEstimable, compareCells, type AggregateOptions } from "./aggregate.js";
import { drawExamples } from "./examples.js";
import { loadRegions, preprocessingOf } from "./images-of-study.js";
import { digestOf, planCells, planStudy, type PlannedCell, type StudyPlan } from "./plan.js";
import { predictionsCsv } from "./predictions-csv.js";
import type { RecipeSource } from "./recipe.js";
import { renderReport } from "./report/page.js";
import type { StudyResults } from "./results.js";
import { RunFolder } from "./run-folder.js";
import { runTask, type TaskContext } from "./run-task.js";
import { missingWeights, openWeightsFile, type WeightsFile } from "./start-weights.js";
import type { TaskRecord } from "./task-record.js";

export interface StudyOptions {
  readonly recipe: RecipeSource;
  /** Table or folder of labelled images. */
  readonly data: string;
  readonly where?: Readonly<Record<string, string>>;
  readonly skipBad?: boolean;
  /** Files of pretrained weights by network. */
  readonly weights?: Readonly<Record<string, string>>;
  /** Folder of the run: made if missing, gone on with if it holds the same run. */
  readonly out: string;
  readonly threads?: number;
  readonly softwareVersion: string;
  /** What repeats the run, for the report: without paths. */
  readonly command: string;
  readonly checkpointSeconds?: number;
  readonly onProgress?: OnProgress;
  readonly onWarning?: (message: string) => void;
  readonly signal?: AbortSignal;
}

export interface StudyOutcome {
  readonly results: StudyResults;
  readonly report: string;
  readonly resultsFile: string;
  readonly predictions: string;
}

/** Side of the frame: the recipe's, or the one all networks were made for. */
function frameSize(recipe: RecipeSource, cells: readonly PlannedCell[]): number {
  if (recipe.image?.size !== undefined) return recipe.image.size;
  const sizes = [...new Set(cells.map(({ network }) => architectures[network].inputSize))];
  if (sizes.length === 1) return sizes[0]!;
  throw new InputError("recipe-size", `image.size: expected one size for networks made for ${sizes.join(" and ")} pixels, got none. Set image.size in the recipe.`);
}

/** Weights that the cells start from, checked before anything is trained. */
async function openAllWeights(cells: readonly PlannedCell[], files: Readonly<Record<string, string>>): Promise<Map<string, WeightsFile>> {
  const opened = new Map<string, WeightsFile>();
  for (const { network, row, regime } of cells) {
    if (!regimes[regime.name].pretrained || opened.has(network)) continue;
    const file = files[network];
    if (file === undefined) throw missingWeights(network, row);
    opened.set(network, await openWeightsFile(file));
  }
  return opened;
}

async function trainAll(plan: StudyPlan, context: TaskContext): Promise<Map<string, TaskRecord[]>> {
  const records = new Map<string, TaskRecord[]>();
  const total = plan.cells.length * plan.folds.length;
  let done = 0;
  for (const cell of plan.cells) {
    for (const fold of plan.folds) {
      context.signal?.throwIfAborted();
      context.onProgress?.({ task: "study", done, total, unit: "folds", note: cell.id });
      records.set(cell.id, [...(records.get(cell.id) ?? []), await runTask(cell, fold, context)]);
      done += 1;
    }
  }
  context.onProgress?.({ task: "study", done, total, unit: "folds" });
  return records;
}

function foldTable(plan: StudyPlan, dataset: Dataset, records: readonly TaskRecord[]): StudyResults["folds"] {
  return plan.folds.map(({ seed, fold, test }) => {
    const counts = countLabels(test.map((i) => dataset.cases[i]!), dataset.labels);
    const record = records.find((one) => one.seed === seed && one.fold === fold)!;
    return { seed, fold, ...record.counts, testCounts: Object.fromEntries(dataset.labels.map((label, i) => [label, counts[i]!])) };
  });
}

interface Everything {
  readonly options: StudyOptions;
  readonly dataset: Dataset;
  readonly plan: StudyPlan;
  readonly records: ReadonlyMap<string, TaskRecord[]>;
  readonly weights: ReadonlyMap<string, WeightsFile>;
  readonly regionCount: number;
  readonly warnings: readonly string[];
  readonly preprocessing: PreparedImages["preprocessing"];
}

function collectResults({ options, dataset, plan, records, weights, regionCount, warnings, preprocessing }: Everything): StudyResults {
  const { recipe } = options;
  const patients = new Map(dataset.cases.map(({ id, patient }) => [id, patient ?? id]));
  const aggregate: AggregateOptions = { labels: dataset.labels, level: plan.level, patientOf: (id) => patients.get(id) ?? id, seed: plan.folds[0]!.seed };
  const cells = plan.cells.map((cell) => {
    const file = regimes[cell.regime.name].pretrained ? weights.get(cell.network) : undefined;
    return aggregateCell(
      {
        id: cell.id,
        network: cell.network,
        row: cell.row,
        regime: cell.regime.name,
        startWeights: file === undefined ? { source: "random" } : { source: file.name, sha256: file.sha256 },
        settings: {
          ...("stages" in cell.regime && { stages: cell.regime.stages }),
          ...cell.training,
          augmentation: cell.training.augmentation ? (recipe.augmentation ?? "none") : "none",
          image: `${preprocessing.size} px, ${preprocessing.resize}, ${preprocessing.channels}`,
          normalization: file === undefined ? "of the training fold" : "ImageNet's",
        },
      },
      records.get(cell.id)!,
      aggregate,
    );
  });
  const hasPatients = dataset.hasPatients;
  return {
    format: 1,
    study: {
      name: recipe.study,
      title: recipe.title ?? recipe.study,
      ...(recipe.question !== undefined && { question: recipe.question }),
      ...(recipe.reference !== undefined && { reference: recipe.reference }),
    },
    software: { osteon: options.softwareVersion, node: process.versions.node, runtime: runtimeName(), platform: `${process.platform} ${process.arch}`, threads: options.threads ?? defaultThreads() },
    recipe,
    recipeSha256: digestOf(recipe),
    data: {
      source: dataset.name,
      sha256: dataset.sha256,
      where: options.where ?? {},
      found: dataset.cases.length + dataset.setAside.length + dataset.filteredOut,
      filteredOut: dataset.filteredOut,
      setAside: dataset.setAside,
      cases: dataset.cases.length,
      labels: dataset.labels,
      classCounts: Object.fromEntries(countLabels(dataset.cases, dataset.labels).map((count, i) => [dataset.labels[i]!, count])),
      ...(hasPatients && { patients: new Set(dataset.cases.map(({ patient }) => patient)).size }),
      casesWithRegion: regionCount,
    },
    folds: foldTable(plan, dataset, records.get(plan.cells[0]!.id)!),
    level: plan.level,
    cells,
    comparisons: compareCells(plan.cells.map(({ id }) => ({ id, records: records.get(id)! })), aggregate),
    notEstimable: collectNotEstimable(cells),
    warnings,
    seconds: cells.reduce((sum, { seconds }) => sum + seconds, 0),
    reproduce: { command: options.command, files: Object.fromEntries([...weights].map(([network, { name, sha256 }]) => [`${network}: ${name}`, sha256])) },
  };
}

/**
 * Runs a study, or goes on with one: everything that can be known is checked before the first training step; finished
 * folds are read back; an interrupted fold goes on from its last checkpoint. The numbers do not depend on how often the
 * run was stopped.
 */
export async function runStudy(options: StudyOptions): Promise<StudyOutcome> {
  const { recipe, signal, onProgress } = options;
  const cellsPlanned = planCells(recipe);
  const loaded = await loadDataset(options.data, { where: options.where ?? {}, skipBad: options.skipBad === true });
  const weights = await openAllWeights(cellsPlanned, options.weights ?? {});
  const folder = await RunFolder.open(options.out);
  const pool = createDataPool();
  const engine: EngineOptions = options.threads === undefined ? {} : { threads: options.threads };
  const sessions = new SessionCache({ engine });
  try {
    const dataset = await checkImages(loaded, { skipBad: options.skipBad === true, pool, ...(onProgress && { onProgress }), ...(signal && { signal }) });
    const plan = planStudy(recipe, dataset);
    const preprocessing = preprocessingOf(recipe, frameSize(recipe, plan.cells));
    await folder.claim({
      format: 1,
      recipe: digestOf(recipe),
      data: dataset.sha256,
      images: digestOf(dataset.cases.map(({ id, contentSha256 }) => [id, contentSha256])),
      weights: Object.fromEntries([...weights].map(([network, { sha256 }]) => [network, sha256])),
    });
    const prepared = await prepareImages(dataset.cases, { preprocessing, pool, cacheDirectory: folder.file("cache/images"), ...(onProgress && { onProgress }), ...(signal && { signal }) });
    const warnings = [...new Set([...dataset.warnings, ...prepared.warnings].map(({ message }) => message))];
    warnings.forEach((message) => options.onWarning?.(message));
    const regions = await loadRegions(dataset, prepared);
    const context: TaskContext = {
      folder,
      dataset,
      prepared,
      regions,
      pool,
      sessions,
      weights,
      method: recipe.explanation?.method ?? "grad-cam",
      keepModels: recipe.models !== "discard",
      softwareVersion: options.softwareVersion,
      engine,
      ...(recipe.augmentation && { augmentation: recipe.augmentation as TaskContext["augmentation"] }),
      ...(options.checkpointSeconds !== undefined && { checkpointSeconds: options.checkpointSeconds }),
      ...(onProgress && { onProgress }),
      ...(signal && { signal }),
    };
    const records = await trainAll(plan, context);
    const results = collectResults({ options, dataset, plan, records, weights, regionCount: regions.size, warnings, preprocessing });
    const cells = plan.cells.map(({ id }) => ({ id, records: records.get(id)! }));
    const examples = await drawExamples({ cells, count: recipe.explanation?.examples ?? 12 }, context);
    const outcome = { results, report: folder.file("report.html"), resultsFile: folder.file("results.json"), predictions: folder.file("predictions.csv") };
    await writeJsonAtomic(outcome.resultsFile, results);
    await writeFileAtomic(outcome.predictions, predictionsCsv(cells, dataset.labels));
    await writeFileAtomic(outcome.report, await renderReport(results, examples));
    return outcome;
  } finally {
    await sessions.release();
    await pool.close();
    await folder.close();
  }
}
