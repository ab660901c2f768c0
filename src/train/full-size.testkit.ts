import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { peakMemoryMb } from "../bench/peak-memory.js";
import { seededRandom } from "../base/index.js";
import { createSessionFromBytes } from "../engine/index.js";
import { explainedGraph } from "../explain/index.js";
import { encodeModel, opsetOf } from "../graph/index.js";
import { architectures, buildNetwork, initializeWeights, readWeights, writeSafetensors, type ArchitectureName } from "../models/index.js";
import { resolveRecipe } from "./recipe.js";
import { bandSource } from "./synthetic.testkit.js";
import { trainFold } from "./train-fold.js";

/** A part of a network's life, each in a process of its own. */
type Phase = "train" | "explain";

const batchSize = 4;

/** Two steps of fine-tuning everything, with a checkpoint after each; leaves the weights behind. */
async function train(name: ArchitectureName, folder: string, batchNorm: "train" | "frozen"): Promise<string> {
  const network = buildNetwork(name, { classes: 2 });
  const startWeights = initializeWeights(network, seededRandom("full size"));
  const result = await trainFold({
    network,
    startWeights,
    recipe: resolveRecipe("fine-tuning", { epochs: 1, batchSize, batchNorm }),
    regime: { name: "fine-tuning", stages: "all" },
    source: bandSource({ cases: 2 * batchSize, size: network.inputSize }),
    train: Array.from({ length: 2 * batchSize }, (_, i) => i),
    seed: 1,
    directory: path.join(folder, "checkpoints"),
    checkpointSteps: 1,
    onProgress: ({ done, epoch }) => epoch === undefined && process.stdout.write(`step ${done}\n`),
  });
  await writeSafetensors(path.join(folder, "weights.safetensors"), result.weights);
  return `${result.updates} updates, loss ${result.history.at(-1)!.loss}`;
}

/** The exported file with its map, run on one image. */
async function explain(name: ArchitectureName, folder: string): Promise<string> {
  const network = buildNetwork(name, { classes: 2 });
  const weights = await readWeights(path.join(folder, "weights.safetensors"));
  const graph = explainedGraph(network, weights);
  const model = encodeModel({ graph, opsets: opsetOf(graph), producer: "osteon", metadata: {} });
  const session = await createSessionFromBytes(model);
  const image = await bandSource({ cases: 1, size: network.inputSize }).read([0], { view: undefined, signal: undefined });
  const { map, probabilities } = await session.run({ input: image });
  await session.release();
  const finite = [...(map!.data as Float32Array), ...(probabilities!.data as Float32Array)].every(Number.isFinite);
  return `map ${map!.shape.join(" x ")}, ${(model.length / 1e6).toFixed(0)} MB, ${finite ? "finite" : "not finite"}`;
}

export interface ChildResult {
  readonly result: string | undefined;
  readonly peakMb: number;
  readonly seconds: number;
  /** Steps this process did. */
  readonly steps: number;
}

/** Runs one phase in a process of its own; ends it by SIGKILL once it has done so many steps and written them. */
export async function runPhase(phase: Phase, options: { name: string; folder: string; batchNorm?: string; killAfterSteps?: number }): Promise<ChildResult> {
  const { name, folder, batchNorm = "frozen", killAfterSteps } = options;
  const started = performance.now();
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "--child", phase, name, folder, batchNorm], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  const steps = () => output.split("\n").filter((line) => line.startsWith("step")).length;
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    // A step is announced before its checkpoint is written: the next one's announcement says that it was.
    if (killAfterSteps !== undefined && steps() > killAfterSteps) child.kill("SIGKILL");
  });
  await new Promise((resolve) => child.once("close", resolve));
  return {
    result: /^result (.+)$/m.exec(output)?.[1],
    peakMb: Math.max(0, ...[...output.matchAll(/^peak (\d+)$/gm)].map((match) => Number(match[1]))),
    seconds: (performance.now() - started) / 1000,
    steps: steps(),
  };
}

if (process.argv[2] === "--child") {
  const [phase, name, folder, batchNorm] = process.argv.slice(3) as [Phase, ArchitectureName, string, "train" | "frozen"];
  const watch = setInterval(() => process.stdout.write(`peak ${peakMemoryMb().toFixed(0)}\n`), 500);
  const result = phase === "train" ? await train(name, folder, batchNorm) : await explain(name, folder);
  clearInterval(watch);
  process.stdout.write(`peak ${peakMemoryMb().toFixed(0)}\nresult ${result}\n`);
}

/** Names of the networks of full size. */
export const fullSizeNames = (Object.keys(architectures) as ArchitectureName[]).filter((name) => !architectures[name].tiny);
