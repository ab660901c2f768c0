// The process that does Osteon's side of `npm run bench -- features`; its argument is a FeatureStudy as JSON. Prints {"seconds": ...}.
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { float32, seededRandom } from "../base/index.js";
import { buildNetwork, initializeWeights } from "../models/index.js";
import { predictFold, resolveRecipe, SessionCache, trainFold, type CaseSource } from "../train/index.js";
import type { FeatureStudy } from "./feature-study.js";

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
async function timeFolds(study: FeatureStudy): Promise<number> {
  const { images, folds, epochs, batch, threads, recomputed: fresh = false } = study;
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

const seconds = await timeFolds(JSON.parse(process.argv[2]!) as FeatureStudy);
console.log(JSON.stringify({ seconds }));
