import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { seededRandom } from "../../base/index.js";
import { delongTest } from "../delong-test.js";
import { studentQuantile } from "../distributions/index.js";
import { proportionInterval } from "../proportion-interval.js";
import { jackknifeDegrees, sumDegrees } from "../satterthwaite.js";
import { waldEstimate } from "../wald.js";
import { averageRocCurves, readerAveragedCurve } from "./averaged-curve.js";
import type { CurvePoint } from "./averaged-curve.js";
import { dorfmanBerbaumMetz } from "./dorfman-berbaum-metz.js";
import { gallasOneShot } from "./gallas.js";
import { analyzeReaderFigures } from "./jackknifed-figures.js";
import { obuchowskiRockette } from "./obuchowski-rockette.js";
import type { ReaderStudyOptions } from "./obuchowski-rockette.js";
import type { Read } from "./reads.js";
import { compareWithReaders } from "./standalone.js";
import { pilotVariances, readerStudyPower, readerStudySizes } from "./study-size.js";

function close(got: number, expected: number, relative: number, what = ""): void {
  const room = relative * Math.max(1e-12, Math.abs(expected));
  assert.ok(Math.abs(got - expected) <= room, `${what}: got ${got}, expected ${expected}`);
}

const file = path.resolve("../shared/data/stats/VanDyke.csv");
const absent = existsSync(file) ? false : "shared data absent";

function vanDyke(column: "case" | "case2" | "case3" = "case"): Read[] {
  const [header, ...lines] = readFileSync(file, "utf8")
    .trim()
    .split(/\r?\n/)
    .map((line) => line.replaceAll('"', "").split(","));
  const at = (fields: string[], name: string): string => fields[header!.indexOf(name)]!;
  return lines.map((fields) => ({
    reader: at(fields, "reader"),
    modality: at(fields, "treatment"),
    case: at(fields, column),
    positive: at(fields, "truth") === "1",
    rating: Number(at(fields, "rating")),
  }));
}

// B. J. Smith, S. L. Hillis, MRMCaov 0.3.0: the article's printed output, to its seven to ten digits.
const digits = 2e-6;

interface Published {
  name: string;
  options?: ReaderStudyOptions;
  column?: "case2" | "case3";
  components?: number[];
  test: number[];
  difference: number[];
  means: number[][];
}

