import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../base/index.js";
import { weightedAuc } from "../roc-auc.js";
import { analyzeReaderFigures, compareFiguresWithReaders, jackknifeCovariance, leaveOneOut } from "./jackknifed-figures.js";
import { obuchowskiRockette } from "./obuchowski-rockette.js";
import type { Read } from "./reads.js";
import { compareWithReaders } from "./standalone.js";

const near = (actual: number | null, expected: number | null, what: string): void =>
  assert.ok(actual === expected || Math.abs(actual! - expected!) < 1e-10, `${what}: ${actual} instead of ${expected}`);

/** Ratings of five readers under two modalities on 30 cases. */
function someReads(): Read[] {
  const random = seededRandom("jackknifed figures");
  const cases = Array.from({ length: 30 }, (_, i) => ({ positive: i % 3 === 0, hardness: random.normal() }));
  return ["a", "b"].flatMap((modality, m) =>
    [1, 2, 3, 4, 5].flatMap((reader) =>
      cases.map(({ positive, hardness }, i) => ({ reader, modality, case: i, positive, rating: Math.round(2 * ((positive ? 1 + 0.4 * m : 0) + hardness + random.normal())) })),
    ),
  );
}

// Oracle: obuchowskiRockette and compareWithReaders, themselves checked against published analyses.
test("for an AUC it is the analysis of reads", () => {
  const reads = someReads();
  const labels = Array.from({ length: 30 }, (_, i) => i % 3 === 0);
  const figureOf = (modality: string, reader: number) => ({
    reader,
    modality,
    n: 30,
    ...leaveOneOut(weightedAuc(labels, reads.filter((read) => read.modality === modality && read.reader === reader).map(({ rating }) => Number(rating))), { n: 30, subject: "AUC" }),
  });
  const figures = ["a", "b"].flatMap((modality) => [1, 2, 3, 4, 5].map((reader) => figureOf(modality, reader)));
  for (const fixed of [undefined, "readers", "cases"] as const) {
    const [ours, known] = [analyzeReaderFigures(figures, { cases: 30, ...(fixed && { fixed }) }), obuchowskiRockette(reads, { ...(fixed && { fixed }) })];
    for (const key of ["estimate", "lower", "upper", "p", "degreesOfFreedom"] as const) near(ours.differences[0]![key], known.differences[0]![key], `${fixed} ${key}`);
    near(ours.means[1]!.upper, known.means[1]!.upper, "mean of a modality");
    near(ours.cells[3]!.lower, known.cells[3]!.lower, "one reader");
    assert.equal(ours.design, known.design);
  }
  const ours = compareFiguresWithReaders(figures[0]!, figures.slice(6));
  const known = compareWithReaders(reads.filter((read) => read.modality === "a" && read.reader === 1), reads.filter((read) => read.modality === "b" && read.reader !== 1));
  for (const key of ["estimate", "lower", "upper", "p", "degreesOfFreedom", "network", "readerMean"] as const) near(ours[key], known[key], key);
});

// Oracle: by hand. Means over patients (0, 2), (4) and (6): 3; without each 5, 8/3 and 2.
test("a patient's cases are left out together", () => {
  const values = [0, 2, 4, 6];
  const mean = (weights: Float64Array): number => values.reduce((sum, value, i) => sum + value * weights[i]!, 0) / weights.reduce((sum, value) => sum + value, 0);
  const figure = leaveOneOut(mean, { n: 4, groups: ["p", "p", "q", "r"], subject: "mean" });
  assert.deepEqual(figure, { estimate: 3, without: [5, 8 / 3, 2] });
  const average = (5 + 8 / 3 + 2) / 3;
  near(jackknifeCovariance([figure])[0]![0]!, (2 / 3) * ((5 - average) ** 2 + (8 / 3 - average) ** 2 + (2 - average) ** 2), "variance");
});

test("what is not defined without a case is not estimable, and unlike lists are refused", () => {
  assert.throws(() => leaveOneOut((weights) => (weights[0] === 0 ? undefined : 1), { n: 3, subject: "precision" }), { code: "not-estimable" });
  assert.throws(() => jackknifeCovariance([{ estimate: 1, without: [1] }]), { code: "not-estimable" });
  assert.throws(() => jackknifeCovariance([{ estimate: 1, without: [1, 2] }, { estimate: 1, without: [1, 2, 3] }]), { code: "length" });
});
