import { float32, seededRandom, sizeOf, type Tensor, zeros } from "../base/index.js";
import { createSession } from "../engine/index.js";
import { GraphBuilder, type Graph, type Node } from "../graph/index.js";
import { inferenceGraph } from "../train/index.js";
import { networkOf, stepOf } from "./osteon-work.js";
import { tasks, type Work } from "./work.js";

/** What the machine can do at most, as the runtime reaches it. */
export interface Peaks {
  /** Rate of a product of two large matrices, 10^9 operations a second (a multiplication and an addition are two). */
  readonly gflops: number;
  /** Bytes read and written a second by a sum of two large vectors, 10^9. */
  readonly bandwidthGBs: number;
}

/** What a piece of work takes at least. */
export interface Demand {
  /** Operations of convolutions and matrix products, 10^9. */
  readonly gflop: number;
  /** Those of gradients of convolutions' weights among them. */
  readonly gflopOfWeightGradients: number;
  /** Seconds at the machine's peaks: of each product the longer of arithmetic and memory; everything else costs nothing. */
  seconds(peaks: Peaks): number;
}

async function fastest(run: () => Promise<unknown>, times: number): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await run();
    best = Math.min(best, (performance.now() - start) / 1000);
  }
  return best;
}

function filled(shape: readonly number[]): Tensor<"float32"> {
  const random = seededRandom("peak");
  return float32(shape, Float32Array.from({ length: sizeOf(shape) }, () => random.between(-1, 1)));
}

async function timeGraph(build: (builder: GraphBuilder) => string, feeds: Readonly<Record<string, Tensor>>, options: { readonly threads: number; readonly times: number }): Promise<number> {
  const builder = new GraphBuilder({ name: "peak" });
  for (const [name, { shape }] of Object.entries(feeds)) builder.input(name, "float32", shape);
  const result = build(builder);
  const shape = builder.staticShape(result);
  builder.output(result, "result");
  const session = await createSession(builder.build(), { threads: options.threads });
  const into = { result: zeros("float32", shape) };
  const seconds = await fastest(() => session.run(feeds, into), options.times);
  await session.release();
  return seconds;
}

/** Measures both peaks: the fastest of a few runs. The second matrix is a constant, which the runtime packs beforehand. */
export async function measurePeaks(threads: number): Promise<Peaks> {
  const square = [1536, 1536];
  const product = await timeGraph((builder) => builder.op("MatMul", ["a", builder.initializer("b", filled(square))]), { a: filled(square) }, { threads, times: 20 });
  const vector = [2 ** 24];
  const sum = await timeGraph((builder) => builder.op("Add", ["a", "b"]), { a: filled(vector), b: filled(vector) }, { threads, times: 10 });
  return { gflops: (2 * 1536 ** 3) / product / 1e9, bandwidthGBs: (3 * 4 * 2 ** 24) / sum / 1e9 };
}

/** The higher of two measurements. */
export function higherPeaks(a: Peaks, b: Peaks): Peaks {
  return { gflops: Math.max(a.gflops, b.gflops), bandwidthGBs: Math.max(a.bandwidthGBs, b.bandwidthGBs) };
}

/** Multiplications and additions of one node, and the bytes it reads and writes. */
function demandOf({ values }: Graph, { op, inputs, outputs, attributes }: Node): { readonly op: string; readonly operations: number; readonly bytes: number } {
  const shape = (name: string | undefined) => (values.get(name ?? "")?.shape ?? []).map(Number);
  const size = (name: string | undefined) => (name ? sizeOf(shape(name)) : 0);
  const bytes = 4 * [...inputs, ...outputs].reduce((sum, name) => sum + size(name), 0);
  const [a, b] = inputs;
  switch (op) {
    case "Conv": return { op, operations: 2 * size(outputs[0]) * sizeOf(shape(b).slice(1)), bytes };
    // dX and dW take as many operations as the convolution itself: one product for every dY and weight of its filter.
    case "ConvInputGradient": return { op, operations: 2 * size(a) * sizeOf(shape(b).slice(1)), bytes };
    case "ConvWeightGradient": return { op, operations: 2 * size(b) * sizeOf(shape(outputs[0]).slice(1)), bytes };
    case "Gemm":
    case "FusedMatMul":
    case "MatMul": return { op, operations: 2 * size(outputs[0]) * shape(a).at(attributes["transA"]?.value === 1 ? -2 : -1)!, bytes };
    default: return { op, operations: 0, bytes: 0 };
  }
}

/** What one piece of a work takes at least, counted on the graph before it is lowered. */
export function demandOfWork(work: Work): Demand {
  const network = networkOf(work);
  const step = tasks[work.task].trains ? stepOf(network, work) : undefined;
  const forward = step === undefined ? "logits" : step.input.name;
  const graphs = [
    ...(forward === "input" ? [] : [inferenceGraph({ network, batch: work.batch, end: forward })]),
    ...(step === undefined ? [] : [step.graph]),
  ];
  const demands = graphs.flatMap((graph) => graph.nodes.map((node) => demandOf(graph, node))).filter(({ operations }) => operations > 0);
  const total = (counted: typeof demands) => counted.reduce((sum, { operations }) => sum + operations, 0) / 1e9;
  return {
    gflop: total(demands),
    gflopOfWeightGradients: total(demands.filter(({ op }) => op === "ConvWeightGradient")),
    seconds: ({ gflops, bandwidthGBs }) => demands.reduce((sum, { operations, bytes }) => sum + Math.max(operations / gflops, bytes / bandwidthGBs) / 1e9, 0),
  };
}