const auc = [0.897037, 0.9408374];
const published: Published[] = [
  {
    name: "jackknife, readers fixed",
    options: { fixed: "readers" },
    components: [0.0015349993, 0.0002004025, 0.0008022883, 0.0003466137, 0.0003440748, 0.0002390284],
    test: [5.475953, 1, 0.01927984],
    difference: [-0.04380032, 0.01871748, -0.08048591, -0.00711473, -2.340075, 0.01927984],
    means: [
      [auc[0]!, 0.02428971, 0.8494301, 0.944644],
      [auc[1]!, 0.01677632, 0.9079564, 0.9737183],
    ],
  },
  {
    name: "DeLong",
    options: { covariance: "delong" },
    components: [0.0015364254, 0.000204584, 0.0007921325, 0.000342009, 0.0003395265, 0.0002358497],
    test: [4.484854, 1, 0.05123303, 15.06611],
    difference: [-0.04380032, 0.0206825, -0.087867196, 0.0002665519, -2.117747, 0.05123303],
    means: [
      [auc[0]!, 0.03307642, 0.8253461, 0.968728, 12.59597],
      [auc[1]!, 0.02150464, 0.8942155, 0.9874592, 12.5653],
    ],
  },
  {
    name: "unbiased",
    options: { covariance: "unbiased" },
    components: [0.001536529, 0.0002077588, 0.0007883925, 0.0003416706, 0.000339065, 0.0002356148],
    test: [4.489614, 1, 0.0511618, 15.03418],
    difference: [-0.04380032, 0.02067154, -0.0878519409, 0.0002512968, -2.118871, 0.0511618],
    means: [
      [auc[0]!, 0.0330712, 0.8253526, 0.9687214, 12.58802],
      [auc[1]!, 0.0214912, 0.8942323, 0.9874424, 12.53391],
    ],
  },
  {
    name: "cases fixed",
    options: { fixed: "cases" },
    test: [8.704, 1, 0.04195875, 4],
    difference: [-0.04380032, 0.01484629, -0.08502022, -0.00258042, -2.950254, 0.04195875],
    means: [
      [auc[0]!, 0.02482994, 0.8280981, 0.965976, 4],
      [auc[1]!, 0.01615303, 0.8959894, 0.9856854, 4],
    ],
  },
  {
    name: "cases nested in readers",
    column: "case2",
    components: [1.293517e-3, 9.213005e-5, 8.079682e-4, 3.490676e-4, 0, 0],
    test: [8.704, 1, 0.04195875, 4],
    difference: [-0.04380032, 0.01484629, -0.08502022, -0.00258042, -2.950254, 0.04195875],
    means: [
      [auc[0]!, 0.02482994, 0.8280981, 0.965976, 4],
      [auc[1]!, 0.01615303, 0.8959894, 0.9856854, 4],
    ],
  },
  {
    name: "sensitivity at 3 and above",
    options: { measure: "sensitivity", threshold: 3 },
    components: [0.0049747475, 0.0007828283, 0.0023681257, 0.0009943883, 0.0010145903, 0.0006604938],
    test: [6.689493, 1, 0.02008822, 15.71732],
    difference: [-0.09777778, 0.03780451, -0.1780371, -0.0175185, -2.586405, 0.02008822],
    means: [
      [0.8222222, 0.05893747, 0.6961876, 0.9482568, 14.456811],
      [0.92, 0.03741657, 0.8328691, 1, 7.575855],
    ],
  },
];

for (const row of published) {
  test(`VanDyke, ${row.name}: the published analysis`, { skip: absent }, () => {
    const got = obuchowskiRockette(vanDyke(row.column), { ...row.options, interval: "symmetric" });
    if (row.components) {
      const { error, cov1, cov2, cov3 } = got.covariances;
      [got.components.reader, got.components.interaction, error, cov1, cov2, cov3].forEach((value, i) =>
        close(value, row.components![i]!, row.components![i] === 0 ? 1e-3 : digits, `component ${i}`),
      );
    }
    const { statistic, df1, p, df2 } = got.test!;
    [statistic, df1, p, df2 ?? 0].slice(0, row.test.length).forEach((value, i) => close(value, row.test[i]!, digits, `test ${i}`));
    const d = got.differences[0]!;
    [d.estimate, d.standardError, d.lower, d.upper, d.statistic, d.p].forEach((value, i) =>
      close(value, row.difference[i]!, 3e-6, `difference ${i}`),
    );
    row.means.forEach((expected, m) => {
      const { estimate, standardError, lower, upper, degreesOfFreedom } = got.means[m]!;
      [estimate, standardError, lower, upper, degreesOfFreedom ?? 0].slice(0, expected.length).forEach((value, i) =>
        close(value, expected[i]!, digits, `mean ${m} ${i}`),
      );
    });
  });
}

