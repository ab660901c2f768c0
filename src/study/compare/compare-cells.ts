import { seededRandom } from "../../base/index.js";
import { bootstrapInterval, classificationReport, delongTest, estimateOrReason, holm, isEstimable, mcNemar, notEstimable, pairedPermutationTest, rocAuc, type Estimate } from "../../stats/index.js";
import { judgedLabels } from "../analysis/calibration.js";
import type { Estimated } from "../results.js";
import type { PairedDecision, PairedDecisions } from "./match-cases.js";

/** One measure of two cells on the same cases. */
export interface MeasureComparison {
  readonly measure: "accuracy" | "macro F1" | "AUC";
  /** Class against the rest, of an AUC. */
  readonly label?: string;
  readonly a: Estimated;
  readonly b: Estimated;
  /** a - b. */
  readonly difference: Estimated;
  readonly p?: number;
  /** Adjusted for all pairs of cells and classes of this measure by Holm's method. */
  readonly pAdjusted?: number;
  readonly test: string;
}

export interface CellComparison {
  readonly a: string;
  readonly b: string;
  /** Decisions compared: cases times seeds. */
  readonly decisions: number;
  readonly patients: number;
  readonly seeds: readonly (readonly [number, number])[];
  readonly onlyA: number;
  readonly onlyB: number;
  readonly measures: readonly MeasureComparison[];
}

export interface CompareOptions {
  readonly labels: readonly string[];
  readonly level: number;
}

/** Resamples and exchanges behind interval and test of a difference of F1. */
const [resamples, exchanges] = [2000, 1999];

function figureOf(compute: () => Estimate): Estimated {
  const figure = estimateOrReason(compute);
  if (!isEstimable(figure)) return figure;
  const { estimate, lower, upper, level, method, n } = figure;
  return { estimate, lower, upper, level, method, n };
}

/** Mean over the classes of 2 TP / (2 TP + FP + FN), each case as often as its weight; undefined where a class is neither there nor predicted. */
function macroF1(labels: ArrayLike<number>, predicted: ArrayLike<number>, classes: number, weights?: ArrayLike<number>): number | undefined {
  const [hits, sizes] = [new Float64Array(classes), new Float64Array(classes)];
  for (let i = 0; i < labels.length; i++) {
    const [label, guess, weight] = [labels[i]!, predicted[i]!, weights?.[i] ?? 1];
    if (label === guess) hits[label]! += weight;
    sizes[label]! += weight;
    sizes[guess]! += weight;
  }
  let sum = 0;
  for (let k = 0; k < classes; k++) {
    if (sizes[k] === 0) return undefined;
    sum += (2 * hits[k]!) / sizes[k]!;
  }
  return sum / classes;
}

const side = <T>(decisions: readonly PairedDecision[], pick: (one: PairedDecision) => readonly [T, T], k: 0 | 1): T[] => decisions.map((one) => pick(one)[k]);

function compareF1(decisions: readonly PairedDecision[], name: string, { labels, level }: CompareOptions): Pick<MeasureComparison, "difference" | "p" | "test"> {
  const truth = decisions.map(({ label }) => label);
  const groups = decisions.map(({ patient }) => patient);
  const [first, second] = [side(decisions, ({ predicted }) => predicted, 0), side(decisions, ({ predicted }) => predicted, 1)];
  const difference = figureOf(() => {
    const result = bootstrapInterval(
      (weights) => {
        const [x, y] = [macroF1(truth, first, labels.length, weights), macroF1(truth, second, labels.length, weights)];
        return x === undefined || y === undefined ? undefined : x - y;
      },
      { n: decisions.length, groups, strata: truth, random: seededRandom("compare", name), resamples, level, subject: "difference of macro F1" },
    );
    return { ...result, method: "bootstrap by patient, percentile" };
  });
  const exchanged = estimateOrReason(() =>
    pairedPermutationTest((values) => macroF1(truth, values, labels.length), first, second, { groups, random: seededRandom("exchange", name), permutations: exchanges }),
  );
  return { difference, test: "permutation, exchanging whole patients", ...(isEstimable(exchanged) && { p: exchanged.p }) };
}

