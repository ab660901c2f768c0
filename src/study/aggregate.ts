import { seededRandom } from "../base/index.js";
import { classificationReport, delongTest, estimateOrReason, holm, isEstimable, mcNemar, meanInterval, notEstimable, pairedPermutationTest, rocCurve, summarizeFolds } from "../stats/index.js";
import { metricNames, type CellResult, type Comparison, type Estimated, type FoldResult, type FoldSpread, type Performance } from "./results.js";
import { calibrationOf, decisionsOf } from "./analysis/calibration.js";
import { certaintyOf } from "./analysis/certainty.js";
import type { UnitOf } from "./analysis/decide-units.js";
import { kappaOf } from "./analysis/kappa.js";
import type { CasePrediction, TaskRecord } from "./task-record.js";

export interface AggregateOptions {
  readonly labels: readonly string[];
  readonly level: number;
  /** Patient of each case id (or unit), where they are known. */
  readonly patientOf: (caseId: string) => string;
  /** Units of decision, where these are not the images. */
  readonly unitOf?: UnitOf;
  /** Names the bootstrap's random numbers. */
  readonly seed: number;
}

/** Measures of one set of predictions. A patient's (or case's) predictions count as one cluster. */
export function performanceOf(predictions: readonly CasePrediction[], { labels, level, patientOf, seed }: AggregateOptions): Performance {
  const report = classificationReport({
    labels: predictions.map(({ label }) => label),
    predictions: predictions.map(({ predicted }) => predicted),
    probabilities: predictions.map(({ probabilities }) => probabilities),
    classes: labels,
    groups: predictions.map((prediction) => patientOf(prediction.case)),
    level,
    seed,
  });
  const curve = (k: number): Performance["roc"][string] => {
    const points = estimateOrReason(() =>
      rocCurve(predictions.map(({ label }) => label === k), predictions.map(({ probabilities }) => probabilities[k]!)),
    );
    return isEstimable(points) ? points.map(({ falsePositiveRate, truePositiveRate }) => ({ falsePositiveRate, truePositiveRate })) : [];
  };
  return {
    cases: report.n,
    accuracy: report.accuracy,
    macro: Object.fromEntries(metricNames.map((name) => [name, report.macro[name]])) as Performance["macro"],
    perClass: Object.fromEntries(
      report.perClass.map((entry) => [entry.name, Object.fromEntries(metricNames.map((name) => [name, entry[name]]))]),
    ) as Performance["perClass"],
    confusion: report.confusion.counts,
    roc: Object.fromEntries(labels.map((label, k) => [label, curve(k)]).filter(([, points]) => points!.length > 0)),
  };
}

/** Mean share of the heat map inside the known region, over the cases that have one. */
export function relevanceOf(predictions: readonly CasePrediction[], { level, patientOf }: AggregateOptions): CellResult["relevance"] {
  const known = predictions.filter(({ relevance }) => relevance !== undefined);
  if (known.length === 0) return undefined;
  const measured = known.filter((prediction) => typeof prediction.relevance === "number");
  const shares = known.map(({ regionShare }) => regionShare).filter((share) => share !== undefined);
  const figure = estimateOrReason(() => {
    if (measured.length === 0) throw notEstimable("relevance", "a heat map with evidence", `${known.length} maps that are zero everywhere`, "Explain another layer or train longer.");
    return meanInterval(measured.map(({ relevance }) => relevance!), {
      level,
      groups: measured.map((prediction) => patientOf(prediction.case)),
      range: [0, 1],
      subject: "share of the heat map inside the region",
    });
  });
  return { ...figure, regionShareOfImage: shares.reduce((sum, share) => sum + share, 0) / shares.length };
}

function spreadOver(folds: readonly Performance[], pick: (performance: Performance) => Estimated): FoldSpread | { notEstimable: string } {
  const figures = folds.map(pick);
  const missing = figures.find((figure) => !isEstimable(figure));
  if (missing && !isEstimable(missing)) return { notEstimable: missing.notEstimable };
  const summary = estimateOrReason(() => summarizeFolds(figures.map((figure) => (isEstimable(figure) ? figure.estimate : 0))));
  if (!isEstimable(summary)) return summary;
  if (typeof summary.standardDeviation !== "number") return summary.standardDeviation;
  return { mean: summary.mean, standardDeviation: summary.standardDeviation, folds: folds.length };
}

/** A cell's facts that do not come from its tasks. */
export type CellFacts = Pick<CellResult, "id" | "network" | "row" | "regime" | "start" | "view" | "startWeights" | "settings">;

/** What names a row of the table among the others. */
export function nameOfCell({ id, network, row, regime, start, view }: CellFacts): Pick<CellFacts, "id" | "network" | "row" | "regime" | "start" | "view"> {
  return { id, network, row, regime, ...(start !== undefined && { start }), ...(view !== undefined && { view }) };
}