test("VanDyke, random readers and cases: the published result F = 4.4563 on 1 and 15.26, p = 0.0517", { skip: absent }, () => {
  const got = obuchowskiRockette(vanDyke(), { interval: "symmetric" });
  assert.equal(got.design, "factorial");
  close(got.test!.statistic, 4.456319, digits);
  close(got.test!.df2!, 15.25967, digits);
  close(got.test!.p, 0.05166569, digits);
  close(got.meanSquares.modality, 0.004796171, digits);
  close(got.meanSquares.reader, 0.0153448 / 4, 1e-4);
  close(got.meanSquares.interaction, 0.0005510306, digits);
  const cells: Record<string, number[]> = {
    "1 1": [0.9196457, 0.0301255164, 0.8606008, 0.9786907],
    "1 2": [0.8587762, 0.0363753335, 0.7874818, 0.9300705],
    "1 3": [0.9038647, 0.0282594118, 0.8484773, 0.9592522],
    "1 4": [0.9731079, 0.0173388332, 0.9391244, 1],
    "1 5": [0.8297907, 0.041720172, 0.7480206, 0.9115607],
    "2 1": [0.9478261, 0.0221416887, 0.9044292, 0.991223],
    "2 2": [0.905314, 0.0298151099, 0.8468775, 0.9637506],
    "2 3": [0.9217391, 0.0297673065, 0.8633963, 0.980082],
    "2 4": [0.9993559, 0.0007213348, 0.9979421, 1],
    "2 5": [0.9299517, 0.0262023046, 0.8785961, 0.9813073],
  };
  for (const cell of got.cells) {
    const expected = cells[`${cell.modality} ${cell.reader}`]!;
    [cell.estimate, cell.standardError, cell.lower, cell.upper].forEach((value, i) =>
      close(value, expected[i]!, digits, `${cell.modality} ${cell.reader} ${i}`),
    );
  }
});

test("the default interval of a mean is the published one with the error it would have at the limit, its degrees of freedom those of both parts", { skip: absent }, () => {
  const [published, got] = [obuchowskiRockette(vanDyke(), { interval: "symmetric" }), obuchowskiRockette(vanDyke())];
  assert.deepEqual(got.differences, published.differences);
  got.means.forEach((mean, m) => {
    const { estimate, standardError, degreesOfFreedom } = published.means[m]!;
    close(mean.estimate, estimate, 1e-12);
    close(mean.standardError, standardError, 1e-12);
    assert.ok(mean.degreesOfFreedom! < degreesOfFreedom! && mean.degreesOfFreedom! > 4, `${mean.degreesOfFreedom}`);
    const t = studentQuantile(0.975, mean.degreesOfFreedom!);
    for (const limit of [mean.lower, mean.upper]) {
      close(Math.abs(estimate - limit), t * standardError * Math.sqrt((limit * (1 - limit)) / (estimate * (1 - estimate))), 1e-9);
    }
    assert.ok(0 < mean.lower && mean.lower < estimate && estimate < mean.upper && mean.upper < 1);
  });
  assert.throws(() => obuchowskiRockette(vanDyke(), { interval: "logit" as "score" }), { message: 'interval "logit": expected one of score, symmetric.' });
});

test("the score interval is Wilson's where the error is that of a proportion", () => {
  const wilson = proportionInterval(17, 20);
  const got = waldEstimate({ estimate: 0.85, standardError: Math.sqrt((0.85 * 0.15) / 20), level: 0.95, method: "", n: 20, range: [0, 1], scale: "score" });
  close(got.lower, wilson.lower, 1e-12);
  close(got.upper, wilson.upper, 1e-12);
});

test("readers whose figures agree to the last digit but one have nearly infinite degrees of freedom, and an interval", () => {
  const reads = simulated(4, 3, 20, 20).filter((read) => read.modality === "a");
  const alike = reads.map((read) => ({ ...read, rating: reads.find((other) => other.case === read.case && other.reader === 0)!.rating }));
  // Figures that differ by rounding alone, as sums in another order do.
  const figures = [0, 1e-16, 2e-16].map((off, reader) => ({ reader, modality: "a", n: 40, estimate: 0.8 + off, without: Array.from({ length: 40 }, (_, u) => 0.8 + off + (u % 5 === 0 ? 0.02 : -0.005)) }));
  for (const mean of [obuchowskiRockette(alike).means[0]!, ...analyzeReaderFigures(figures, { cases: 40, interval: "symmetric" }).means]) {
    assert.ok(mean.lower < mean.estimate && mean.estimate < mean.upper);
  }
  close(analyzeReaderFigures(figures, { cases: 40, interval: "symmetric" }).means[0]!.upper, 0.8 + 1.959963984540054 * Math.sqrt((39 / 40) * (8 * 0.02 ** 2 + 32 * 0.005 ** 2)), 1e-9);
});

