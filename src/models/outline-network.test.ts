import assert from "node:assert/strict";
import test from "node:test";
import { architectures } from "./architectures/index.js";
import type { ArchitectureName } from "./architectures/index.js";
import { countMultiplyAdds, countParameters } from "./cost.js";
import { buildNetwork } from "./network.js";
import { outlineNetwork } from "./outline-network.js";

test("the costs of the layers add up to the network's, for every network", () => {
  for (const name of Object.keys(architectures) as ArchitectureName[]) {
    const network = buildNetwork(name, { classes: 5 });
    const stages = outlineNetwork(network);
    assert.deepEqual(stages.map((stage) => stage.name), network.stages.map((stage) => stage.name));
    const sum = (key: "parameters" | "multiplyAdds"): number => stages.flatMap(({ layers }) => layers).reduce((total, layer) => total + layer[key], 0);
    assert.equal(sum("parameters"), countParameters(network), name);
    assert.equal(sum("multiplyAdds"), countMultiplyAdds(network.graph), name);
  }
});

test("layers are told with what follows them, worked by hand for the start of ResNet-18", () => {
  const [stem, layer1, layer2] = outlineNetwork(buildNetwork("resnet18", { classes: 5 }));
  assert.deepEqual(stem!.layers, [
    { path: "conv1", what: "conv 7x7 /2, 3 to 64 · norm · relu", inputs: ["input"], output: "relu", shape: [64, 112, 112], parameters: 64 * 3 * 49 + 128, multiplyAdds: 64 * 3 * 49 * 112 * 112 },
    { path: "maxpool", what: "max pool 3x3 /2", inputs: ["relu"], output: "maxpool", shape: [64, 56, 56], parameters: 0, multiplyAdds: 0 },
  ]);
  assert.deepEqual(layer1!.layers.map(({ what }) => what), [
    "conv 3x3, 64 to 64 · norm · relu",
    "conv 3x3, 64 to 64 · norm",
    "add · relu",
    "conv 3x3, 64 to 64 · norm · relu",
    "conv 3x3, 64 to 64 · norm",
    "add · relu",
  ]);
  assert.deepEqual(layer2!.shape, [128, 28, 28]);
});
