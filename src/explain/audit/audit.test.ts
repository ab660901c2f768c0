import assert from "node:assert/strict";
import test from "node:test";
import { askModel } from "../quality/asked-model.js";
import { blurred } from "../quality/deletion.js";
import { image, mapOf, predict, randomMap, region, side, weights } from "../quality/shelf.testkit.js";
import { auditCsv } from "./audit-csv.js";
import { judgeAudit } from "./audit-methods.js";
import { contrastOf } from "./contrast.js";
import type { CaseReadings } from "./contract.js";
import { judgeMethods, type MeasuredReadings } from "./judge.js";
import type { References } from "./measure-references.js";
import { edgeReference, evenReference, randomReference, rolled } from "./reference-maps.js";

const count = 40;
const wobble = (i: number, size = 0.05) => size * Math.sin(i * 2.3);
const cases = Array.from({ length: count }, (_, i) => ({ id: `c${i}`, region }));

/** Readings of a made-up method: every number as wanted, with a little spread between cases. */
function readingsOf(wanted: { precision: number; contrast: number; rolled: number; half: number; steady: number; repeated?: number; chance?: number }): CaseReadings[] {
  return cases.map(({ id }, i) => {
    const same = { rank: wanted.half + wobble(i), ssim: wanted.half + wobble(i) };
    return {
      case: id, method: "grad-cam", predicted: "a", empty: false, averagePrecision: wanted.precision + wobble(i), relevanceMass: wanted.precision + wobble(i),
      contrast: wanted.contrast + wobble(i), contrastRolled: wanted.rolled + wobble(i + 7), randomized: { head: same, half: same, all: same }, steady: wanted.steady + wobble(i),
      ...(wanted.repeated !== undefined && { repeated: { rank: wanted.repeated + wobble(i), ssim: 0.5, chance: wanted.chance! + wobble(i + 3) } }),
    };
  });
}

const reference = (precision: number) => ({ averagePrecision: cases.map((_, i) => precision + wobble(i + 2)), relevanceMass: cases.map(() => precision), contrast: cases.map((_, i) => wobble(i)) });
const references: References = { random: reference(0.2), even: reference(0.2), edges: reference(0.3) };

function judge(...methods: CaseReadings[][]) {
  const measured = methods.map((readings): MeasuredReadings => ({ method: "grad-cam", readings, further: {}, seconds: 0 }));
  return judgeMethods(measured, references, { cases, level: 0.95, seed: 1, peers: [true] }).methods.map(({ criteria }) => Object.fromEntries(Object.entries(criteria).map(([name, { verdict }]) => [name, verdict])));
}

test("verdicts by hand: a method that is good at all, one that is bad at all, and one in between", () => {
  const good = readingsOf({ precision: 0.7, contrast: 0.4, rolled: 0, half: 0.05, steady: 0.9, repeated: 0.8, chance: 0.2 });
  const bad = readingsOf({ precision: 0.1, contrast: -0.3, rolled: 0, half: 0.9, steady: 0.2, repeated: 0.1, chance: 0.1 });
  const between = readingsOf({ precision: 0.3, contrast: 0, rolled: 0, half: 0.5, steady: 0.5, repeated: 0.8, chance: 0.8 });
  const [one, two, three] = judge(good, bad, between);
  assert.deepEqual(one, { localization: "yes", faithfulness: "yes", weights: "yes", steadiness: "yes", repeatability: "yes", reproducibility: "not tested" });
  assert.deepEqual(two, { localization: "no", faithfulness: "no", weights: "no", steadiness: "no", repeatability: "no", reproducibility: "not tested" });
  assert.deepEqual(three, { localization: "not shown", faithfulness: "not shown", weights: "not shown", steadiness: "not shown", repeatability: "not shown", reproducibility: "not tested" });
});

test("a map better than an even one but below an edge detector does not localize", () => {
  assert.equal(judge(readingsOf({ precision: 0.25, contrast: 0, rolled: 0, half: 0, steady: 1 }))[0]!["localization"], "no");
});

test("without regions nothing is said of localization, and fewer than 8 cases are refused", () => {
  const readings = readingsOf({ precision: 0.7, contrast: 0.4, rolled: 0, half: 0, steady: 1 }).map(({ averagePrecision: _, relevanceMass: __, ...rest }) => rest);
  const none = { averagePrecision: cases.map(() => undefined), relevanceMass: cases.map(() => undefined), contrast: cases.map(() => 0) };
  const { methods } = judgeMethods([{ method: "grad-cam", readings, further: {}, seconds: 0 }], { random: none, even: none, edges: none }, { cases, level: 0.95, seed: 1, peers: [] });
  assert.equal(methods[0]!.criteria.localization.verdict, "not tested");
  const part = { cases: cases.slice(0, 7), measured: [], refused: [], references, regionShares: [], with: [], passes: { forward: 0, backward: 0 }, seconds: 0, examples: [] };
  assert.throws(() => judgeAudit([part], { model: { name: "m", architecture: "a" } }), { code: "audit-cases" });
});

test("the contrast of the region's own map is that of a perfect order, a rolled one has less (linear network of the shelf)", async () => {
  const model = askModel(predict, image, { shape: [1, side, side], class: 1 });
  const [own, other, even] = await contrastOf(model, [weights, rolled(weights, 1), evenReference(model)], { seed: 1, blank: blurred(model) });
  assert.ok(own! > 0.005 && own! > 4 * Math.abs(other!) && own! > 4 * Math.abs(even!), `${own}, ${other}, ${even}`);
  // The same curve the other way round: insertion of the least is deletion of the most.
  const [reversed] = await contrastOf(model, [mapOf((i) => -weights.values[i]!)], { seed: 1, blank: blurred(model) });
  assert.ok(reversed! < 0);
});

test("reference maps: edges of a step, an even map, a random one of no edge; rolling keeps every value", () => {
  const step = Float32Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? 0 : 1));
  const edges = edgeReference(step, { height: 8, width: 8 });
  assert.deepEqual([...edges.values.subarray(0, 8)], [0, 0, 0, 4, 4, 0, 0, 0]);
  assert.ok(evenReference({ height: 2, width: 3 }).values.every((value) => value === 1));
  assert.notDeepEqual(randomReference({ height: 8, width: 8 }, 1).values, randomReference({ height: 8, width: 8 }, 2).values);
  const map = randomMap(1);
  assert.deepEqual(rolled(map, 3).values.sort(), map.values.slice().sort());
  assert.notDeepEqual(rolled(map, 3).values, map.values);
});

test("readings as CSV: one row per map, as many cells as columns, nothing that a spreadsheet would run", () => {
  const readings = readingsOf({ precision: 0.5, contrast: 0, rolled: 0, half: 0, steady: 1 }).map((one, i) => (i === 0 ? { ...one, case: "=1+1", predicted: 'a "b", c' } : one));
  const rows = auditCsv(readings).trimEnd().split("\n");
  assert.equal(rows.length, 1 + count);
  assert.ok(rows[1]!.includes(",'=1+1,") && rows[1]!.includes('"a ""b"", c"'), rows[1]);
  assert.ok(rows.slice(2).every((row) => row.split(",").length === rows[0]!.split(",").length));
});
