import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import { DataError, InputError, NotFoundError, csvText, seededRandom } from "../../base/index.js";
import { isEstimate } from "../results.js";
import { sampleResults } from "../report/sample.testkit.js";
import { bareClaims } from "../report/claims.js";
import { comparisonPage } from "./compare-page.js";
import { compareRuns } from "./compare-runs.js";

let root = "";
before(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), "osteon-compare-"));
});
after(() => rm(root, { recursive: true, force: true }));

interface MadeCase {
  readonly id: string;
  readonly label: number;
  readonly image?: string;
}

const labels = ["normal", "scoliosis"];

interface MadeRun {
  readonly name: string;
  readonly cases: readonly MadeCase[];
  readonly cells?: readonly string[];
  readonly seeds?: readonly number[];
  readonly order?: readonly string[];
  /** Probability of scoliosis. */
  readonly score: (one: MadeCase, seed: number) => number;
}

/** The folder of a run that predicted some cases, without training anything. */
async function makeRun({ name, cases, cells = ["net/scratch"], seeds = [1], order = labels, score }: MadeRun): Promise<string> {
  const folder = path.join(root, name);
  await mkdir(folder, { recursive: true });
  const sample = sampleResults(order);
  const results = { ...sample, cells: cells.map((id) => ({ ...sample.cells[0]!, id })), data: { ...sample.data, labels: order } };
  await writeFile(path.join(folder, "results.json"), JSON.stringify(results));
  const rows = cells.flatMap((cell) =>
    seeds.flatMap((seed) =>
      cases.map((one) => {
        const p = score(one, seed);
        const predicted = p >= 0.5 ? "scoliosis" : "normal";
        return [cell, seed, 1, one.id, labels[one.label]!, predicted, predicted === labels[one.label] ? 1 : 0, ...order.map((label) => (label === "scoliosis" ? p : 1 - p)), one.image ?? `sha-${one.id}`];
      }),
    ),
  );
  await writeFile(path.join(folder, "predictions.csv"), csvText([["cell", "seed", "fold", "case", "label", "predicted", "correct", ...order.map((label) => `probability_${label}`), "image_sha256"], ...rows]));
  return folder;
}

const cases = Array.from({ length: 60 }, (_, i): MadeCase => ({ id: `case-${i}`, label: i % 2 }));
const random = seededRandom("compare test");
const noise = new Map(cases.map(({ id }) => [id, random.uniform() * 0.8]));
const good = ({ id, label }: MadeCase): number => (label === 1 ? 0.95 - noise.get(id)! * 0.5 : 0.05 + noise.get(id)! * 0.4);
/** Wrong on the first 12 cases, right as the other elsewhere. */
const worse = (one: MadeCase): number => (Number(one.id.slice(5)) < 12 ? 1 - good(one) : good(one));

test("two runs on the same cases: McNemar's p is that of the binomial, differences are those of the runs", async () => {
  const [a, b] = [await makeRun({ name: "good", cases, score: good }), await makeRun({ name: "worse", cases, score: worse })];
  const { pairs, cases: shared, warnings } = await compareRuns(a, b);
  assert.deepEqual([shared.shared, shared.first, shared.second, shared.byImage], [60, 60, 60, true]);
  assert.ok(warnings.every((warning) => !warning.startsWith("Only the")));
  const [pair] = pairs;
  assert.deepEqual([pair!.onlyA, pair!.onlyB, pair!.decisions], [12, 0, 60]);
  const [accuracy, f1, auc] = pair!.measures;
  // Oracle: 2 * 0.5^12, by hand.
  assert.ok(Math.abs(accuracy!.p! - 2 * 0.5 ** 12) < 1e-15);
  assert.ok(isEstimate(accuracy!.difference) && Math.abs(accuracy!.difference.estimate - 0.2) < 1e-12);
  assert.ok(isEstimate(f1!.difference) && f1!.difference.lower > 0 && f1!.p! < 0.01);
  assert.ok(auc!.label === "scoliosis" && isEstimate(auc!.difference) && auc!.difference.lower > 0);
  // One pair: Holm leaves every p as it is.
  for (const { p, pAdjusted } of pair!.measures) assert.equal(pAdjusted, p);
});

