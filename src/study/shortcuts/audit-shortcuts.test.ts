import assert from "node:assert/strict";
import test from "node:test";
import { seededRandom } from "../../base/index.js";
import type { Case, ImageTraits } from "../../data/index.js";
import { defaultPreprocessing, placement, sides } from "../../images/index.js";
import type { TaskRecord } from "../task-record.js";
import { auditShortcuts } from "./audit-shortcuts.js";
import { encodeColumns } from "./encode-columns.js";
import { LabelExchange } from "./exchange-labels.js";
import { mapsOnMarks } from "./maps-on-marks.js";
import { measurePlanted, plantedSet, setOf } from "./planted.testkit.js";
import { findings, isAudited, urgentFindings } from "./results.js";
import { RidgeScores } from "./ridge-scores.js";
import { symmetricEigen } from "./symmetric-eigen.js";
import { testProbes } from "./test-probes.js";

test("a planted size and a planted marker are named first, with a remedy", async () => {
  for (const effect of ["size", "marker"] as const) {
    const { dataset, traits } = await plantedSet(effect, 1, 36);
    const audit = await auditShortcuts(dataset, traits, { permutations: 99 });
    assert.ok(isAudited(audit));
    const [first] = urgentFindings(audit);
    assert.equal(first?.name, effect, audit.probes.map(({ name, pAdjusted }) => `${name} ${pAdjusted}`).join(", "));
    assert.match(first.sentence, /predict the label (well|nearly completely): AUC (0\.[89]\d|1\.00) \(.* to .*\), adjusted p = 0\.010\.$/);
    assert.ok(first.remedy.length > 40);
  }
});

test("labels drawn at random give no finding here, and few cases or one patient per class give a reason", async () => {
  const images = await Promise.all(Array.from({ length: 40 }, (_, i) => measurePlanted("null", i, undefined)));
  const { dataset, traits } = setOf(images);
  const audit = await auditShortcuts(dataset, traits, { permutations: 99 });
  assert.ok(isAudited(audit));
  assert.deepEqual(findings(audit).map(({ name }) => name), []);
  assert.deepEqual([audit.cases, audit.of, audit.folds, audit.permutations], [40, 40, 5, 99]);
  const few = await auditShortcuts({ ...dataset, cases: dataset.cases.slice(0, 10) }, traits);
  assert.ok("notEstimable" in few && few.notEstimable.includes("too few"));
  const tied: Case[] = dataset.cases.map((one) => ({ ...one, patient: one.label }));
  const oneEach = await auditShortcuts({ ...dataset, cases: tied }, traits);
  assert.ok("notEstimable" in oneEach && oneEach.notEstimable.includes("patients"));
});

test("eigenvectors put a symmetric matrix on its diagonal (law: V diag V' = A)", () => {
  const random = seededRandom("eigen");
  const n = 12;
  const half = Float64Array.from({ length: n * n }, () => random.normal());
  const a = Float64Array.from({ length: n * n }, (_, at) => half[at]! + half[(at % n) * n + Math.floor(at / n)]!);
  const { values, vectors } = symmetricEigen(a, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += vectors[i * n + k]! * values[k]! * vectors[j * n + k]!;
      assert.ok(Math.abs(sum - a[i * n + j]!) < 1e-9);
    }
  }
});

test("ridge scores of one feature are the closed form: mean + x (x'y) / (x'x + penalty), by the fold's training part", () => {
  const x = Float64Array.of(-2, -1, 0, 1, 2, -2, -1, 0, 1, 2);
  const y = Float64Array.of(0, 0, 0, 1, 1, 0, 0, 1, 1, 1);
  const tests = [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]];
  const scores = new Float64Array(10);
  new RidgeScores({ values: x, cases: 10, width: 1 }, tests).score([y], [scores]);
  // Training part of the first fold: mean 0.6, x'x = 10, x'(y - 0.6) = 3; of the second: mean 0.4, 10 and 3.
  const slopes = [3, 3];
  tests.forEach((fold, f) => {
    const mean = [0.6, 0.4][f]!;
    const slope = (scores[fold[4]!]! - mean) / 2;
    const penalty = slopes[f]! / slope - 10;
    // One of the penalties tried: a multiple of the eigenvalue 10.
    const factor = penalty / 10;
    assert.ok([0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100].some((one) => Math.abs(one / factor - 1) < 1e-6), String(factor));
    for (const i of fold) assert.ok(Math.abs(scores[i]! - (mean + x[i]! * slope)) < 1e-12);
  });
});

