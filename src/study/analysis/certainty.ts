import { seededRandom } from "../../base/index.js";
import {
  calibrationError,
  deferralCurve,
  estimateOrReason,
  fitBeta,
  fitDirichlet,
  fitIsotonic,
  fitPlatt,
  fitTemperature,
  holm,
  isEstimable,
  logitsOfProbabilities,
  meanInterval,
  notEstimable,
  pairedPermutationTest,
  setCoverage,
  splitConformal,
  type Estimate,
} from "../../stats/index.js";
import type { AggregateOptions } from "../aggregate.js";
import type { CertaintyResult, Estimated, PredictionSets, Recalibration } from "../results.js";
import type { CasePrediction } from "../task-record.js";

/** Resamples behind the interval of a calibration error, exchanges behind a test, and parts where there is one round only. */
const [resamples, exchanges, fewParts] = [400, 1999, 5];
/** Share of prediction sets that may miss the truth. */
const alpha = 0.1;
/** Shares of the cases that the network keeps. */
const kept = [1, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5] as const;

type Probabilities = readonly (readonly number[])[];
/** Maps probabilities by what cases that are not among them tell. */
type Fit = (truth: readonly number[], probabilities: Probabilities) => (row: readonly number[]) => number[];

const ofTwo =
  (fit: (truth: readonly boolean[], probabilities: readonly number[]) => { apply(p: number): number }): Fit =>
  (truth, probabilities) => {
    const map = fit(truth.map((k) => k === 1), probabilities.map((row) => row[1]!));
    return (row) => {
      const p = map.apply(row[1]!);
      return [1 - p, p];
    };
  };

const temperature: Fit = (truth, probabilities) => {
  const map = fitTemperature(truth, probabilities.map((row) => logitsOfProbabilities(row)));
  return (row) => map.apply(logitsOfProbabilities(row));
};
const dirichlet: Fit = (truth, probabilities) => {
  const map = fitDirichlet(truth, probabilities);
  return (row) => map.apply(row);
};

const forTwo: readonly (readonly [string, Fit])[] = [
  ["temperature", temperature],
  ["Platt", ofTwo((truth, p) => { const map = fitPlatt(truth, p.map((value) => logitsOfProbabilities([value])[0]!)); return { apply: (value) => map.apply(logitsOfProbabilities([value])[0]!) }; })],
  ["isotonic", ofTwo(fitIsotonic)],
  ["beta", ofTwo(fitBeta)],
];
const forMore: readonly (readonly [string, Fit])[] = [["temperature", temperature], ["Dirichlet", dirichlet]];

/** What probabilities are worth, in one seed. Whatever is fitted is fitted on the cases of the other rounds, or of other patients where there is one. */
export function certaintyOf(rounds: readonly (readonly CasePrediction[])[], options: AggregateOptions): CertaintyResult {
  const { labels, level, patientOf, seed } = options;
  const cases = rounds.flat();
  const parts = rounds.length > 1 ? rounds.flatMap((round, part) => round.map(() => part)) : partsOf(cases.map((one) => patientOf(one.case)), seed);
  const truth = cases.map(({ label }) => label);
  const groups = cases.map((one) => patientOf(one.case));
  const before: Probabilities = cases.map(({ probabilities }) => probabilities);
  const methods = labels.length === 2 ? forTwo : forMore;
  const recalibrated = methods.map(([name, fit]): Recalibration => {
    const mapped = estimateOrReason(() => crossFitted(truth, before, parts, fit));
    if (!isEstimable(mapped)) return { name, brier: mapped, expectedError: mapped };
    return { name, ...measured(truth, mapped, groups, options), ...compared(truth, before, mapped, groups, options) };
  });
  return {
    fittedOn: rounds.length > 1 ? "the other folds" : "other patients of the test part",
    recalibration: [{ name: "as predicted", ...measured(truth, before, groups, options) }, ...adjusted(recalibrated)],
    sets: [predictionSets("all cases", truth, before, parts, groups, options), predictionSets("each class", truth, before, parts, groups, options)],
    deferral: deferralOf(cases, groups, level),
  };
}

/** With p-values adjusted for the number of maps by Holm's method. */
function adjusted(maps: readonly Recalibration[]): Recalibration[] {
  const tested = maps.filter(({ p }) => p !== undefined);
  const values = holm(tested.map(({ p }) => p!));
  return maps.map((one) => (one.p === undefined ? one : { ...one, pAdjusted: values[tested.indexOf(one)]! }));
}

/** Parts of whole patients, alike in number: in the order in which they come, not by their names, which the table of predictions exchanges for numbers. */
function partsOf(groups: readonly string[], seed: number): number[] {
  const patients = seededRandom("certainty", seed).shuffle([...new Set(groups)]);
  const partOf = new Map(patients.map((patient, i) => [patient, i % fewParts]));
  return groups.map((group) => partOf.get(group)!);
}

