import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { checkImages, loadDataset, type ImageTraits } from "../../data/index.js";
import { auditShortcuts } from "./audit-shortcuts.js";
import { isAudited, urgentFindings } from "./results.js";

const table = path.resolve("../shared/data/spine-xray/labels.csv");

test("the width of the films nearly gives series A and B away, and is named first", { skip: existsSync(table) ? false : "shared data absent" }, async () => {
  const traits = new Map<string, ImageTraits>();
  const dataset = await checkImages(await loadDataset(table), { onTraits: (id, own) => void traits.set(id, own) });
  const audit = await auditShortcuts(dataset, traits, { permutations: 199 });
  assert.ok(isAudited(audit));
  const [first] = urgentFindings(audit);
  assert.equal(first?.name, "size");
  assert.ok("estimate" in first.auc && first.auc.estimate > 0.84 && first.auc.upper > 0.9);
  // All seven films with drawn angles are of scoliosis, and most letters stand on series B.
  const found = audit.probes.filter(({ found: is }) => is).map(({ name }) => name);
  for (const name of ["marker", "line"]) assert.ok(found.includes(name), name);
});