test("exchanged labels keep every fold's classes and every patient's pattern", () => {
  const truth = Int32Array.of(0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0);
  const groups = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5];
  const tests = [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]];
  const exchange = new LabelExchange(truth, groups, tests);
  const random = seededRandom("exchange");
  const patterns = (labels: Int32Array, fold: readonly number[]): string[] => [...new Set(fold.map((i) => groups[i]!))].map((g) => fold.filter((i) => groups[i] === g).map((i) => labels[i]).join("")).sort();
  const seen = new Set<string>();
  for (let b = 0; b < 30; b++) {
    const drawn = exchange.draw(random);
    seen.add(drawn.join(""));
    for (const fold of tests) assert.deepEqual(patterns(drawn, fold), patterns(truth, fold));
  }
  assert.ok(seen.size > 5);
});

test("features do not depend on the unit of a number, and absence is one of them", () => {
  const values = [1, 2, 3, 4, 5, 6, 7, Number.NaN];
  const [a, b] = [values, values.map((value) => 1000 * value - 7)].map((column) => encodeColumns([{ title: "x", values: column }]));
  assert.equal(a!.width, b!.width);
  a!.values.forEach((value, i) => assert.ok(Math.abs(value - b!.values[i]!) < 1e-9));
  assert.equal(encodeColumns([{ title: "same", values: [1, 1, 1] }]).width, 0);
  assert.equal(encodeColumns([{ title: "word", values: ["a", "a", "b", "b"] }]).width, 2);
});

test("several classes: the mean area over classes against the rest, and a perfect feature reaches 1", async () => {
  const truth = Int32Array.from({ length: 60 }, (_, i) => i % 3);
  const features = [encodeColumns([{ title: "tells", values: Array.from(truth) }]), encodeColumns([{ title: "tells nothing", values: Array.from({ length: 60 }, (_, i) => (i * 7919) % 61) }])];
  const tests = [0, 1, 2, 3, 4].map((fold) => Array.from({ length: 12 }, (_, i) => 12 * fold + i));
  const [tells, nothing] = await testProbes({ features, truth, labels: ["a", "b", "c"], groups: Array.from(truth.keys()), tests, permutations: 99, level: 0.95, seed: 1 });
  assert.ok("estimate" in tells!.auc && tells!.auc.estimate > 0.999, JSON.stringify(tells!.auc));
  assert.equal(tells!.pAdjusted, 0.01);
  assert.ok(nothing!.pAdjusted > 0.05);
});

test("shares of a map on a marker and on the letterbox's frame are those of the placement (by hand)", async () => {
  const { traits: one } = await measurePlanted("marker by hand", 1, undefined);
  // An image of 100 x 50 in a frame of 20: 20 x 10, columns 5 to 15. The marker covers its left half.
  const traits: ImageTraits = { ...one, height: 100, width: 50, marks: [{ kind: "marker", polarity: "bright", contrast: 1, row: 0, column: 0, height: 100, width: 25 }], margins: Object.fromEntries(sides.map((side) => [side, { padding: 0, edge: 0, value: 0 }])) as ImageTraits["margins"] };
  const wide: ImageTraits = { ...traits, marks: [{ ...traits.marks[0]!, width: 50 }], margins: { ...traits.margins, top: { padding: 0.2, edge: 0.2, value: 0 } } };
  const preprocessing = { ...defaultPreprocessing, size: 20, resize: "letterbox" } as const;
  const even = Buffer.alloc(4 * 4);
  for (let i = 0; i < 4; i++) even.writeFloatLE(1, 4 * i);
  const record = { predictions: [0, 1].map((k) => ({ case: `c${k}`, label: 0, predicted: 0, probabilities: [1, 0] })), maps: { height: 2, width: 1, values: even.toString("base64") } } as unknown as TaskRecord;
  const shares = mapsOnMarks({ cells: [{ id: "cell", records: [record] }], traits: new Map([["c0", traits], ["c1", wide]]), placements: new Map(["c0", "c1"].map((id) => [id, placement(100, 50, preprocessing)])), preprocessing, level: 0.95, patientOf: (id) => id });
  assert.deepEqual(shares.map(({ kind, cases, evenShare, share }) => [kind, cases, Number(evenShare.toFixed(9)), "estimate" in share ? Number(share.estimate.toFixed(6)) : share]), [["marker", 2, 0.375, 0.375], ["margin", 2, 0.55, 0.55]]);
});
