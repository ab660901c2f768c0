// The process that does Osteon's side of the small study; its argument is the folder that the peers share. It answers each line
// "REGIME FOLD" with the seconds of that run, and writes what each epoch showed into the folder; "end" with its peak memory.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { float32, sizeOf, type Tensor } from "../../base/index.js";
import { buildNetwork } from "../../models/index.js";
import { predictFold, resolveRecipe, SessionCache, trainFold, type Regime, type RegimeName } from "../../train/index.js";
import { peakMemoryMb } from "../peak-memory.js";
import { classes, readProtocol, sourceOf, type RegimeProtocol } from "./protocol.js";
import { fileOf, type RunResult } from "./results.js";

const folder = process.argv[2]!;
const protocol = readProtocol(folder);
const { size, threads, batch } = protocol;
const network = buildNetwork(protocol.network, { classes, inputSize: size, dropout: 0 });

function floats(file: string): Float32Array {
  const { buffer, byteOffset, byteLength } = readFileSync(path.join(folder, file));
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

function readWeights(start: RegimeProtocol["start"]): Map<string, Tensor<"float32">> {
  const data = floats(`${start}.f32`);
  let from = 0;
  return new Map(protocol.weights.map(({ name, shape }) => [name, float32(shape, data.slice(from, (from += sizeOf(shape))))]));
}

const source = sourceOf(floats("images.f32"), { size, count: classes });
const starts = { random: readWeights("random"), pretrained: readWeights("pretrained") };
// A study does the folds of a regime one after the other and keeps their sessions; here the regimes take turns.
const sessions = new SessionCache({ engine: { threads }, limit: 12 });
const featureDirectory = path.join(folder, "features");
rmSync(featureDirectory, { recursive: true, force: true });

async function run(name: RegimeName, fold: number): Promise<RunResult> {
  const { epochs: count, learningRate, batchNorm, start } = protocol.regimes[name];
  const regime: Regime = name === "fine-tuning" ? { name, stages: "all" } : { name };
  const startWeights = starts[start];
  const recipe = resolveRecipe(name, {
    epochs: count, batchSize: batch, batchNorm, dropout: 0, decayed: "all", weightDecay: 1e-4, augmentation: false,
    optimizer: { name: "sgd", learningRate, momentum: 0.9 }, schedule: { name: "constant", warmupEpochs: 0 },
  });
  const cases = protocol.labels.map((_, i) => i);
  const [train, test] = [cases.filter((i) => protocol.foldOf[i] !== fold), cases.filter((i) => protocol.foldOf[i] === fold)];
  const epochs: { seconds: number; accuracy: number }[] = [];
  const started = performance.now();
  const shared = { network, startWeights, regime, source, sessions, featureDirectory };
  const seconds = () => (performance.now() - started) / 1000;
  const trained = await trainFold({
    ...shared, recipe, train, validation: test, seed: fold,
    onProgress: ({ epoch }) => {
      if (epoch !== undefined) epochs.push({ seconds: seconds(), accuracy: epoch.validationAccuracy ?? Number.NaN });
    },
  });
  await predictFold({ ...shared, trained, indices: test });
  return { seconds: seconds(), epochs };
}

console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "end") break;
  const [regime, fold] = line.split(" ") as [RegimeName, string];
  const result = await run(regime, Number(fold));
  writeFileSync(path.join(folder, fileOf("osteon", { regime, fold: Number(fold) })), JSON.stringify(result));
  console.log(JSON.stringify({ seconds: result.seconds }));
}
console.log(JSON.stringify({ peakMb: peakMemoryMb() }));
process.exit(0);
