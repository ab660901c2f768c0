import assert from "node:assert/strict";
import test from "node:test";
import { isEstimable } from "../../stats/index.js";
import { auditCsv } from "./audit-csv.js";
import { judgeAudit, measureAudit } from "./audit-methods.js";
import { discCases, randomModel } from "./audit.testkit.js";
import { planAudit } from "./plan-audit.js";

test("an audit of random networks, end to end: the passes are those planned, guided backpropagation is insensitive to the weights, nothing depends on the order of methods", async () => {
  const { images, cases: discs } = discCases(10);
  const subject = randomModel("vgg16_bn-tiny", 1, images);
  const peers = [randomModel("vgg16_bn-tiny", 2, images)];
  const methods = ["grad-cam", "guided-backpropagation"] as const;
  const seen: number[] = [];
  const part = await measureAudit(subject, discs, { methods, peers, seed: 3, examples: 1, engine: { threads: 1 }, onProgress: ({ done, total }) => seen.push(done / total) });
  const plan = planAudit({ subject, cases: discs, methods, peers });
  assert.equal(part.passes.forward + plan.backwardWorth * part.passes.backward, plan.total);
  assert.ok(seen.every((share, i) => i === 0 || share >= seen[i - 1]!) && seen.at(-1) === 1);
  const audit = judgeAudit([part], { model: subject, seed: 3 });
  assert.equal(audit.methods[1]!.criteria.weights.verdict, "no");
  assert.equal(audit.methods[0]!.criteria.reproducibility.verdict, "not tested");
  assert.ok(isEstimable(audit.references[1]!.averagePrecision!) && Math.abs(audit.references[1]!.averagePrecision.estimate - audit.regionShare!) < 1e-3, "an even map has the region's share");
  assert.equal(Object.keys(part.examples[0]!.maps).length, 2);
  const again = await measureAudit(subject, discs, { methods: [methods[1]], peers, seed: 3, engine: { threads: 1 } });
  assert.deepEqual(again.measured[0]!.readings, part.measured[1]!.readings);
  const rows = auditCsv(audit.readings).trimEnd().split("\n");
  assert.equal(rows.length, 1 + 2 * 10);
  assert.ok(rows.every((row) => row.split(",").length === rows[0]!.split(",").length));
});
