import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { comparedWork, differenceOfLogits } from "./agreement.testkit.js";
import { startBackend } from "./backend.js";
import { gradientKernels, requireKernels } from "./gradients.js";
import { compile } from "./interpret.js";

describe("tfjs on the studies' graphs", () => {
  before(() => startBackend("cpu"));

  // Oracle: this project's own engine. Maps, steps and the other families: tfjs-work.slow.test.ts.
  it("computes the logits of MobileNetV2 as the engine does", async () => {
    assert.ok((await differenceOfLogits(comparedWork("mobilenet_v2-tiny"))) < 1e-5);
  });

  it("computes an activation with the convolution it follows, and knows which backend can differentiate convolutions", async () => {
    await import("@tensorflow/tfjs-backend-wasm");
    const { graph } = comparedWork("vgg16-tiny").network;
    assert.equal(compile(graph).steps.length, graph.nodes.length - graph.nodes.filter(({ op }) => op === "Conv").length);
    const kernels = gradientKernels(graph);
    requireKernels(kernels, "cpu");
    assert.throws(() => requireKernels(kernels, "wasm"), /cannot train: the wasm backend has no kernel Conv2DBackpropFilter$/);
  });

  it("refuses operators that it does not know", () => {
    const { graph } = comparedWork("vgg16-tiny").network;
    assert.throws(() => compile({ ...graph, nodes: graph.nodes.map((node) => ({ ...node, op: "Einsum" })) }), /got Einsum/);
  });
});
