import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { interpret } from "../../../autodiff/reference/index.js";
import { encodeModel, type Graph, GraphBuilder, opsetOf } from "../../../graph/index.js";
import { probe } from "../../probe.js";
import { createSessionFromBytes } from "../../session.js";
import { deviations, randomTensor } from "../lowering.testkit.js";
import { BlockedGraph } from "./blocked-graph.js";
import { readConv } from "./conv-geometry.js";
import { type WeightGradientForm, weightGradientForms } from "./weight-gradient.js";

type Attributes = Record<string, readonly number[]>;

interface Layer {
  readonly x: readonly number[];
  readonly dy: readonly number[];
  readonly kernel: readonly number[];
  readonly attributes?: Attributes;
  /** Forms that must be among those tried. */
  readonly forms: readonly string[];
}

const layers: Record<string, Layer> = {
  "1x1, more channels out than in": { x: [4, 16, 4, 4], dy: [4, 48, 4, 4], kernel: [1, 1], forms: ["by-group", "over-pixels", "by-image"] },
  "1x1, more channels in than out": { x: [4, 48, 4, 4], dy: [4, 16, 4, 4], kernel: [1, 1], forms: ["by-group", "over-pixels", "by-image"] },
  "1x1, as many channels": { x: [2, 32, 4, 4], dy: [2, 32, 4, 4], kernel: [1, 1], forms: ["by-group", "over-pixels", "by-image"] },
  "1x1, stride 2": { x: [2, 16, 8, 8], dy: [2, 32, 4, 4], kernel: [1, 1], attributes: { strides: [2, 2] }, forms: ["by-group", "over-pixels", "by-image"] },
  "1x1, pixels of one image that do not fill blocks": { x: [16, 16, 3, 3], dy: [16, 32, 3, 3], kernel: [1, 1], forms: ["over-pixels", "by-image"] },
  "1x1, pixels that do not fill blocks": { x: [3, 16, 3, 3], dy: [3, 32, 3, 3], kernel: [1, 1], forms: ["by-image"] },
  "3x3": { x: [4, 16, 4, 8], dy: [4, 32, 4, 8], kernel: [3, 3], attributes: { pads: [1, 1, 1, 1] }, forms: ["joined-over-pixels-1", "over-pixels-1", "joined-over-pixels-4", "over-pixels-2", "over-images"] },
  "3x3, dilated": { x: [2, 16, 8, 8], dy: [2, 16, 8, 8], kernel: [3, 3], attributes: { pads: [2, 2, 2, 2], dilations: [2, 2] }, forms: ["joined-over-pixels-2", "over-images"] },
  "3x5": { x: [2, 32, 4, 8], dy: [2, 16, 4, 8], kernel: [3, 5], attributes: { pads: [1, 2, 1, 2] }, forms: ["joined-over-pixels-1", "over-images"] },
  "3x1": { x: [2, 32, 4, 8], dy: [2, 16, 4, 8], kernel: [3, 1], attributes: { pads: [1, 0, 1, 0] }, forms: ["joined-over-pixels-1", "over-images"] },
  "3x3, stride 2": { x: [2, 16, 8, 8], dy: [2, 16, 4, 4], kernel: [3, 3], attributes: { pads: [1, 1, 1, 1], strides: [2, 2] }, forms: ["over-images"] },
};

function gradientGraph({ x, dy, kernel, attributes = {} }: Layer): Graph {
  const builder = new GraphBuilder({ name: "gradient" });
  builder.input("x", "float32", [...x]);
  builder.input("dy", "float32", [...dy]);
  builder.output(builder.op("ConvWeightGradient", ["x", "dy"], { kernel_shape: kernel, group: 1, ...attributes }), "dw");
  return builder.build();
}

/** The gradient by one form. */
function written(graph: Graph, form: WeightGradientForm, block: number): Uint8Array {
  const builder = new GraphBuilder({ name: form.name });
  for (const { name, dtype, shape } of graph.inputs) builder.input(name, dtype, shape);
  builder.output(form.write(new BlockedGraph(builder, graph, { block, extents: {} }), { x: "x", dy: "dy" }), "dw");
  const own = builder.build();
  return encodeModel({ graph: own, opsets: opsetOf(own), producer: "test", metadata: {} });
}

describe("all forms of a weight gradient agree with the float64 interpreter", async () => {
  const { block } = await probe();
  for (const [name, layer] of Object.entries(layers)) {
    it(name, { skip: block === undefined && "the runtime has no blocked layout here" }, async () => {
      const graph = gradientGraph(layer);
      const read = readConv(new BlockedGraph(new GraphBuilder({ name: "read" }), graph, { block: block!, extents: {} }), graph.nodes[0]!, { x: layer.x, kernel: layer.kernel, y: layer.dy })!;
      const forms = weightGradientForms(read, block!);
      for (const wanted of layer.forms) assert.ok(forms.some((form) => form.name === wanted), `${wanted} among ${forms.map((form) => form.name).join(", ")}`);
      const example = { graph, feeds: { x: randomTensor("x", layer.x), dy: randomTensor("dy", layer.dy) } };
      const expected = interpret(graph, example.feeds);
      for (const form of forms) {
        const session = await createSessionFromBytes(written(graph, form, block!), { threads: 1 });
        const { dw } = deviations(example, await session.run(example.feeds), expected);
        await session.release();
        assert.ok(dw! < 2e-5, `${form.name} deviates by ${dw}`);
      }
    });
  }
});
