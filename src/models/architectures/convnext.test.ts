import assert from "node:assert/strict";
import test from "node:test";
import { buildNetwork } from "../network.js";
import { compareWithStored, readStoredNetworks } from "./reference.testkit.js";

// Reference: torchvision 0.14, scripts/reference/models-convnext.py.
const stored = readStoredNetworks("convnext");

for (const [key, network] of Object.entries(stored).filter(([name]) => name.includes("-tiny"))) {
  for (const layout of ["plain", "blocked"] as const) {
    test(`${key}, ${layout}: logits equal torchvision's within 1e-4, gradients within 1e-3`, async () => {
      const { logits, loss, gradients } = await compareWithStored(key, network, { layout });
      assert.ok(logits < 1e-4 && loss < 1e-4, `logits ${logits}, loss ${loss}`);
      assert.ok(gradients < 1e-3, `gradients ${gradients}`);
    });
  }
}

test("blocks are left out with a probability that rises from 0 to the published one", () => {
  const { droppedBranches } = buildNetwork("convnext_tiny", { classes: 2 });
  const rates = [...droppedBranches!.values()];
  // The first of 18 blocks has rate 0 and is not on the list.
  assert.equal(rates.length, 17);
  assert.ok(rates.every((rate, i) => Math.abs(rate - (0.1 * (i + 1)) / 17) < 1e-12), rates.join());
  assert.equal([...droppedBranches!.keys()].at(-1), "features.7.2.scaled");
});
