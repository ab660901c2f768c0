import { readFile } from "node:fs/promises";
import path from "node:path";
import { DataError, InputError, OsteonError, UnsupportedError, type Tensor } from "../base/index.js";
import { createSessionFromBytes } from "../engine/index.js";
import type { Predict } from "../explain/index.js";
import { withFileErrors } from "../files/index.js";
import { defaultPreprocessing, type Preprocessing } from "../images/index.js";
import { bundleNetwork, openClassifier, readBundle, readDistance, type BundleMetadata, type DistanceFit, type ModelScope, type Network } from "../models/index.js";
import { predictImages, runImages, type ImagePrediction, type PredictOptions } from "./predict-images.js";
import { predictByRuntime } from "./predict-by-runtime.js";
import { openPlainWeights, withProbabilities } from "./predict-weights.js";
import type { GreyPolicy } from "./grey-option.js";

/** A model of which maps are made, whatever its maker. */
export interface ExplainedModel {
  readonly name: string;
  readonly labels: readonly string[];
  readonly preprocessing: Preprocessing;
  readonly region?: BundleMetadata["region"];
  /** What it was made for, with the measure of distance that lies in its graph. */
  readonly scope?: { readonly told: ModelScope; readonly fit?: DistanceFit };
  /** What is known of its inside; none where only predictions can be had. */
  readonly inside?: { readonly network: Network; readonly weights: ReadonlyMap<string, Tensor> };
  /** One score per class. */
  readonly predict: Predict;
  readonly look: (files: readonly string[], options?: PredictOptions) => Promise<ImagePrediction[]>;
  readonly remarks: readonly string[];
  readonly release: () => Promise<void>;
}

/** What a file does not say of itself. */
export interface ForeignFacts {
  readonly labels?: readonly string[];
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  readonly size?: number;
  readonly color: boolean;
  readonly output?: string;
}

const closed = async (): Promise<void> => {};
const onlyInside: Predict = async () => Promise.reject(new InputError("predictions-inside", "explain: expected a model of which only predictions can be had, got one with its inside known."));

/** Labels as they are given, or numbers. */
function labelsOf(given: readonly string[] | undefined, classes: number): string[] {
  if (given === undefined) return Array.from({ length: classes }, (_, k) => `class ${k}`);
  if (given.length === classes) return [...given];
  throw new InputError("labels", `--labels: expected ${classes} names, one per class of the model, got ${given.length}. Give them in the order of the model's outputs.`);
}

function preprocessingOf({ mean, std, color }: ForeignFacts, size: number, channels: number): Preprocessing {
  const usual = channels === 1 ? { mean: [0.485], std: [0.229] } : defaultPreprocessing;
  return { ...defaultPreprocessing, channels: color && channels === 3 ? "rgb" : "grey", size, mean: mean ?? usual.mean, std: std ?? usual.std };
}

async function openBundle(file: string): Promise<ExplainedModel> {
  const bundle = await readBundle(file);
  const { labels, preprocessing, region, scope } = bundle.metadata;
  return {
    name: path.basename(file),
    labels,
    preprocessing,
    ...(region && { region }),
    ...(scope && { scope: { told: scope, ...(scope.distance && { fit: readDistance(bundle.graph, scope.distance) }) } }),
    inside: bundleNetwork(bundle),
    predict: onlyInside,
    look: async (files, options) => (await predictImages(file, files, options)).predictions,
    remarks: [],
    release: closed,
  };
}

async function openNetworkFile(file: string, facts: ForeignFacts): Promise<ExplainedModel> {
  const { network, tensors } = await openClassifier(file, { ...(facts.size !== undefined && { inputSize: facts.size }), ...(facts.output !== undefined && { output: facts.output }) });
  const labels = labelsOf(facts.labels, network.classes);
  const preprocessing = preprocessingOf(facts, network.inputSize, Number(network.graph.inputs[0]!.shape[1]));
  return {
    name: path.basename(file),
    labels,
    preprocessing,
    inside: { network, weights: tensors },
    predict: onlyInside,
    look: (files, options) => runImages(withProbabilities(network, tensors), { preprocessing, labels, files }, options),
    remarks: [remarkOn(facts)],
    release: closed,
  };
}

function remarkOn({ mean, std }: ForeignFacts): string {
  return mean !== undefined && std !== undefined
    ? "The file does not say how its images are prepared: they are letterboxed, and normalized as --mean and --std say."
    : "The file does not say how its images are prepared: they are letterboxed and normalized by ImageNet's mean and deviation. Say otherwise with --mean and --std.";
}

async function openRuntimeFile(file: string, facts: ForeignFacts, reason: string): Promise<ExplainedModel> {
  const name = path.basename(file);
  const bytes = await withFileErrors(name, () => readFile(file));
  const session = await createSessionFromBytes(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)).catch((error: unknown) => {
    throw error instanceof DataError ? new DataError(error.code, `${name}: ${error.message}`, { cause: error }) : error;
  });
  const runtime = await predictByRuntime(session, { name, ...(facts.size !== undefined && { size: facts.size }), ...(facts.output !== undefined && { output: facts.output }) });
  const labels = labelsOf(facts.labels, runtime.classes);
  const preprocessing = preprocessingOf(facts, runtime.size, runtime.channels);
  return {
    name,
    labels,
    preprocessing,
    predict: runtime.predict,
    look: (files, options) => runtime.look(files, { preprocessing, labels }, options),
    remarks: [remarkOn(facts), `Only methods that need predictions alone can explain it: ${reason}`],
    release: () => session.release(),
  };
}

/**
 * Opens a model file: one of Osteon, an ONNX classifier from elsewhere, or, where that is not understood, any ONNX file
 * from images to scores.
 * @throws DataError `model-...` naming the file; InputError `labels`
 */
export async function openExplainedModel(file: string, facts: ForeignFacts): Promise<ExplainedModel> {
  try {
    return await openBundle(file);
  } catch (error) {
    const foreign = error instanceof DataError && error.code === "model-metadata" && error.message.includes("not made by Osteon");
    const strange = error instanceof UnsupportedError || (error instanceof DataError && error.code.startsWith("model-"));
    if (!foreign && !strange) throw error;
  }
  try {
    return await openNetworkFile(file, facts);
  } catch (error) {
    // Labels and sizes are the caller's to mend; what the network holds may still run.
    if (!(error instanceof OsteonError) || ["labels", "import-size", "import-output"].includes(error.code)) throw error;
    return openRuntimeFile(file, facts, error.message);
  }
}

/** A network of the shelf with a file's weights. */
export async function openExplainedWeights(architecture: Parameters<typeof openPlainWeights>[0], file: string, grey: GreyPolicy): Promise<ExplainedModel> {
  const { graph, labels, preprocessing, remarks, inside } = await openPlainWeights(architecture, file, { grey, maps: "none" });
  return {
    name: `${architecture}, ${path.basename(file)}`,
    labels,
    preprocessing,
    inside,
    predict: onlyInside,
    look: (files, options) => runImages(graph, { preprocessing, labels, files }, options),
    remarks,
    release: closed,
  };
}