test("degrees of freedom: a sum of variances by Satterthwaite, and a jackknife variance by its cases", () => {
  // By hand: (3 + 1)^2/(9/3 + 1/1) = 4; a part that is known adds none to the denominator.
  assert.equal(sumDegrees([[3, 3], [1, 1]]), 4);
  assert.equal(sumDegrees([[1, 2], [3, Infinity]]), 32);
  assert.equal(sumDegrees([[1, Infinity]]), Infinity);
  // One wrong answer among ten: changes 0.9 and nine times -0.1; V = 0.9, fourths 0.657, 2 x 0.81/(0.657 - 0.081).
  close(jackknifeDegrees([0.9, ...Array.from({ length: 9 }, () => -0.1)]), 1.62 / 0.576, 1e-12);
  // As many wrong as right: every case adds the same, and the variance is known.
  assert.equal(jackknifeDegrees([0.5, -0.5, 0.5, -0.5]), Infinity);
});

test("designs are read off the codings of VanDyke", { skip: absent }, () => {
  assert.equal(obuchowskiRockette(vanDyke("case2")).design, "cases nested in readers");
  const nested = obuchowskiRockette(vanDyke("case3"));
  assert.equal(nested.design, "cases nested in modalities");
  [1.642585e-3, 9.078969e-5, 8.058382e-4].forEach((value, i) =>
    close([nested.components.reader, nested.components.interaction, nested.covariances.error][i]!, value, digits),
  );
  const split = vanDyke().map((read) => ({ ...read, case: `${Number(read.reader) <= 2 ? "a" : "b"} ${read.case}` }));
  assert.equal(obuchowskiRockette(split).design, "split-plot");
  const missing = vanDyke().filter((_, i) => i % 37 !== 5);
  assert.equal(obuchowskiRockette(missing, { covariance: "unbiased" }).design, "partly paired");
  const ownReaders = vanDyke().map((read) => ({ ...read, reader: `${read.reader} of ${read.modality}` }));
  const between = obuchowskiRockette(ownReaders);
  assert.equal(between.design, "readers nested in modalities");
  // Worked by hand: MS(R(T)) = (MS(R) + MS(TR))/2 of the factorial analysis.
  const factorial = obuchowskiRockette(vanDyke());
  const { reader, interaction } = factorial.meanSquares;
  close(between.meanSquares.reader, (reader + interaction) / 2, 1e-12);
  const { cov2, cov3 } = between.covariances;
  close(between.test!.statistic, factorial.meanSquares.modality / ((reader + interaction) / 2 + 5 * (cov2 - cov3)), 1e-12);
});

test("each reader alone: the published differences with readers fixed are single-reader analyses", { skip: absent }, () => {
  const rows: Record<string, number[]> = {
    1: [-0.02818035, 0.02551213, -1.1045864, 0.26933885],
    2: [-0.04653784, 0.02630183, -1.7693768, 0.07683102],
    3: [-0.0178744, 0.03120965, -0.5727202, 0.56683414],
    4: [-0.02624799, 0.01729129, -1.5179891, 0.12901715],
    5: [-0.10016103, 0.04405746, -2.2734182, 0.02300099],
  };
  for (const [reader, expected] of Object.entries(rows)) {
    const own = vanDyke().filter((read) => read.reader === reader);
    const d = obuchowskiRockette(own, { fixed: "readers" }).differences[0]!;
    [d.estimate, d.standardError, d.statistic, d.p].forEach((value, i) => close(value, expected[i]!, digits, `${reader} ${i}`));
    const paired = delongTest(
      own.filter((read) => read.modality === "1").map((read) => read.positive),
      own.filter((read) => read.modality === "1").map((read) => Number(read.rating)),
      own.filter((read) => read.modality === "2").map((read) => Number(read.rating)),
    );
    const delong = obuchowskiRockette(own, { fixed: "readers", covariance: "delong" }).differences[0]!;
    close(delong.p, paired.p, 1e-9, "one reader is DeLong's test");
  }
});

