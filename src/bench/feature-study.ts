import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { float32, seededRandom } from "../base/index.js";
import { buildNetwork, initializeWeights, type ArchitectureName } from "../models/index.js";
import { predictFold, resolveRecipe, SessionCache, trainFold, type CaseSource } from "../train/index.js";

/** A cross-validation by feature extraction. */
export interface FeatureStudy {
  readonly network: ArchitectureName;
  readonly images: number;
  readonly size: number;
  readonly threads: number;
  readonly folds: number;
  readonly epochs: number;
  readonly batch: number;
}

export interface FeatureTimes {
  /** Frozen features computed once. */
  readonly cached: number;
  /** The same protocol with the features computed anew in every epoch; undefined where it was not asked for. */
  readonly recomputed: number | undefined;
  /** PyTorch with features computed once. */
  readonly torch: number | undefined;
}

/** Images of noise that are there at once; `fresh` has another view of each in every epoch, as augmentation has, but of the same pixels. */
function noiseSource({ images, size }: FeatureStudy, fresh: boolean): CaseSource {
  const random = seededRandom("features");
  const pixels = 3 * size * size;
  const all = Float32Array.from({ length: images * pixels }, () => random.between(-2, 2));
  return {
    labels: Array.from({ length: images }, (_, i) => i % 2),
    classNames: ["a", "b"],
    augmented: fresh,
    augmentationKey: "none",
    key: (index) => `noise ${index}`,
    read: (indices) => {
      const data = new Float32Array(indices.length * pixels);
      for (const [i, index] of indices.entries()) data.set(all.subarray(index * pixels, (index + 1) * pixels), i * pixels);
      return Promise.resolve(float32([indices.length, 3, size, size], data));
    },
  };
}

/** Seconds of training and testing every fold; the network is built and its weights drawn before. */
async function timeFolds(study: FeatureStudy, fresh: boolean): Promise<number> {
  const { images, folds, epochs, batch, threads } = study;
  const network = buildNetwork(study.network, { classes: 2, inputSize: study.size, dropout: 0 });
  const startWeights = initializeWeights(network, seededRandom(1));
  const recipe = resolveRecipe("feature-extraction", { epochs, batchSize: batch, optimizer: { name: "sgd", learningRate: 1e-2, momentum: 0.9 }, augmentation: fresh });
  const source = noiseSource(study, fresh);
  const sessions = new SessionCache({ engine: { threads } });
  const featureDirectory = await mkdtemp(path.join(os.tmpdir(), "osteon-features-"));
  try {
    const started = performance.now();
    for (let fold = 0; fold < folds; fold++) {
      const cases = Array.from({ length: images }, (_, i) => i);
      const test = cases.filter((i) => i % folds === fold);
      const trained = await trainFold({ network, startWeights, regime: { name: "feature-extraction" }, recipe, source, train: cases.filter((i) => i % folds !== fold), seed: fold, sessions, featureDirectory });
      await predictFold({ network, trained, startWeights, regime: { name: "feature-extraction" }, source, indices: test, sessions, featureDirectory });
    }
    return (performance.now() - started) / 1000;
  } finally {
    await sessions.release();
    await rm(featureDirectory, { recursive: true, force: true });
  }
}

async function timeTorch(study: FeatureStudy, python: string): Promise<number> {
  const script = fileURLToPath(new URL("../../scripts/bench/torch_features.py", import.meta.url));
  const { stdout } = await promisify(execFile)(python, [script, JSON.stringify(study)]);
  return (JSON.parse(stdout) as { seconds: number }).seconds;
}

/** Times the three sides one after the other, the long one last and only if wanted. */
export async function timeFeatureStudy(study: FeatureStudy, { python, cachedOnly = false }: { readonly python: string | undefined; readonly cachedOnly?: boolean }): Promise<FeatureTimes> {
  const torch = python === undefined ? undefined : await timeTorch(study, python);
  const cached = await timeFolds(study, false);
  return { cached, torch, recomputed: cachedOnly ? undefined : await timeFolds(study, true) };
}

export function formatFeatureTimes({ cached, recomputed, torch }: FeatureTimes): string {
  const line = (name: string, seconds: number) => `${name.padEnd(44)}${seconds.toFixed(2).padStart(9)} s${(seconds / cached).toFixed(1).padStart(8)} x`;
  return [line("Osteon, features computed once", cached), ...(torch === undefined ? [] : [line("PyTorch, features computed once", torch)]), ...(recomputed === undefined ? [] : [line("Osteon, features computed in every epoch", recomputed)])].join("\n");
}
