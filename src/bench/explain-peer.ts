// The process that does Osteon's side of the costs of explanations. It answers the name of a work with the seconds that the work
// took, and "end" with its peak memory. Arguments: network, batch, samples, threads.
import { createInterface } from "node:readline";
import { float32, seededRandom } from "../base/index.js";
import { createSession } from "../engine/index.js";
import { createExplainer } from "../explain/index.js";
import { bindConstants, foldBatchNormalization } from "../graph/index.js";
import { buildNetwork, initializeWeights, type ArchitectureName } from "../models/index.js";
import type { ExplainWork } from "./explain-work.js";
import { peakMemoryMb } from "./peak-memory.js";

const [name, batch, samples, threads] = [process.argv[2] as ArchitectureName, ...process.argv.slice(3, 6).map(Number)] as [ArchitectureName, number, number, number];
const engine = { threads };
const network = buildNetwork(name, { classes: 1000, inputSize: 224 });
const weights = initializeWeights(network, seededRandom(1));
const size = network.inputSize;
const random = seededRandom("bench");
const images = float32([batch, 3, size, size], Float32Array.from({ length: batch * 3 * size * size }, () => random.between(-2, 2)));
const image = float32([1, 3, size, size], images.data.subarray(0, 3 * size * size));

const bare = await createSession(foldBatchNormalization(bindConstants(network.graph, weights).graph).graph, engine);
const explainers = {
  "grad-cam": await createExplainer(network, weights, "grad-cam", { engine }),
  saliency: await createExplainer(network, weights, "saliency", { engine }),
  lime: await createExplainer(network, weights, "lime", { samples, batchSize: batch, engine }),
  rise: await createExplainer(network, weights, "rise", { samples, batchSize: batch, engine }),
};

const works: Record<ExplainWork, () => Promise<unknown>> = {
  prediction: () => bare.run({ input: images }),
  "grad-cam": () => explainers["grad-cam"].explain(images),
  saliency: () => explainers.saliency.explain(images),
  lime: () => explainers.lime.explain(image),
  rise: () => explainers.rise.explain(image),
};

console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "end") break;
  const start = performance.now();
  await works[line as ExplainWork]();
  console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000 }));
}
console.log(JSON.stringify({ peakMb: peakMemoryMb() }));
process.exit(0);