/** One cell of the table from its tasks. */
export function aggregateCell(facts: CellFacts, records: readonly TaskRecord[], options: AggregateOptions): CellResult {
  const folds = records.map((record): FoldResult => ({
    seed: record.seed,
    fold: record.fold,
    counts: record.counts,
    performance: performanceOf(record.predictions, options),
    history: record.history,
    bestEpoch: record.bestEpoch,
    stoppedEarly: record.stoppedEarly,
    seconds: record.seconds,
    ...(record.idleShare !== undefined && { idleShare: record.idleShare }),
    ...(record.skippedSteps !== undefined && { precision: "half" as const, skippedSteps: record.skippedSteps }),
    weightsSha256: record.weightsSha256,
    ...(record.model && { model: record.model }),
  }));
  const predictions = records.flatMap((record) => record.predictions);
  const performances = folds.map(({ performance }) => performance);
  const relevance = relevanceOf(predictions, options);
  return {
    ...facts,
    parameters: records[0]!.parameters,
    folds,
    pooled: performanceOf(predictions, options),
    kappa: kappaOf(predictions, options),
    calibration: calibrationOf(predictions, options),
    decisions: decisionsOf(predictions, options),
    certainty: certaintyOf(records.filter(({ seed }) => seed === records[0]!.seed).map((record) => record.predictions), options),
    overFolds: {
      accuracy: spreadOver(performances, ({ accuracy }) => accuracy),
      f1: spreadOver(performances, ({ macro }) => macro.f1),
      auc: spreadOver(performances, ({ macro }) => macro.auc),
    },
    accuracyBySeed: [...new Set(records.map(({ seed }) => seed))].map((seed) => {
      const own = records.filter((record) => record.seed === seed).flatMap((record) => record.predictions);
      return { seed, accuracy: own.filter(({ label, predicted }) => label === predicted).length / own.length };
    }),
    ...(relevance && { relevance }),
    ...detectionOf(records, options),
    seconds: folds.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** Mean error of the detector over the test cases whose region is known. */
function detectionOf(records: readonly TaskRecord[], { level, patientOf }: AggregateOptions): Pick<CellResult, "detection"> {
  const found = records.flatMap(({ detection = [] }) => detection);
  if (found.length === 0) return {};
  const groups = found.map((one) => patientOf(one.case));
  const mean = (values: readonly number[], subject: string, range: readonly [number, number]) => estimateOrReason(() => meanInterval(values, { level, groups, range, subject }));
  return {
    detection: {
      cases: found.length,
      overlap: mean(found.map(({ overlap }) => overlap), "overlap of the window found and the known one", [0, 1]),
      centerError: mean(found.map(({ centerError }) => centerError), "distance of the centers", [0, Infinity]),
    },
  };
}

/** Predictions of the first seed, one per case, by case id. */
function firstSeed(records: readonly TaskRecord[]): Map<string, CasePrediction> {
  const seed = records[0]!.seed;
  return new Map(records.filter((record) => record.seed === seed).flatMap((record) => record.predictions).map((prediction) => [prediction.case, prediction]));
}

type AucComparison = Comparison["auc"];

/** DeLong's test of two cells' probabilities of the second label, pooled over the folds. */
function aucDifference(pairs: readonly (readonly [CasePrediction, CasePrediction])[], patients: readonly string[], level: number): AucComparison {
  const labels = pairs.map(([one]) => one.label === 1);
  const scores = (k: 0 | 1): number[] => pairs.map((pair) => pair[k].probabilities[1]!);
  const groups = new Set(patients).size < patients.length ? patients : undefined;
  const result = estimateOrReason(() => delongTest(labels, scores(0), scores(1), { level, ...(groups && { groups }) }));
  if (!isEstimable(result)) return { difference: result };
  const { estimate, lower, upper, method, n, p } = result;
  return { difference: { estimate, lower, upper, level, method, n }, pValue: p };
}

/** The p-values that there are, adjusted for each other by Holm. */
function adjustAucs(comparisons: readonly AucComparison[]): AucComparison[] {
  const known = comparisons.flatMap((one) => (one?.pValue === undefined ? [] : [one]));
  const adjusted = holm(known.map(({ pValue }) => pValue!));
  return comparisons.map((one) => (one?.pValue === undefined ? one : { ...one, pAdjusted: adjusted[known.indexOf(one)]! }));
}

/** Exchanges behind the test of two cells' maps. */
const mapExchanges = 1999;

/** Test that the maps of two cells lie in the region alike: the two maps of whole patients are exchanged. */
function exchangeMaps(
  pairs: readonly { readonly id: string; readonly x: number; readonly y: number }[],
  cells: readonly [string, string],
  { patientOf, seed }: AggregateOptions,
): { p: number; method: string } | undefined {
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const result = estimateOrReason(() =>
    pairedPermutationTest(mean, pairs.map(({ x }) => x), pairs.map(({ y }) => y), {
      groups: pairs.map(({ id }) => patientOf(id)),
      random: seededRandom("maps", ...cells, seed),
      permutations: mapExchanges,
    }),
  );
  return isEstimable(result) ? { p: result.p, method: result.method } : undefined;
}

/** Tests that there are, adjusted for each other by Holm. */
function adjustTests<T extends { readonly p: number }>(tests: readonly (T | undefined)[]): ((T & { readonly pAdjusted: number }) | undefined)[] {
  const known = tests.flatMap((one) => (one === undefined ? [] : [one]));
  const adjusted = holm(known.map(({ p }) => p));
  return tests.map((one) => one && { ...one, pAdjusted: adjusted[known.indexOf(one)]! });
}

/** Every pair of cells on the same cases (those of the first seed), exact McNemar, adjusted by Holm. */
export function compareCells(cells: readonly { readonly id: string; readonly records: readonly TaskRecord[] }[], options: AggregateOptions): Comparison[] {
  const pairs = cells.flatMap((a, i) => cells.slice(i + 1).map((b) => [a, b] as const));
  const tested = pairs.map(([a, b]) => {
    const [first, second] = [firstSeed(a.records), firstSeed(b.records)];
    const shared = [...first.keys()].filter((id) => second.has(id));
    const isRight = (predictions: Map<string, CasePrediction>) => shared.map((id) => predictions.get(id)!.label === predictions.get(id)!.predicted);
    const patients = shared.map(options.patientOf);
    const plain = mcNemar(isRight(first), isRight(second), { level: options.level });
    // Several images of one patient are not independent: whole patients are exchanged then.
    const byPatient = estimateOrReason(() => mcNemar(isRight(first), isRight(second), { level: options.level, groups: patients }));
    const result = isEstimable(byPatient) ? byPatient : plain;
    const differences = shared.flatMap((id) => {
      const [x, y] = [first.get(id)!.relevance, second.get(id)!.relevance];
      return typeof x === "number" && typeof y === "number" ? [{ id, x, y, value: x - y }] : [];
    });
    const relevanceDifference =
      differences.length === 0
        ? undefined
        : estimateOrReason(() =>
            meanInterval(differences.map(({ value }) => value), {
              level: options.level,
              groups: differences.map(({ id }) => options.patientOf(id)),
              range: [-1, 1],
              subject: "difference of the shares inside the region",
            }),
          );
    const relevanceTest = differences.length === 0 ? undefined : exchangeMaps(differences, [a.id, b.id], options);
    const auc = options.labels.length === 2 ? aucDifference(shared.map((id) => [first.get(id)!, second.get(id)!]), patients, options.level) : undefined;
    return { a: a.id, b: b.id, result, relevanceDifference, relevanceTest, auc };
  });
  const adjusted = holm(tested.map(({ result }) => result.p));
  const aucs = adjustAucs(tested.map(({ auc }) => auc));
  const mapTests = adjustTests(tested.map(({ relevanceTest }) => relevanceTest));
  return tested.map(({ a, b, result, relevanceDifference }, i) => {
    const [auc, relevanceTest] = [aucs[i], mapTests[i]];
    const { b: onlyA, c: onlyB, p, test, counts: _, discordant: __, ...difference } = result;
    return {
      a,
      b,
      cases: result.n,
      onlyA,
      onlyB,
      pValue: p,
      pAdjusted: adjusted[i]!,
      difference: { estimate: difference.estimate, lower: difference.lower, upper: difference.upper, level: difference.level, method: difference.method, n: difference.n },
      method: test,
      ...(auc && { auc }),
      ...(relevanceDifference && { relevanceDifference }),
      ...(relevanceTest && { relevanceTest }),
    };
  });
}

/** Every figure of the cells that could not be estimated, with its reason. */
export function collectNotEstimable(cells: readonly CellResult[]): { what: string; reason: string }[] {
  const found: { what: string; reason: string }[] = [];
  const look = (what: string, value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if ("notEstimable" in value) return void found.push({ what, reason: String(value.notEstimable) });
    for (const [key, inner] of Object.entries(value)) {
      if (["history", "confusion", "roc", "settings", "bins"].includes(key)) continue;
      look(`${what}, ${key}`, inner);
    }
  };
  for (const { id, pooled, kappa, calibration, decisions, certainty, overFolds, relevance, folds } of cells) {
    look(`${id}, pooled`, pooled);
    look(`${id}, kappa`, kappa);
    look(`${id}, calibration`, calibration);
    // A single point without an interval is a gap in the curve; only a curve that is missing is worth a line.
    for (const [label, curve] of Object.entries(decisions ?? {})) if ("notEstimable" in curve) look(`${id}, decision curve of ${label}`, curve);
    look(`${id}, certainty`, certainty);
    look(`${id}, over folds`, overFolds);
    look(`${id}, map inside region`, relevance);
    for (const { seed, fold, performance } of folds) look(`${id}, seed ${seed} fold ${fold}`, performance);
  }
  return found;
}
