import { InputError, seededRandom, type Tensor } from "../base/index.js";
import { sha256OfFile } from "../files/index.js";
import { initializeWeights, loadWeights, readWeights, type Network } from "../models/index.js";
import path from "node:path";


/** A file of weights, read once for all folds. */
export interface WeightsFile {
  readonly name: string;
  readonly sha256: string;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** Reads a file of pretrained weights of any known format. */
export async function openWeightsFile(file: string): Promise<WeightsFile> {
  return { name: path.basename(file), sha256: await sha256OfFile(file), tensors: await readWeights(file) };
}

/** The error for a regime that needs pretrained weights and has none: it says the two ways to get them. */
export function missingWeights(network: string, row: string): InputError {
  return new InputError(
    "weights-needed",
    `${row} of ${network}: expected pretrained weights, got none. Pass --weights ${network}=FILE, or fetch the published ones with: osteon weights pull ${network}.`,
  );
}

/** Weights a task starts from: random, or the file's with a new head. Named by the seed and the fold. */
export function startWeights(network: Network, file: WeightsFile | undefined, { seed, fold }: { seed: number; fold: number }): ReadonlyMap<string, Tensor<"float32">> {
  const random = seededRandom("start weights", network.architecture, seed, fold);
  if (file === undefined) return initializeWeights(network, random);
  return loadWeights(network, file.tensors, { head: "replace", random }).weights;
}
