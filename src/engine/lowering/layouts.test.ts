import assert from "node:assert/strict";
import { it } from "node:test";
import * as fc from "fast-check";
import { differentiate } from "../../autodiff/index.js";
import type { Tensor } from "../../base/index.js";
import { GraphBuilder } from "../../graph/index.js";
import { probe } from "../probe.js";
import { createSession } from "../session.js";
import { type Case, deviations, gradientCase, randomTensor } from "./lowering.testkit.js";

const { block } = await probe();
const skip = block === undefined && "the runtime has no blocked layout here";

async function runIn(layout: "plain" | "blocked", { graph, feeds }: Case): Promise<Record<string, Tensor>> {
  const session = await createSession(graph, { layout, threads: 2 });
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

const geometry = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  channels: fc.constantFrom(3, 8, 16, 20, 32),
  filters: fc.constantFrom(8, 16, 24, 12),
  depthwise: fc.boolean(),
  height: fc.integer({ min: 5, max: 13 }),
  width: fc.integer({ min: 5, max: 13 }),
  kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  pads: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }),
  strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  dilations: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
  activation: fc.constantFrom("none", "Relu"),
});

it("any convolution and its gradients agree with the float64 interpreter in both layouts", { skip }, async () => {
  await fc.assert(
    fc.asyncProperty(geometry, async (g) => {
      const filters = g.depthwise ? g.channels : g.filters;
      const w = [filters, g.depthwise ? 1 : g.channels, ...g.kernel];
      const example = gradientCase({ x: [g.batch, g.channels, g.height, g.width], w }, (builder) => {
        const attributes = { pads: g.pads, strides: g.strides, dilations: g.dilations, group: g.depthwise ? g.channels : 1 };
        const y = builder.op("Conv", ["x", "w"], attributes);
        return g.activation === "Relu" ? builder.op("Relu", [y]) : y;
      });
      for (const layout of ["plain", "blocked"] as const) {
        for (const [name, deviation] of Object.entries(deviations(example, await runIn(layout, example)))) {
          assert.ok(deviation < 3e-5, `${layout}: ${name} deviates by ${deviation}`);
        }
      }
    }),
    { numRuns: 60, seed: 7 },
  );
});

it("a batch that is only a name runs in the blocked layout for any number of images", { skip }, async () => {
  const builder = new GraphBuilder();
  builder.input("x", "float32", ["N", 16, 8, 8]);
  builder.input("w", "float32", [16, 16, 3, 3]);
  const y = builder.op("Relu", [builder.op("Conv", ["x", "w"], { pads: [1, 1, 1, 1], strides: [2, 2] })]);
  const loss = builder.op("ReduceSum", [builder.op("Mul", [y, y])], { keepdims: 0 });
  builder.output(loss);
  const { graph, gradients } = differentiate(builder.build(), loss, ["x", "w"]);
  const whole = GraphBuilder.from(graph);
  whole.output(gradients["x"]!, "d_x");
  whole.output(gradients["w"]!, "d_w");
  const session = await createSession(whole.build(), { layout: "blocked" });
  for (const images of [1, 3]) {
    const feeds = { x: randomTensor("x", [images, 16, 8, 8]), w: randomTensor("w", [16, 16, 3, 3], 0.1) };
    const results = await session.run(feeds);
    for (const [name, deviation] of Object.entries(deviations({ graph: whole.build(), feeds }, results))) {
      assert.ok(deviation < 3e-5, `${images} images: ${name} deviates by ${deviation}`);
    }
  }
  await session.release();
});
