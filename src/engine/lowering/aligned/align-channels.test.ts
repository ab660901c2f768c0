import assert from "node:assert/strict";
import { it } from "node:test";
import { interpret } from "../../../autodiff/reference/index.js";
import { GraphBuilder } from "../../../graph/index.js";
import { probe } from "../../probe.js";
import { alignChannels } from "./align-channels.js";
import { type Case, deviations, gradientCase, randomTensor, runLowered } from "../lowering.testkit.js";

/** A block of a network with `c` channels where whole blocks would be more: all that is done to images there. */
function uneven(c: number): Case {
  const shapes = { x: [2, 16, 9, 9], w1: [c, 16, 3, 3], scale: [c], bias: [c], w2: [c, 1, 3, 3], w3: [c, c, 1, 1], b3: [c], w4: [32, c, 1, 1], gate: [2, 1, 1, 1] };
  return gradientCase(shapes, (b: GraphBuilder) => {
    const first = b.op("Conv", ["x", "w1"], { pads: [1, 1, 1, 1] });
    const [normalized] = b.ops("BatchNormTraining", [first, "scale", "bias"]);
    const active = b.op("Relu", [normalized!]);
    const filtered = b.op("Conv", [active, "w2"], { pads: [1, 1, 1, 1], group: c });
    const mixed = b.op("Conv", [b.op("Clip", [filtered, b.constant(-1), b.constant(1)]), "w3", "b3"]);
    const gated = b.op("Mul", [b.op("Add", [mixed, active]), "gate"]);
    const pooled = b.op("MaxPool", [gated], { kernel_shape: [3, 3], strides: [2, 2] });
    // Means over pixels are not done channel by channel here: the image is cut.
    const squeezed = b.op("GlobalAveragePool", [pooled]);
    return b.op("Conv", [b.op("Mul", [pooled, b.op("Sigmoid", [squeezed])]), "w4"], { strides: [2, 2] });
  });
}

const { block } = await probe();

it("the graph with whole blocks of channels computes what the graph as it is does, in float64", () => {
  for (const own of [8, 16]) {
    const { graph, feeds } = uneven(own + own / 2);
    const [aligned, expected] = [interpret(alignChannels(graph, own), feeds), interpret(graph, feeds)];
    for (const { name, shape } of graph.outputs) {
      const [found, wanted] = [aligned.get(name)!, expected.get(name)!];
      assert.deepEqual(found.shape, shape.map(Number), name);
      const largest = wanted.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      wanted.data.forEach((value, i) => assert.ok(Math.abs(found.data[i]! - value) <= 1e-10 * largest, `${name}[${i}]`));
    }
  }
});

it("a batch may be a name, and weights constants", () => {
  const builder = new GraphBuilder({ name: "named" });
  const x = builder.input("x", "float32", ["N", 24, 5, 5]);
  const w = builder.initializer("w", randomTensor("w", [40, 24, 3, 3]));
  const active = builder.op("Relu", [builder.op("Conv", [builder.op("Relu", [x]), w, builder.initializer("b", randomTensor("b", [40]))])]);
  builder.output(builder.op("Softmax", [active], { axis: 1 }), "y");
  const graph = builder.build();
  const aligned = alignChannels(graph, 16);
  // The image is made wide, and cut where channels are mixed.
  assert.deepEqual(aligned.nodes.map(({ op }) => op), ["Relu", "Pad", "Conv", "Relu", "Slice", "Softmax", "Identity"]);
  assert.deepEqual([...aligned.initializers.values()].filter(({ shape }) => shape.length === 4).map(({ shape }) => shape), [[40, 24, 3, 3], [48, 32, 3, 3]]);
  const feeds = { x: randomTensor("x", [2, 24, 5, 5]) };
  const [found, wanted] = [interpret(aligned, feeds).get("y")!, interpret(graph, feeds).get("y")!];
  assert.deepEqual(found.shape, [2, 40, 3, 3]);
  wanted.data.forEach((value, i) => assert.ok(Math.abs(found.data[i]! - value) <= 1e-12, `${i}`));
});

it("only what does not fill blocks is touched", () => {
  const { graph } = uneven(32);
  assert.deepEqual(alignChannels(graph, 16).nodes, graph.nodes);
  // Fewer channels than a block have forms of their own.
  const few = uneven(12).graph;
  assert.deepEqual(alignChannels(few, 16).nodes, few.nodes);
});

it("no convolution, forth or back, is left out of the blocked order", { skip: block === undefined && "the runtime has no blocked layout here" }, async () => {
  const example = uneven(block! + block! / 2);
  const { lowered, results } = await runLowered(example, { layout: "blocked", block: block! });
  const plain = lowered.nodes.filter(({ op, domain }) => ["Conv", "ConvTranspose"].includes(op) && domain === "");
  assert.deepEqual(plain.map(({ name }) => name), []);
  for (const [name, deviation] of Object.entries(deviations(example, results))) assert.ok(deviation < 3e-5, `${name} deviates by ${deviation}`);
});