test("pseudovalues give the same test as the jackknife", { skip: absent }, () => {
  const [dbm, or] = [dorfmanBerbaumMetz(vanDyke()), obuchowskiRockette(vanDyke())];
  close(dbm.f, or.test!.statistic, 1e-10);
  close(dbm.degreesOfFreedom, or.test!.df2!, 1e-10);
  close(dbm.estimate, or.differences[0]!.estimate, 1e-12);
  close(dbm.p, 0.05166569, digits);
});

test("Gallas's one-shot errors of VanDyke are the published ones of unbiased covariances", { skip: absent }, () => {
  const { means, differences } = gallasOneShot(vanDyke());
  close(means[0]!.standardError, 0.0330712, digits);
  close(means[1]!.standardError, 0.0214912, digits);
  close(differences[0]!.standardError, 0.02067154, digits);
  close(differences[0]!.p, 0.0511618, digits);
});

function simulated(seed: number, readers = 3, positives = 6, negatives = 7): Read[] {
  const random = seededRandom("reads", seed);
  const reads: Read[] = [];
  for (let c = 0; c < positives + negatives; c++) {
    const positive = c < positives;
    const common = random.normal();
    for (let r = 0; r < readers; r++) {
      for (const modality of ["a", "b"]) {
        const shift = positive ? 1 + 0.2 * r : 0;
        reads.push({ reader: r, modality, case: c, positive, rating: Math.round(2 * (shift + common + random.normal())) });
      }
    }
  }
  return reads;
}

test("the one-shot variance equals the mean over all pairs of reads, counted one by one", () => {
  const reads = simulated(3).filter((read) => read.modality === "a");
  const rating = new Map(reads.map((read) => [`${read.reader} ${read.case}`, Number(read.rating)]));
  const win = (r: number, i: number, j: number): number => {
    const d = rating.get(`${r} ${i}`)! - rating.get(`${r} ${j + 6}`)!;
    return d > 0 ? 1 : d === 0 ? 0.5 : 0;
  };
  let [mean, product, pairs] = [0, 0, 0];
  for (let r = 0; r < 3; r++) for (let i = 0; i < 6; i++) for (let j = 0; j < 7; j++) mean += win(r, i, j) / (3 * 6 * 7);
  for (let r = 0; r < 3; r++)
    for (let s = 0; s < 3; s++)
      for (let i = 0; i < 6; i++)
        for (let k = 0; k < 6; k++)
          for (let j = 0; j < 7; j++)
            for (let l = 0; l < 7; l++)
              if (r !== s && i !== k && j !== l) {
                product += win(r, i, j) * win(s, k, l);
                pairs += 1;
              }
  const got = gallasOneShot(reads).means[0]!;
  close(got.estimate, mean, 1e-12);
  close(got.standardError ** 2, mean * mean - product / pairs, 1e-9);
});

test("a network against one fixed reader is DeLong's paired test", () => {
  const reads = simulated(8, 1, 20, 25);
  const [reader, network] = [reads.filter((read) => read.modality === "a"), reads.filter((read) => read.modality === "b")];
  const got = compareWithReaders(network, reader, { fixed: "readers", covariance: "delong" });
  const labels = reader.map((read) => read.positive);
  const expected = delongTest(labels, network.map((read) => Number(read.rating)), reader.map((read) => Number(read.rating)));
  close(got.estimate, expected.estimate, 1e-12);
  close(got.p, expected.p, 1e-10);
});

