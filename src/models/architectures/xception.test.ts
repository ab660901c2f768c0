import assert from "node:assert/strict";
import test from "node:test";
import { compareWithStored, readStoredNetworks } from "./reference.testkit.js";

// Reference: a PyTorch network written from the published definition, scripts/reference/models-xception.py.
const stored = readStoredNetworks("xception");

for (const [key, network] of Object.entries(stored).filter(([name]) => name.includes("-tiny"))) {
  for (const layout of ["plain", "blocked"] as const) {
    test(`${key}, ${layout}: logits equal the reference's within 1e-4, gradients within 1e-3`, async () => {
      const { logits, loss, gradients } = await compareWithStored(key, network, { layout });
      assert.ok(logits < 1e-4 && loss < 1e-4, `logits ${logits}, loss ${loss}`);
      assert.ok(gradients < 1e-3, `gradients ${gradients}`);
    });
  }
}
