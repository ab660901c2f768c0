import assert from "node:assert/strict";
import test from "node:test";
import { float32, seededRandom, type Tensor } from "../../base/index.js";
import type { Network } from "../../models/index.js";
import { createExplainer, type ExplainerOptions } from "../explainer.js";
import { averagingNetwork, noWeights, normalImages, referenceNetwork, relativeError } from "../toy-network.testkit.js";
import { methods, type MethodName } from "./index.js";
import { quick, reasonAgainst } from "./shelf.testkit.js";

const images = normalImages(2, [2, 8, 8], 5);

async function explain(network: Network, method: MethodName, input: Tensor<"float32">, options: ExplainerOptions = {}) {
  const explainer = await createExplainer(network, noWeights, method, { ...quick, ...options });
  const { maps, logits } = await explainer.explain(input);
  await explainer.release();
  return { maps, logits };
}

/** The reference network with some weights replaced. */
function changed(names: readonly string[], value: (random: () => number) => number): Network {
  const network = referenceNetwork();
  const random = seededRandom("changed");
  const initializers = new Map(network.graph.initializers);
  for (const name of names) {
    const { shape, data } = initializers.get(name)!;
    initializers.set(name, float32(shape, Array.from({ length: data.length }, () => value(() => random.normal()))));
  }
  return { ...network, graph: { ...network.graph, initializers } };
}

const reference = {
  layerSide: 4,
  network: referenceNetwork(),
  constant: changed(["fc2.weight"], () => 0),
  other: changed(["conv1.weight", "conv2.weight", "fc1.weight", "fc2.weight"], (normal) => 0.4 * normal()),
};
const averaging = { layerSide: 8, network: averagingNetwork(1), constant: averagingNetwork(1, { zeroHead: true }), other: averagingNetwork(2) };

for (const name of Object.keys(methods) as MethodName[]) {
  const { signed, extent } = methods[name];
  // CAM exists for one kind of head alone.
  const { network, constant, other, layerSide } = name === "cam" ? averaging : reference;

  test(`${name}: extent and sign are what its facts say, and two images are explained as each alone`, async () => {
    const explainer = await createExplainer(network, noWeights, name, quick);
    const { maps, logits } = await explainer.explain(images);
    const size = images.data.length / 2;
    const second = await explainer.explain(float32([1, 2, 8, 8], images.data.subarray(size)));
    const again = await explainer.explain(images);
    await explainer.release();
    assert.deepEqual(logits.shape, [2, 3]);
    const side = { layer: layerSide, image: 8, cells: 2 }[extent];
    for (const map of maps) {
      assert.deepEqual([map.height, map.width, map.values.length], [side, side, side * side]);
      assert.ok(map.values.every((value) => Number.isFinite(value) && (signed || value >= 0)));
    }
    assert.ok(maps.some(({ values }) => values.some((value) => value !== 0)));
    assert.ok(relativeError(second.maps[0]!.values, maps[1]!.values) < 1e-4);
    assert.deepEqual(again.maps, maps);
  });

  const exempt = reasonAgainst(name, "zeros where nothing depends on the image");
  test(`${name}: zeros where nothing depends on the image`, { skip: exempt ?? false }, async () => {
    const { maps } = await explain(constant, name, images);
    for (const { values } of maps) assert.ok(values.every((value) => Math.abs(value) < 1e-7), String(values));
  });

  test(`${name}: other weights, another map`, async () => {
    const one = await explain(network, name, images, { scaling: "peak" });
    const two = await explain(other, name, images, { scaling: "peak" });
    assert.ok(one.maps.some(({ values }, n) => relativeError(two.maps[n]!.values, values) > 0.02));
  });
}
