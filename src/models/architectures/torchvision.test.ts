import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { formulaTensor } from "../formula-weights.js";
import { compareWithStored, readStoredNetworks } from "./reference.testkit.js";

// Reference: torchvision 0.14, scripts/reference/models-torchvision.py.
for (const [key, network] of Object.entries(readStoredNetworks("torchvision")).filter(([name]) => name.includes("-tiny"))) {
  for (const layout of ["plain", "blocked"] as const) {
    test(`${key}, ${layout}: logits equal torchvision's within 1e-4, gradients within 1e-3`, async () => {
      const { logits, loss, gradients } = await compareWithStored(key, network, { layout });
      assert.ok(logits < 1e-4 && loss < 1e-4, `logits ${logits}, loss ${loss}`);
      assert.ok(gradients < 1e-3, `gradients ${gradients}`);
    });
  }
}

test("the formula's values are the reference script's to the last bit", () => {
  const { formula } = JSON.parse(readFileSync(path.resolve("test/fixtures/models/torchvision.json"), "utf8")) as {
    formula: { name: string; scale: number; offset: number; values: number[] };
  };
  const { data } = formulaTensor(formula.name, [formula.values.length], formula);
  assert.deepEqual(Array.from(data), formula.values);
});
