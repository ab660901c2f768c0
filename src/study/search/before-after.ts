import { seededRandom } from "../../base/index.js";
import { averageMeasures, bootstrapInterval, countsPerClass, delongTest, estimateOrReason, holm, isEstimable, mcNemar, pairedPermutationTest } from "../../stats/index.js";
import { performanceOf, type AggregateOptions } from "../aggregate.js";
import type { CasePrediction } from "../task-record.js";
import type { BeforeAfter } from "./results.js";

type Unadjusted = Omit<BeforeAfter, "pAdjusted">;

/** Exchanges of whole patients of a permutation test. */
const permutations = 1999;

interface Pair {
  readonly before: readonly CasePrediction[];
  readonly after: readonly CasePrediction[];
  readonly groups: readonly string[];
  readonly options: AggregateOptions;
}

/** Macro average of the counts of cases, each as often as its multiplicity says; undefined where a class has no value. */
function weightedMacro(predictions: readonly CasePrediction[], classes: number, name: "f1" | "recall" | "precision") {
  return (multiplicities: Float64Array): number | undefined => {
    const counts = new Float64Array(classes * classes);
    predictions.forEach(({ label, predicted }, i) => (counts[label * classes + predicted]! += multiplicities[i]!));
    return averageMeasures(countsPerClass(counts, classes), "macro")[name];
  };
}

/** The AUC of one class against the rest as a function of how often each case counts: the weighted Mann-Whitney statistic, ties half. */
function weightedAuc(predictions: readonly CasePrediction[], k: number) {
  const order = predictions.map((_, i) => i).sort((a, b) => predictions[a]!.probabilities[k]! - predictions[b]!.probabilities[k]!);
  return (multiplicities: Float64Array): number | undefined => {
    let [below, wins, positives] = [0, 0, 0];
    for (let i = 0; i < order.length;) {
      const score = predictions[order[i]!]!.probabilities[k]!;
      let [own, others] = [0, 0];
      for (; i < order.length && predictions[order[i]!]!.probabilities[k] === score; i++) {
        const at = order[i]!;
        if (predictions[at]!.label === k) own += multiplicities[at]!;
        else others += multiplicities[at]!;
      }
      wins += own * (below + others / 2);
      below += others;
      positives += own;
    }
    return positives > 0 && below > 0 ? wins / (positives * below) : undefined;
  };
}

function weightedMacroAuc(predictions: readonly CasePrediction[], classes: number) {
  const perClass = Array.from({ length: classes }, (_, k) => weightedAuc(predictions, k));
  return (multiplicities: Float64Array): number | undefined => {
    const values = perClass.map((auc) => auc(multiplicities));
    return values.some((value) => value === undefined) ? undefined : values.reduce<number>((sum, value) => sum + value!, 0) / classes;
  };
}

type Weighted = (predictions: readonly CasePrediction[]) => (multiplicities: Float64Array) => number | undefined;

/** Difference of a measure with a bootstrap interval of patients, and a test that exchanges the two predictions of whole patients. */
function byResampling(measure: string, weighted: Weighted, { before, after, groups, options }: Pair): Pick<Unadjusted, "difference" | "pValue" | "test"> {
  const [first, second] = [weighted(before), weighted(after)];
  const difference = estimateOrReason(() =>
    bootstrapInterval(
      (multiplicities) => {
        const [x, y] = [first(multiplicities), second(multiplicities)];
        return x === undefined || y === undefined ? undefined : y - x;
      },
      { n: before.length, groups, strata: before.map(({ label }) => label), random: seededRandom("before and after", options.seed, measure), level: options.level, subject: `difference of ${measure}` },
    ),
  );
  // One table of both, sorted once: a set of rows counts those rows once and the others not at all.
  const both = weighted([...before, ...after]);
  const counted = new Float64Array(2 * before.length);
  const ofRows = (rows: Float64Array): number | undefined => {
    counted.fill(0);
    for (const row of rows) counted[row] = 1;
    return both(counted);
  };
  const test = estimateOrReason(() =>
    pairedPermutationTest(ofRows, before.map((_, i) => before.length + i), before.map((_, i) => i), {
      random: seededRandom("before and after, exchanged", options.seed, measure),
      permutations,
      groups,
    }),
  );
  const shown = isEstimable(difference) ? { estimate: difference.estimate, lower: difference.lower, upper: difference.upper, level: difference.level, method: difference.method, n: difference.n } : difference;
  return { difference: shown, ...(isEstimable(test) && { pValue: test.p, test: test.method }) };
}

