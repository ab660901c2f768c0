import path from "node:path";
import type { Tensor } from "../../base/index.js";
import type { Network } from "../../models/index.js";
import { sourceOf, type SourceOptions } from "../images-of-study.js";
import type { PlannedCell, PlannedFold } from "../plan.js";
import type { TaskContext } from "../run-task.js";
import type { TaskRecord } from "../task-record.js";
import { findWindows, trainDetector, type Detector } from "./find-windows.js";
import { viewImages, type ViewImages } from "./view-images.js";
import { centerError, overlapOf } from "./detection-error.js";
import type { Box } from "../../images/index.js";

/** Where a cell looks in one fold. */
export interface LocatedCases {
  readonly view: ViewImages;
  /** A window for every case, known or found; none with whole images. */
  readonly windows: readonly (Box | undefined)[];
  /** Finds the window on new images. */
  readonly detector?: Detector;
  /** How well the detector found the windows of the test cases that are known. */
  readonly detection?: TaskRecord["detection"];
}

export interface LocateOptions {
  readonly cell: PlannedCell;
  readonly fold: PlannedFold;
  readonly train: readonly number[];
  readonly network: Network;
  readonly startWeights: ReadonlyMap<string, Tensor<"float32">>;
  readonly normalization: SourceOptions["normalization"];
}

/**
 * What the network of a cell sees. For views that cut out, a detector is trained where a case has no known region, or
 * where the model is kept, which must serve images without one.
 */
export async function locateCases(options: LocateOptions, context: TaskContext): Promise<LocatedCases> {
  const { cell, fold, train } = options;
  const { dataset, prepared, regions, pool, folder, onProgress, signal } = context;
  const common = { dataset, whole: prepared, regions, pool, cacheDirectory: folder.file("cache/images"), ...(onProgress && { onProgress }), ...(signal && { signal }) };
  if (cell.view === "none") return { view: await viewImages({ ...common, view: "none", windows: [] }), windows: [] };
  const known = context.windows;
  const used = [...train, ...fold.test, ...(fold.given ?? [])];
  const unknown = used.filter((index) => known[index] === undefined);
  if (unknown.length === 0 && !context.keepModels) return { view: await viewImages({ ...common, view: cell.view, windows: known }), windows: known };

  const source = sourceOf({ prepared, cases: dataset.cases, labels: dataset.labels, pool, normalization: options.normalization });
  const shared = { source, prepared, engine: context.engine, ...(signal && { signal }) };
  const name = path.join(...(context.scope === undefined ? [] : [context.scope]), cell.network, cell.row, cell.start.replace(":", "-"), `seed-${fold.seed}`, `fold-${fold.fold}`);
  const trainOnce = (): Promise<Detector> =>
    trainDetector({
      ...shared,
      network: options.network,
      startWeights: options.startWeights,
      windows: known,
      train,
      regime: cell.regime,
      recipe: cell.training,
      seed: fold.seed * 1000 + fold.fold,
      task: `${cell.network} · ${cell.row} · detector · seed ${fold.seed}, fold ${fold.fold}`,
      directory: folder.file(path.join("cache/detectors", name)),
      ...folder.features,
      sessions: context.sessions,
      ...(onProgress && { onProgress }),
    });
  // Views of one network under one regime share it.
  const detector = await (context.detectors.get(name) ?? trainOnce());
  context.detectors.set(name, Promise.resolve(detector));
  const measured = fold.test.filter((index) => known[index] !== undefined);
  const asked = [...new Set([...unknown, ...measured])];
  const found = new Map((await findWindows(detector, { ...shared, indices: asked })).map((window, i) => [asked[i]!, window]));
  const windows = known.map((window, index) => window ?? found.get(index));
  const detection = measured.map((index) => ({ case: dataset.cases[index]!.id, overlap: overlapOf(found.get(index)!, known[index]!), centerError: centerError(found.get(index)!, known[index]!) }));
  return { view: await viewImages({ ...common, view: cell.view, windows }), windows, detector, detection };
}
