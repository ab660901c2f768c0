import assert from "node:assert/strict";
import test from "node:test";
import { createSession } from "../../engine/index.js";
import { formulaWeights } from "../formula-weights.js";
import { loadWeights } from "../load-weights.js";
import { buildNetwork } from "../network.js";
import { architectures } from "./index.js";
import type { ArchitectureName } from "./index.js";
import { compareWithStored, patches, readStoredNetworks, relativeDifference } from "./reference.testkit.js";

// Reference: torchvision's DenseNet with the parts written in PyTorch, scripts/reference/models-attention-densenet.py.
for (const [key, network] of Object.entries(readStoredNetworks("attention-densenet")).filter(([name]) => !name.includes("-tiny"))) {
  test(`${key}: logits at full size equal the reference's within 1e-4, gradients within 1e-3`, async (t) => {
    const { logits, loss, gradients } = await compareWithStored(key, network);
    t.diagnostic(`logits ${logits.toExponential(1)}, loss ${loss.toExponential(1)}, gradients ${gradients.toExponential(1)}`);
    assert.ok(logits < 1e-4 && loss < 1e-4, `logits ${logits}, loss ${loss}`);
    assert.ok(gradients < 1e-3, `gradients ${gradients}`);
  });
}

test("with a file of DenseNet-121 every variant starts with DenseNet-121's logits", async () => {
  const plain = formulaWeights(buildNetwork("densenet121", { classes: 1000 }));
  const logitsOf = async (name: ArchitectureName, weights: typeof plain): Promise<number[]> => {
    const session = await createSession(buildNetwork(name, { classes: 1000 }).graph);
    const { logits } = await session.run({ input: patches(224), ...Object.fromEntries(weights) });
    await session.release();
    return [...(logits!.data as Float32Array)];
  };
  const expected = await logitsOf("densenet121", plain);
  const variants = (Object.keys(architectures) as ArchitectureName[]).filter((name) => architectures[name].extends?.network === "densenet121");
  assert.equal(variants.length, 5);
  for (const name of variants) {
    const { weights } = loadWeights(buildNetwork(name, { classes: 1000 }), plain, { head: "keep" });
    const difference = relativeDifference(await logitsOf(name, weights), expected);
    assert.ok(difference < 1e-6, `${name}: ${difference}`);
  }
});
