import { InputError, seededRandom, type Tensor } from "../../base/index.js";
import type { PreparedImages } from "../../data/index.js";
import { fromShares, toShares, type Box } from "../../images/index.js";
import { buildDetector, initializeWeights, windowOutputs, type Network } from "../../models/index.js";
import { encodeTargets, predict, trainFold, type CaseSource, type TargetHead, type TrainFoldOptions } from "../../train/index.js";

/** A trained detector, to travel with the classifier. */
export interface Detector {
  readonly network: Network;
  readonly weights: ReadonlyMap<string, Tensor<"float32">>;
}

/** Fewest cases with a known region that a detector is trained on. */
const fewest = 8;

const heads: readonly TargetHead[] = windowOutputs.map((name) => ({ kind: "number", name, unit: "share of the frame", mean: 0, deviation: 1, weight: 1 }));

export interface DetectorOptions extends Pick<TrainFoldOptions, "regime" | "recipe" | "seed" | "sessions" | "engine" | "onProgress" | "signal" | "directory" | "featureDirectory" | "featureWriter"> {
  /** The classifier whose backbone and start are taken over. */
  readonly network: Network;
  readonly startWeights: ReadonlyMap<string, Tensor<"float32">>;
  /** Whole images. */
  readonly source: CaseSource;
  readonly prepared: PreparedImages;
  /** Windows by case, where they are known. */
  readonly windows: readonly (Box | undefined)[];
  readonly train: readonly number[];
  readonly task: string;
}

/** The same images with windows as what is to be told of them. */
function windowSource(source: CaseSource, targets: NonNullable<CaseSource["targets"]>): CaseSource {
  return { ...source, labels: source.labels.map(() => 0), classNames: windowOutputs, augmented: false, targets };
}

/**
 * Trains a detector as its classifier is trained: same backbone, start, regime and recipe, on the training cases whose
 * region is known.
 * @throws InputError `region-needed` where there are too few
 */
export async function trainDetector(options: DetectorOptions): Promise<Detector> {
  const { network: classifier, startWeights, source, prepared, windows, train, recipe, regime, ...rest } = options;
  const known = train.filter((index) => windows[index] !== undefined);
  if (known.length < fewest) {
    throw new InputError("region-needed", `${options.task}: expected regions of interest on ${fewest} training cases or more, got ${known.length}. Add boxes or masks to the table, or pass --regions.`);
  }
  const network = buildDetector(classifier);
  const fresh = initializeWeights(network, seededRandom("detector", options.seed));
  const start = new Map(network.parameters.map(({ name }) => [name, startWeights.get(name) ?? fresh.get(name)!]));
  const targets = {
    heads,
    row: (index: number) => encodeTargets(heads, windows[index] === undefined ? [] : toShares(windows[index], prepared.placements[index]!)),
  };
  const trained = await trainFold({
    ...rest,
    network,
    startWeights: start,
    regime,
    recipe: { ...recipe, loss: { ...recipe.loss, name: "multi-target" }, labelSmoothing: 0, classWeights: "none", earlyStopping: false, augmentation: false },
    source: windowSource(source, targets),
    train: known,
  });
  return { network, weights: trained.weights };
}

/** Windows that a detector finds on some cases. */
export async function findWindows({ network, weights }: Detector, options: Pick<DetectorOptions, "source" | "prepared" | "engine" | "signal"> & { readonly indices: readonly number[] }): Promise<Box[]> {
  const { source, prepared, indices, engine, signal } = options;
  if (indices.length === 0) return [];
  const { logits } = await predict({ network, weights, source: windowSource(source, { heads, row: () => [] }), indices, ...(engine && { engine }), ...(signal && { signal }) });
  return indices.map((index, i) => fromShares(logits.data.subarray(3 * i, 3 * i + 3), prepared.placements[index]!));
}
