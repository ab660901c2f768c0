import assert from "node:assert/strict";
import { differentiate } from "../../autodiff/index.js";
import { fromTensor, interpret } from "../../autodiff/reference/index.js";
import { float32, seededRandom, sizeOf, type Tensor } from "../../base/index.js";
import { encodeModel, GraphBuilder, opsetOf, type Graph } from "../../graph/index.js";
import { probe } from "../probe.js";
import { createSessionFromBytes } from "../session.js";
import { lower, type LoweringTarget } from "./lower.js";

/** A graph whose outputs are a value and the gradients of a weighted sum of it, with feeds. */
export interface Case {
  readonly graph: Graph;
  readonly feeds: Record<string, Tensor>;
}

export function randomTensor(key: string, shape: readonly number[], scale = 1): Tensor<"float32"> {
  const random = seededRandom("lowering", key);
  return float32(shape, Float32Array.from({ length: sizeOf(shape) }, () => scale * random.normal()));
}

/**
 * `make` gets a builder and names of the inputs, and returns the value to differentiate; its gradients by every input
 * become outputs beside it.
 */
export function gradientCase(inputs: Readonly<Record<string, readonly number[]>>, make: (builder: GraphBuilder) => string): Case {
  const builder = new GraphBuilder({ name: "case" });
  for (const [name, shape] of Object.entries(inputs)) builder.input(name, "float32", shape);
  const y = make(builder);
  const shape = builder.staticShape(y);
  const weighted = builder.op("Mul", [y, builder.constant(randomTensor("cotangent", shape))]);
  const loss = builder.op("ReduceSum", [weighted, builder.constant(shape.map((_, axis) => axis))], { keepdims: 0 });
  builder.output(y);
  builder.output(loss);
  const { graph, gradients } = differentiate(builder.build(), loss, Object.keys(inputs));
  const whole = GraphBuilder.from(graph);
  for (const [name, gradient] of Object.entries(gradients)) whole.output(gradient, `d_${name}`);
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([name, extents]) => [name, randomTensor(name, extents, name.startsWith("w") ? 1 / Math.sqrt(sizeOf(extents.slice(1))) : 1)]),
  );
  return { graph: whole.build(), feeds };
}

/** Largest deviation of each output from the float64 interpreter, relative to the largest element of that output. */
export function deviations({ graph, feeds }: Case, results: Readonly<Record<string, Tensor>>, expected = interpret(graph, feeds)): Record<string, number> {
  return Object.fromEntries(
    graph.outputs.map(({ name }) => {
      const want = expected.get(name)!.data;
      const got = fromTensor(results[name]!).data;
      let largest = 1e-12;
      let worst = want.length === got.length ? 0 : Number.POSITIVE_INFINITY;
      for (let i = 0; i < want.length; i++) largest = Math.max(largest, Math.abs(want[i]!));
      for (let i = 0; i < want.length; i++) {
        const difference = Math.abs(want[i]! - got[i]!);
        worst = Math.max(worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference / largest);
      }
      return [name, worst];
    }),
  );
}

export async function runLowered({ graph, feeds }: Case, target: LoweringTarget) {
  const lowered = lower(graph, target);
  const bytes = encodeModel({ graph: lowered, opsets: opsetOf(lowered), producer: "test", metadata: {} });
  const session = await createSessionFromBytes(bytes, { threads: 2 });
  try {
    return { lowered, results: await session.run(feeds) };
  } finally {
    await session.release();
  }
}

/** Weight gradients of a batch so large that they are taken in several runs, by both forms. */
export async function checkSlices(x: readonly number[], w: readonly number[]): Promise<void> {
  const { block } = await probe();
  const example = gradientCase({ x: [...x], w: [...w] }, (b) => b.op("Conv", ["x", "w"], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }));
  const plain = await runLowered(example, { layout: "plain" });
  if (block === undefined) return;
  const blocked = await runLowered(example, { layout: "blocked", block });
  const [one, other] = [plain, blocked].map(({ results }) => results["d_w"]!.data as Float32Array) as [Float32Array, Float32Array];
  const largest = one.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  assert.ok(one.every((value, i) => Math.abs(value - other[i]!) < 1e-4 * largest));
}
