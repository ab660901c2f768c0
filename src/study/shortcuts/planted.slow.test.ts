import assert from "node:assert/strict";
import test from "node:test";
import { auditShortcuts } from "./audit-shortcuts.js";
import { effects, plantedSet } from "./planted.testkit.js";
import { findings, isAudited } from "./results.js";

for (const effect of effects) {
  test(`a planted difference of ${effect} is named`, async () => {
    const { dataset, traits } = await plantedSet(effect, 7);
    const audit = await auditShortcuts(dataset, traits, { permutations: 199 });
    assert.ok(isAudited(audit));
    assert.ok(findings(audit).some(({ name }) => name === effect), findings(audit).map(({ name }) => name).join(", "));
  });
}