test("a network against random readers: worked from the readers' differences", () => {
  const reads = simulated(5, 4, 20, 25);
  const readers = reads.filter((read) => read.modality === "a");
  const network = reads.filter((read) => read.modality === "b" && read.reader === 2);
  const got = compareWithReaders(network, readers);
  assert.ok(got.lower < got.estimate && got.estimate < got.upper && got.degreesOfFreedom! >= 3);
  close(got.network - got.readerMean, got.estimate, 1e-12);
  assert.throws(() => compareWithReaders(network, readers.filter((read) => read.reader === 1)), { code: "not-estimable" });
});

function area(curve: readonly CurvePoint[]): number {
  return curve.slice(1).reduce((sum, { falsePositiveRate: x, truePositiveRate: y }, k) => {
    const before = curve[k]!;
    return sum + ((x - before.falsePositiveRate) * (y + before.truePositiveRate)) / 2;
  }, 0);
}

test("every averaged curve has the readers' mean area, and one reader's is his own", () => {
  const reads = simulated(11, 4, 15, 20);
  const mean = obuchowskiRockette(reads).means[0]!.estimate;
  for (const over of ["sensitivity", "specificity", "diagonal"] as const) {
    const curve = readerAveragedCurve(reads, { modality: "a", over });
    close(area(curve), mean, 1e-12, over);
    assert.ok(curve.every(({ truePositiveRate }, k) => k === 0 || truePositiveRate >= curve[k - 1]!.truePositiveRate - 1e-12));
  }
  const own = [{ falsePositiveRate: 0, truePositiveRate: 0 }, { falsePositiveRate: 0, truePositiveRate: 0.5 }, { falsePositiveRate: 1, truePositiveRate: 1 }];
  for (const over of ["sensitivity", "specificity", "diagonal"] as const) {
    assert.deepEqual(averageRocCurves([own, own], over), own, over);
  }
});

const plans = JSON.parse(readFileSync(path.resolve("test/fixtures/stats/reader-study-size.json"), "utf8")) as {
  rows: { pilot: number[]; effect: number; alpha: number; readers: number; cases: number; power: number }[];
};

test("power for readers and cases equals R's noncentral F", () => {
  for (const { pilot, effect, alpha, readers, cases, power } of plans.rows) {
    const [interaction, error, cov1, cov2, cov3, pilotCases] = pilot as [number, number, number, number, number, number];
    const got = readerStudyPower(
      { pilot: { interaction, error, cov1, cov2, cov3, pilotCases }, effect, alpha },
      { readers, cases },
    );
    // R sums its series to 1e-9.
    assert.ok(Math.abs(got - power) < 1e-9, JSON.stringify({ effect, readers, cases, got, power }));
  }
});

test("sizes reach the power with the fewest cases, and fewer with more readers", { skip: absent }, () => {
  const pilot = pilotVariances(obuchowskiRockette(vanDyke()));
  const rows = readerStudySizes({ pilot, effect: 0.05 });
  rows.forEach(({ readers, cases, power }, k) => {
    assert.ok(power >= 0.8);
    assert.ok(readerStudyPower({ pilot, effect: 0.05 }, { readers, cases: cases - 1 }) < 0.8);
    assert.ok(k === 0 || cases <= rows[k - 1]!.cases);
  });
  assert.throws(() => readerStudySizes({ pilot, effect: 0.001 }, { largestCases: 300 }), { code: "not-estimable" });
});

test("impossible reads are refused", () => {
  const reads = simulated(2);
  assert.throws(() => obuchowskiRockette([...reads, reads[0]!]), { code: "duplicate-read" });
  assert.throws(() => obuchowskiRockette([...reads, { ...reads[0]!, reader: 9, positive: false }]), { code: "truth" });
  assert.throws(() => obuchowskiRockette(reads, { measure: "sensitivity" }), { code: "call" });
  assert.throws(() => obuchowskiRockette(reads.filter((read) => read.reader === 1)), { code: "not-estimable" });
  assert.throws(() => obuchowskiRockette(reads.filter((read) => read.reader !== 1 || read.modality === "a")), {
    code: "design",
  });
  assert.throws(() => obuchowskiRockette(reads.filter((read) => read.positive)), { code: "not-estimable" });
});