const without = (parts: readonly number[], part: number): number[] => parts.flatMap((own, i) => (own === part ? [] : [i]));

function crossFitted(truth: readonly number[], probabilities: Probabilities, parts: readonly number[], fit: Fit): number[][] {
  const maps = new Map([...new Set(parts)].map((part) => {
    const others = without(parts, part);
    return [part, fit(others.map((i) => truth[i]!), others.map((i) => probabilities[i]!))];
  }));
  return probabilities.map((row, i) => maps.get(parts[i]!)!(row));
}

/** Σ (p - y)² over the classes, of one case. */
const brierOf = (row: readonly number[], truth: number): number => row.reduce((sum, p, k) => sum + (p - (k === truth ? 1 : 0)) ** 2, 0);

const plain = (compute: () => Estimate): Estimated => {
  const figure = estimateOrReason(compute);
  if (!isEstimable(figure)) return figure;
  const { estimate, lower, upper, level, method, n } = figure;
  return { estimate, lower, upper, level, method, n };
};

function measured(truth: readonly number[], probabilities: Probabilities, groups: readonly string[], { level, seed }: AggregateOptions): Pick<Recalibration, "brier" | "expectedError"> {
  const tops = probabilities.map((row) => row.indexOf(Math.max(...row)));
  const right = tops.map((k, i) => k === truth[i]);
  return {
    brier: plain(() => meanInterval(probabilities.map((row, i) => brierOf(row, truth[i]!)), { level, groups, range: [0, 2], subject: "Brier score" })),
    expectedError: plain(() => calibrationError(right, probabilities.map((row, i) => row[tops[i]!]!), { level, groups, resamples, random: seededRandom("certainty", seed) }).expected),
  };
}

function compared(truth: readonly number[], before: Probabilities, after: Probabilities, groups: readonly string[], { level, seed }: AggregateOptions): Pick<Recalibration, "change" | "p"> {
  const [old, fresh] = [before, after].map((rows) => rows.map((row, i) => brierOf(row, truth[i]!))) as [number[], number[]];
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const test = estimateOrReason(() => pairedPermutationTest(mean, fresh, old, { groups, random: seededRandom("recalibration", seed), permutations: exchanges }));
  return {
    change: plain(() => meanInterval(fresh.map((value, i) => value - old[i]!), { level, groups, subject: "change of the Brier score" })),
    ...(isEstimable(test) && { p: test.p }),
  };
}

function predictionSets(promisedFor: PredictionSets["promisedFor"], truth: readonly number[], probabilities: Probabilities, parts: readonly number[], groups: readonly string[], { labels, level }: AggregateOptions): PredictionSets {
  const found = estimateOrReason(() => {
    if (new Set(parts).size < 2) throw notEstimable("prediction sets", "cases of two patients or more", "one", "Test more.");
    const predictors = new Map([...new Set(parts)].map((part) => {
      const others = without(parts, part);
      const calibration = { truth: others.map((i) => truth[i]!), probabilities: others.map((i) => probabilities[i]!) };
      return [part, splitConformal(calibration, { alpha, ...(promisedFor === "each class" && { by: "class" as const }) })];
    }));
    return setCoverage(truth, probabilities.map((row, i) => predictors.get(parts[i]!)!.predict(row)), { level, groups });
  });
  if (!isEstimable(found)) return { promisedFor, promised: 1 - alpha, coverage: found };
  return {
    promisedFor,
    promised: 1 - alpha,
    coverage: onlyFigure(found.coverage),
    meanSize: found.meanSize,
    single: onlyFigure(found.single),
    perClass: Object.fromEntries(labels.flatMap((label, k) => (found.perClass.has(k) ? [[label, onlyFigure(found.perClass.get(k)!)]] : []))),
  };
}

const onlyFigure = (figure: Estimated): Estimated => (isEstimable(figure) ? plain(() => figure) : { notEstimable: figure.notEstimable });

/** Accuracy among the surest cases, at the shares that are asked for or the next greater ones. */
function deferralOf(cases: readonly CasePrediction[], groups: readonly string[], level: number): CertaintyResult["deferral"] {
  const curve = estimateOrReason(() => deferralCurve({ right: cases.map(({ label, predicted }) => label === predicted), confidence: cases.map(({ probabilities }) => Math.max(...probabilities)) }, { level, groups }));
  if (!isEstimable(curve)) return curve;
  return kept.flatMap((share) => {
    const point = curve.find(({ coverage }) => coverage >= share - 1e-9)!;
    return [{ kept: point.coverage, threshold: point.threshold, accuracy: onlyFigure(point.selectiveAccuracy) }];
  });
}