test("exchanging the runs changes the sign and nothing else", async () => {
  const [a, b] = [await makeRun({ name: "x", cases, score: good }), await makeRun({ name: "y", cases, score: worse, order: ["scoliosis", "normal"] })];
  const [there, back] = [(await compareRuns(a, b)).pairs[0]!, (await compareRuns(b, a)).pairs[0]!];
  for (const k of [0, 1]) {
    const [x, y] = [there.measures[k]!, back.measures[k]!];
    assert.ok(isEstimate(x.difference) && isEstimate(y.difference));
    assert.ok(Math.abs(x.difference.estimate + y.difference.estimate) < 1e-12);
  }
  assert.equal(there.measures[0]!.p, back.measures[0]!.p);
});

test("only cases of the same name, image and label are compared, and the rest is told", async () => {
  const other = cases.slice(10).map((one, i): MadeCase => (i < 3 ? { ...one, image: "another" } : i < 5 ? { ...one, label: 1 - one.label } : one));
  const { cases: shared, warnings, pairs } = await compareRuns(await makeRun({ name: "all", cases, score: good }), await makeRun({ name: "part", cases: other, score: (one) => (one.label === 1 ? 0.8 : 0.2) }));
  assert.deepEqual([shared.first, shared.second, shared.shared, shared.otherImage, shared.otherLabel], [60, 50, 45, 3, 2]);
  assert.equal(pairs[0]!.decisions, 45);
  assert.ok(warnings[0]!.includes("Only the 45 cases"));
});

test("seeds of the same number are paired, and a case's seeds count as one patient", async () => {
  const [a, b] = [await makeRun({ name: "s12", cases, seeds: [1, 2], score: good }), await makeRun({ name: "s23", cases, seeds: [2, 3], score: worse })];
  const { pairs } = await compareRuns(a, b);
  assert.deepEqual([pairs[0]!.seeds, pairs[0]!.decisions, pairs[0]!.patients], [[[2, 2]], 60, 60]);
  const twice = await compareRuns(a, await makeRun({ name: "s12b", cases, seeds: [1, 2], score: worse }));
  assert.deepEqual([twice.pairs[0]!.decisions, twice.pairs[0]!.patients], [120, 60]);
  // The second seed repeats the first: it adds no evidence.
  assert.ok(twice.pairs[0]!.measures[0]!.p! >= 2 * 0.5 ** 12 * (1 - 1e-9));
});

test("several pairs of cells are adjusted by Holm's method, and cells may be named", async () => {
  const cells = ["net/one", "net/two"];
  const [a, b] = [await makeRun({ name: "two-a", cases, cells, score: good }), await makeRun({ name: "two-b", cases, cells, score: worse })];
  const { pairs } = await compareRuns(a, b);
  assert.equal(pairs.length, 2);
  for (const { measures } of pairs) assert.ok(Math.abs(measures[0]!.pAdjusted! - 2 * measures[0]!.p!) < 1e-15);
  const named = await compareRuns(a, b, { cells: [["net/one", "net/two"]] });
  assert.deepEqual(named.pairs.map((pair) => [pair.a, pair.b]), [["net/one", "net/two"]]);
  await assert.rejects(() => compareRuns(a, b, { cells: [["net/oen", "net/two"]] }), NotFoundError);
});

test("runs without shared cases or classes are refused", async () => {
  const a = await makeRun({ name: "ours", cases, score: good });
  const strangers = await makeRun({ name: "theirs", cases: cases.map((one) => ({ ...one, id: `other-${one.id}` })), score: () => 0.3 });
  await assert.rejects(() => compareRuns(a, strangers), (error) => error instanceof DataError && error.code === "no-shared-cases");
  const folder = path.join(root, "classes");
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "results.json"), JSON.stringify(sampleResults(["a", "b"])));
  await writeFile(path.join(folder, "predictions.csv"), "cell,seed,fold,case,label,predicted,correct,probability_a,probability_b\nnet,1,1,x,a,a,1,0.9,0.1\n");
  await assert.rejects(() => compareRuns(a, folder), (error) => error instanceof InputError && error.code === "other-classes");
});

test("the page tells no advantage without its test, and nothing becomes markup", async () => {
  const a = await makeRun({ name: "<b>run", cases, score: good });
  const page = comparisonPage(await compareRuns(a, await makeRun({ name: "plain", cases, score: worse })));
  assert.deepEqual(bareClaims(page), []);
  assert.doesNotMatch(page, /<b>run|NaN|undefined|\[object|<script/);
});
