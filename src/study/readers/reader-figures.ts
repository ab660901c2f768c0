import { analyzeReaderFigures, classificationReport, estimateOrReason, isEstimable, median, notEstimable, rocAuc } from "../../stats/index.js";
import { isEstimate, type Estimated } from "../results.js";
import { confusionOf, type Answers, type Panel } from "./answers.js";
import { readerMetrics, type FigureTable, type GroupRow, type ReaderFigures, type ReaderMetric, type ReaderRow, type ReadingCondition } from "./contract.js";
import { allFigures, askedFigures, type AskedFigure, type JackknifedAnswers } from "./jackknife-answers.js";

/** An estimate without what else a statistic returns. */
function plain({ estimate, lower, upper, level, method, n }: Exclude<Estimated, { notEstimable: string }>): Estimated {
  return { estimate, lower, upper, level, method, n };
}

export const figureOf = (value: Estimated): Estimated => (isEstimable(value) ? plain(value) : { notEstimable: value.notEstimable });

/** Figures of one who reads, each with its interval: proportions as everywhere in Osteon, averages by bootstrap. */
export function figuresOf(answers: Answers, panel: Panel, jackknifed: JackknifedAnswers): ReaderFigures {
  const { labels, cases, patients, level, seed } = panel;
  const own = answers.cases;
  const truth = own.map((at) => cases[at]!.label);
  const report = classificationReport({ labels: truth, predictions: [...answers.given], classes: labels, groups: own.map((at) => patients[at]!), level, seed });
  const groups = new Set(own.map((at) => patients[at]!)).size < own.length ? own.map((at) => patients[at]!) : undefined;
  const areaOf = (k: number): Estimated =>
    estimateOrReason(() => {
      if (answers.score === undefined) throw notEstimable(`AUC of ${answers.name}`, "a confidence for every read", "reads without", "Record how sure the reader is.");
      return areaWithin(truth.map((label) => label === k), answers.score(k), { level, ...(groups && { groups }) });
    });
  const ofClass = (k: number): FigureTable => {
    const { precision, recall, specificity, f1 } = report.perClass[k]!;
    return tableOf({ accuracy: report.accuracy, precision, recall, specificity, f1, auc: areaOf(k) });
  };
  if (labels.length === 2) return { main: ofClass(1), perClass: {} };
  const { precision, recall, specificity, f1 } = report.macro;
  return {
    main: tableOf({ accuracy: report.accuracy, precision, recall, specificity, f1, auc: averageArea(jackknifed, panel, labels.map((_, k) => areaOf(k))) }),
    perClass: Object.fromEntries(labels.map((label, k) => [label, ofClass(k)])),
  };
}

function tableOf(figures: Record<ReaderMetric, Estimated>): FigureTable {
  return Object.fromEntries(readerMetrics.map((metric) => [metric, figureOf(figures[metric])])) as FigureTable;
}

/** An AUC by DeLong on the logit scale, or by Newcombe where it is 1 and DeLong's variance vanishes. */
function areaWithin(positive: readonly boolean[], scores: ArrayLike<number>, options: { readonly level: number; readonly groups?: readonly string[] }): Exclude<Estimated, { notEstimable: string }> {
  const area = estimateOrReason(() => rocAuc(positive, scores, { ...options, method: "delong-logit" }));
  if (isEstimable(area)) return area;
  const bounded = rocAuc(positive, scores, { ...options, method: "newcombe" });
  if (bounded.estimate > 0 && bounded.estimate < 1) throw notEstimable("AUC", "placements that vary", "none that do", "Have more cases read.");
  return bounded;
}

/** The mean of the classes' AUCs, its error by leaving out one patient at a time; where nobody is misplaced, between the means of the classes' limits. */
function averageArea(reader: JackknifedAnswers, panel: Panel, areas: readonly Estimated[]): Estimated {
  return estimateOrReason(() => {
    const [figure] = allFigures([reader], { metric: "auc" });
    const { cells } = analyzeReaderFigures([{ ...figure!, reader: reader.answers.name, modality: "own", n: reader.answers.cases.length }], { cases: panel.cases.length, level: panel.level, fixed: "readers" });
    if (cells[0]!.standardError > 0 || !areas.every(isEstimate)) return cells[0]!;
    const mean = (key: "lower" | "upper"): number => areas.reduce((sum, area) => sum + area[key] / areas.length, 0);
    return { ...cells[0]!, lower: mean("lower"), upper: mean("upper"), method: `mean of the classes' limits, ${areas[0]!.method}` };
  });
}

export function readerRow(reader: JackknifedAnswers, panel: Panel): ReaderRow {
  const { answers } = reader;
  const { name, group, condition, cases, seconds } = answers;
  const timed = seconds?.flatMap((value) => (value === undefined ? [] : [value])) ?? [];
  return {
    name,
    ...(group !== undefined && { group }),
    condition,
    reads: cases.length,
    missing: panel.cases.length - cases.length,
    figures: figuresOf(answers, panel, reader),
    confusion: confusionOf(answers, panel),
    ...(timed.length > 0 && { medianSeconds: median(timed) }),
  };
}

/** Mean over readers by Obuchowski and Rockette's model: it holds for other readers of the kind and other cases. One reader stands for himself. */
function meanFigure(readers: readonly JackknifedAnswers[], panel: Panel, asked: AskedFigure): Estimated {
  return estimateOrReason(() => {
    const figures = allFigures(readers, asked).map((figure, i) => ({ ...figure, reader: readers[i]!.answers.name, modality: "group", n: readers[i]!.answers.cases.length }));
    const { means } = analyzeReaderFigures(figures, { cases: panel.cases.length, level: panel.level, ...(readers.length === 1 && { fixed: "readers" as const }) });
    return means[0]!.standardError > 0 ? figureOf(means[0]!) : asOneReader(readers[0]!, panel, asked);
  });
}

/** Where no reader erred nothing varies, and a mean would seem certain: the readers are counted as one, whose interval is over the cases. */
function asOneReader(reader: JackknifedAnswers, panel: Panel, { metric, label }: AskedFigure): Estimated {
  const { main, perClass } = figuresOf(reader.answers, panel, reader);
  const figure = label === undefined ? main[metric] : perClass[label]![metric];
  return isEstimable(figure) ? { ...figure, method: `${figure.method}, all readers alike` } : figure;
}

/** Mean and range of the readers of a group (or of all) under a condition. */
export function groupRow(readers: readonly JackknifedAnswers[], panel: Panel, { group, condition }: { group?: string | undefined; condition: ReadingCondition }): GroupRow {
  const asked = askedFigures(panel.labels);
  const tableFor = (label?: string): FigureTable =>
    Object.fromEntries(readerMetrics.map((metric) => [metric, meanFigure(readers, panel, metric === "accuracy" || label === undefined ? { metric } : { metric, label })])) as FigureTable;
  const ranges: Partial<Record<ReaderMetric, readonly [number, number]>> = {};
  for (const one of asked.filter(({ label }) => label === undefined)) {
    const found = estimateOrReason(() => allFigures(readers, one).map(({ estimate }) => estimate));
    if (isEstimable(found)) ranges[one.metric] = [Math.min(...found), Math.max(...found)];
  }
  return {
    ...(group !== undefined && { group }),
    condition,
    readers: readers.length,
    figures: { main: tableFor(), perClass: panel.labels.length === 2 ? {} : Object.fromEntries(panel.labels.map((label) => [label, tableFor(label)])) },
    ranges,
  };
}
