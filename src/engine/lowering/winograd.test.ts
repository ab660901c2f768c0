import assert from "node:assert/strict";
import test from "node:test";
import { GraphBuilder } from "../../graph/index.js";
import { probe } from "../probe.js";
import { createSession } from "../session.js";
import { fitsTiles } from "./blocked/winograd.js";
import { lower } from "./lower.js";
import { randomTensor } from "./lowering.testkit.js";

const shape = { kernel: [3, 3], strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], filters: 256, channels: 256, batch: 8, height: 9, width: 10 };

/** A convolution with constant weights, a bias and ReLU. */
function convolution(): ReturnType<GraphBuilder["build"]> {
  const builder = new GraphBuilder({ name: "tiles" });
  const { batch, channels, filters, height, width, pads } = shape;
  const x = builder.input("x", "float32", [batch, channels, height, width]);
  const w = builder.initializer("w", randomTensor("w", [filters, channels, 3, 3], 1 / Math.sqrt(9 * channels)));
  const bias = builder.initializer("b", randomTensor("b", [filters]));
  builder.output(builder.op("Relu", [builder.op("Conv", [x, w, bias], { pads })]), "y");
  return builder.build();
}

test("a wide 3x3 convolution in tiles has the results of the direct one, within rounding, also where tiles reach beyond the image", async (t) => {
  const { block } = await probe();
  if (block === undefined) return t.skip("the runtime has no blocked layout here");
  const graph = convolution();
  assert.ok(lower(graph, { layout: "blocked", block }).nodes.filter(({ op }) => op === "Conv").length > 36);
  const feeds = { x: randomTensor("x", [shape.batch, shape.channels, shape.height, shape.width]) };
  // The oracle is the runtime's own convolution.
  const [direct, tiled] = await Promise.all((["plain", "auto"] as const).map(async (layout) => {
    const session = await createSession(graph, { threads: 1, layout });
    const { y } = await session.run(feeds);
    await session.release();
    return y!.data as Float32Array;
  }));
  const largest = direct!.reduce((most, value) => Math.max(most, value), 0);
  const worst = direct!.reduce((most, value, i) => Math.max(most, Math.abs(value - tiled![i]!)), 0);
  assert.ok(worst > 0 && worst < 3e-5 * largest, `largest difference ${worst} of ${largest}`);
});

test("strided, dilated, narrow and small convolutions stay direct", () => {
  assert.ok(fitsTiles(shape));
  const others = [{ strides: [2, 2] }, { dilations: [2, 2] }, { pads: [0, 0, 0, 0] }, { kernel: [1, 1] }, { filters: 64 }, { channels: 120 }, { batch: 1 }];
  for (const other of others) assert.ok(!fitsTiles({ ...shape, ...other }), JSON.stringify(other));
});