function compareAuc(decisions: readonly PairedDecision[], label: string, { labels, level }: CompareOptions): MeasureComparison {
  const k = labels.indexOf(label);
  const truth = decisions.map((one) => one.label === k);
  const patients = decisions.map(({ patient }) => patient);
  const groups = new Set(patients).size < patients.length ? { groups: patients } : {};
  const scores = (which: 0 | 1): number[] => decisions.map(({ probabilities }) => probabilities[which][k]!);
  const [first, second] = [scores(0), scores(1)];
  const result = estimateOrReason(() => delongTest(truth, first, second, { level, ...groups }));
  const auc = (values: readonly number[]): Estimated => figureOf(() => rocAuc(truth, values, { level, ...groups }));
  return {
    measure: "AUC",
    label,
    a: auc(first),
    b: auc(second),
    difference: isEstimable(result) ? figureOf(() => result) : result,
    ...(isEstimable(result) && { p: result.p }),
    test: isEstimable(result) ? result.method : "DeLong paired",
  };
}

/** Two cells on the same cases: accuracy by McNemar's test, macro F1 by bootstrap and permutation, AUC by DeLong's test. */
export function compareCellPair(names: { readonly a: string; readonly b: string }, { decisions, seeds }: PairedDecisions, options: CompareOptions): CellComparison {
  const { labels, level } = options;
  const groups = decisions.map(({ patient }) => patient);
  const right = (k: 0 | 1): boolean[] => decisions.map(({ label, predicted }) => predicted[k] === label);
  const report = (k: 0 | 1) =>
    estimateOrReason(() => {
      if (decisions.length === 0) throw notEstimable("comparison", "shared cases", "none", "Compare runs on the same images.");
      return classificationReport({
        labels: decisions.map(({ label }) => label),
        predictions: decisions.map(({ predicted }) => predicted[k]),
        probabilities: decisions.map(({ probabilities }) => probabilities[k]),
        classes: labels,
        groups,
        level,
      });
    });
  const [first, second] = [report(0), report(1)];
  const paired = estimateOrReason(() => mcNemar(right(0), right(1), { level, groups }));
  const name = `${names.a} ${names.b}`;
  const accuracy: MeasureComparison = {
    measure: "accuracy",
    a: isEstimable(first) ? first.accuracy : first,
    b: isEstimable(second) ? second.accuracy : second,
    difference: isEstimable(paired) ? figureOf(() => paired) : paired,
    ...(isEstimable(paired) && { p: paired.p }),
    test: isEstimable(paired) ? paired.test : "McNemar exact",
  };
  const f1: MeasureComparison = {
    measure: "macro F1",
    a: isEstimable(first) ? first.macro.f1 : first,
    b: isEstimable(second) ? second.macro.f1 : second,
    ...compareF1(decisions, name, options),
  };
  return {
    ...names,
    decisions: decisions.length,
    patients: new Set(groups).size,
    seeds,
    onlyA: right(0).filter((isRight, i) => isRight && !right(1)[i]).length,
    onlyB: right(1).filter((isRight, i) => isRight && !right(0)[i]).length,
    measures: [accuracy, f1, ...judgedLabels(labels).map((label) => compareAuc(decisions, label, options))],
  };
}

/** The p-values of each measure, adjusted for each other by Holm's method. */
export function adjustComparisons(pairs: readonly CellComparison[]): CellComparison[] {
  const all = pairs.flatMap(({ measures }) => measures);
  const adjusted = new Map<MeasureComparison, number>();
  for (const measure of ["accuracy", "macro F1", "AUC"]) {
    const tested = all.filter((one) => one.measure === measure && one.p !== undefined);
    holm(tested.map(({ p }) => p!)).forEach((p, i) => adjusted.set(tested[i]!, p));
  }
  return pairs.map((pair) => ({ ...pair, measures: pair.measures.map((one) => ({ ...one, ...(adjusted.has(one) && { pAdjusted: adjusted.get(one)! }) })) }));
}