/** AUC of two classes: DeLong, clustered by patient where one has several cases. */
function byDelong({ before, after, groups, options }: Pair): Pick<Unadjusted, "difference" | "pValue" | "test"> {
  const clustered = new Set(groups).size < groups.length;
  const score = ({ probabilities }: CasePrediction): number => probabilities[1]!;
  const found = estimateOrReason(() => delongTest(before.map(({ label }) => label === 1), after.map(score), before.map(score), { level: options.level, ...(clustered && { groups }) }));
  if (!isEstimable(found)) return { difference: found };
  const { estimate, lower, upper, level, method, n, p } = found;
  return { difference: { estimate, lower, upper, level, method, n }, pValue: p, test: method };
}

function byMcNemar({ before, after, groups, options }: Pair): Pick<Unadjusted, "difference" | "pValue" | "test"> {
  const right = (predictions: readonly CasePrediction[]): boolean[] => predictions.map(({ label, predicted }) => label === predicted);
  const byPatient = estimateOrReason(() => mcNemar(right(after), right(before), { level: options.level, groups }));
  const found = isEstimable(byPatient) ? byPatient : mcNemar(right(after), right(before), { level: options.level });
  const { estimate, lower, upper, level, method, n, p, test } = found;
  return { difference: { estimate, lower, upper, level, method, n }, pValue: p, test };
}

/**
 * The usual measures with the recipe's settings and with those found, on the same cases: F1, accuracy, AUC, sensitivity and precision, each
 * difference with an interval and a paired test.
 * @param before predictions of one seed, one per case; `after` of the same cases
 */
export function compareBeforeAfter(before: readonly CasePrediction[], after: readonly CasePrediction[], options: AggregateOptions): Unadjusted[] {
  const byCase = new Map(after.map((prediction) => [prediction.case, prediction]));
  const shared = before.filter((prediction) => byCase.has(prediction.case));
  const pair: Pair = { before: shared, after: shared.map((prediction) => byCase.get(prediction.case)!), groups: shared.map((prediction) => options.patientOf(prediction.case)), options };
  const [one, two] = [performanceOf(pair.before, options), performanceOf(pair.after, options)];
  const classes = options.labels.length;
  const macro = (name: "f1" | "recall" | "precision"): Weighted => (predictions) => weightedMacro(predictions, classes, name);
  const isBinary = classes === 2;
  return [
    { measure: "F1 (macro)", before: one.macro.f1, after: two.macro.f1, ...byResampling("F1", macro("f1"), pair) },
    { measure: "Accuracy", before: one.accuracy, after: two.accuracy, ...byMcNemar(pair) },
    { measure: "AUC (macro)", before: one.macro.auc, after: two.macro.auc, ...(isBinary ? byDelong(pair) : byResampling("AUC", (predictions) => weightedMacroAuc(predictions, classes), pair)) },
    { measure: "Sensitivity (macro)", before: one.macro.recall, after: two.macro.recall, ...byResampling("sensitivity", macro("recall"), pair) },
    { measure: "Precision (macro)", before: one.macro.precision, after: two.macro.precision, ...byResampling("precision", macro("precision"), pair) },
  ];
}

/** Adjusts the p-values of each measure for the number of searched cells, by Holm. */
export function adjustForCells(cells: readonly (readonly Unadjusted[])[]): BeforeAfter[][] {
  const measures = [...new Set(cells.flat().map(({ measure }) => measure))];
  const adjusted = new Map<Unadjusted, number>();
  for (const name of measures) {
    const known = cells.flat().filter(({ measure, pValue }) => measure === name && pValue !== undefined);
    holm(known.map(({ pValue }) => pValue!)).forEach((p, i) => adjusted.set(known[i]!, p));
  }
  return cells.map((rows) => rows.map((row) => ({ ...row, ...(adjusted.has(row) && { pAdjusted: adjusted.get(row)! }) })));
}
