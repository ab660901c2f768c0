import assert from "node:assert/strict";
import test from "node:test";
import type { TaskRecord } from "../task-record.js";
import { auditPlanOf } from "./audit-cells.js";
import { lookingElsewhere } from "./elsewhere.js";

const recipe = { study: "audited", networks: ["vgg16-tiny"], regimes: { scratch: {} }, audit: { methods: ["grad-cam" as const], cases: 10 } };

test("right but looking elsewhere, by hand: right cases with less on the region than an even map, the least first", () => {
  const prediction = (id: string, relevance: number | null, right = true) => ({ case: id, label: 1, predicted: right ? 1 : 0, probabilities: [0, 1], relevance, regionShare: 0.2 });
  const record = { seed: 1, predictions: [prediction("a", 0.1), prediction("b", 0.05), prediction("c", 0.3), prediction("d", 0.01, false), prediction("e", null)] } as unknown as TaskRecord;
  const other = { seed: 2, predictions: [prediction("f", 0)] } as unknown as TaskRecord;
  const found = lookingElsewhere([{ id: "net/row", records: [record, other] }], ["no", "yes"])!;
  assert.deepEqual(found.counts, [{ cell: "net/row", right: 3, elsewhere: 2 }]);
  assert.deepEqual(found.cases.map((one) => one.case), ["b", "a"]);
  assert.equal(lookingElsewhere([{ id: "net/row", records: [{ seed: 1, predictions: [] } as unknown as TaskRecord] }], ["no", "yes"]), undefined);
});

test("an audit of networks that are discarded is refused before anything is trained", () => {
  assert.throws(() => auditPlanOf({ ...recipe, models: "discard" }), { code: "audit-models" });
  assert.equal(auditPlanOf({ ...recipe, audit: false }), undefined);
  assert.deepEqual(auditPlanOf(recipe), { methods: ["grad-cam"], cases: 10 });
});
