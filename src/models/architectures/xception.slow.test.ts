import assert from "node:assert/strict";
import test from "node:test";
import { compareWithStored, readStoredNetworks } from "./reference.testkit.js";

// Reference: a PyTorch network written from the published definition, scripts/reference/models-xception.py.
for (const [key, network] of Object.entries(readStoredNetworks("xception")).filter(([name]) => !name.includes("-tiny"))) {
  test(`${key}: logits at full size equal the reference's within 1e-4, gradients within 1e-3`, async (t) => {
    const { logits, loss, gradients } = await compareWithStored(key, network);
    t.diagnostic(`logits ${logits.toExponential(1)}, loss ${loss.toExponential(1)}, gradients ${gradients.toExponential(1)}`);
    assert.ok(logits < 1e-4 && loss < 1e-4, `logits ${logits}, loss ${loss}`);
    assert.ok(gradients < 1e-3, `gradients ${gradients}`);
  });
}
