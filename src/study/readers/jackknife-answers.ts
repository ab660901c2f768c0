import { averageMeasures, countsPerClass, estimateOrReason, isEstimable, leaveOneOut, measuresOf, notEstimable, weightedAuc, type JackknifedFigure, type NotEstimable } from "../../stats/index.js";
import { confusionOf, type Answers, type Panel } from "./answers.js";
import { readerMetrics, type ReaderMetric } from "./contract.js";

/** A figure that is asked for: a metric of a class, or the main one. */
export interface AskedFigure {
  readonly metric: ReaderMetric;
  readonly label?: string;
}

/** Every figure of a panel: the main ones, and those of each class where there are more than two. */
export function askedFigures(labels: readonly string[]): AskedFigure[] {
  const main = readerMetrics.map((metric) => ({ metric }));
  if (labels.length === 2) return main;
  return [...main, ...labels.flatMap((label) => readerMetrics.filter((metric) => metric !== "accuracy").map((metric) => ({ metric, label })))];
}

const nameOf = ({ metric, label }: AskedFigure): string => (label === undefined ? metric : `${metric} of ${label}`);

/** A metric from flat counts [K, K]; the main one of two classes is that of the second. */
function valueOf(counts: Float64Array, { metric, label }: AskedFigure, labels: readonly string[]): number | undefined {
  const k = labels.length;
  if (metric === "accuracy") {
    let [right, all] = [0, 0];
    for (let i = 0; i < k * k; i++) all += counts[i]!;
    for (let i = 0; i < k; i++) right += counts[i * k + i]!;
    return all > 0 ? right / all : undefined;
  }
  if (metric === "auc") return undefined;
  const perClass = countsPerClass(counts, k);
  if (label !== undefined) return measuresOf(perClass[labels.indexOf(label)]!)[metric];
  return k === 2 ? measuresOf(perClass[1]!)[metric] : averageMeasures(perClass, "macro")[metric];
}

/** One reader's figures without each patient in turn, for the comparison of readers. Counts are patched, not made anew. */
export class JackknifedAnswers {
  readonly answers: Answers;
  readonly #panel: Panel;
  readonly #counts: Float64Array;
  /** Pairs (true label, label given) of each patient's cases, as positions in the counts. */
  readonly #ofPatient: readonly (readonly number[])[];

  constructor(answers: Answers, panel: Panel) {
    this.answers = answers;
    this.#panel = panel;
    const k = panel.labels.length;
    this.#counts = Float64Array.from(confusionOf(answers, panel).flat());
    const order = [...new Set(panel.patients)];
    const position = new Map(order.map((patient, i) => [patient, i]));
    const pairs = order.map((): number[] => []);
    answers.cases.forEach((at, i) => pairs[position.get(panel.patients[at]!)!]!.push(panel.cases[at]!.label * k + answers.given[i]!));
    this.#ofPatient = pairs;
  }

  /** @returns the figure and its values without each patient, or why there is none */
  figure(asked: AskedFigure): JackknifedFigure | NotEstimable {
    return estimateOrReason(() => (asked.metric === "auc" ? this.#auc(asked) : this.#ofCounts(asked)));
  }

  #ofCounts(asked: AskedFigure): JackknifedFigure {
    const { labels } = this.#panel;
    const counts = Float64Array.from(this.#counts);
    const value = (): number => {
      const found = valueOf(counts, asked, labels);
      if (found === undefined) throw notEstimable(`${nameOf(asked)} of ${this.answers.name}`, "a class that is there and was named, without any one patient", "one that is not", "Have more cases read.");
      return found;
    };
    const estimate = value();
    const without = this.#ofPatient.map((pairs) => {
      for (const at of pairs) counts[at]! -= 1;
      const left = value();
      for (const at of pairs) counts[at]! += 1;
      return left;
    });
    return { estimate, without };
  }

  #auc({ label }: AskedFigure): JackknifedFigure {
    const { labels, cases, patients } = this.#panel;
    const { name, score, cases: own } = this.answers;
    if (score === undefined) throw notEstimable(`AUC of ${name}`, "a confidence for every read", "reads without", "Record how sure the reader is.");
    const classes = label !== undefined ? [labels.indexOf(label)] : labels.length === 2 ? [1] : labels.map((_, k) => k);
    const areas = classes.map((k) => weightedAuc(own.map((at) => cases[at]!.label === k), score(k)));
    const weights = new Float64Array(own.length);
    return leaveOneOut(
      (multiplicities) => {
        own.forEach((at, i) => (weights[i] = multiplicities[at]!));
        const values = areas.map((area) => area(weights));
        return values.some((value) => value === undefined) ? undefined : values.reduce<number>((sum, value) => sum + value!, 0) / values.length;
      },
      { n: cases.length, groups: patients, subject: `AUC of ${name}` },
    );
  }
}

/** The figures of several readers, or the first reason why one has none. */
export function allFigures(readers: readonly JackknifedAnswers[], asked: AskedFigure): JackknifedFigure[] {
  return readers.map((reader) => {
    const figure = reader.figure(asked);
    if (isEstimable(figure)) return figure;
    throw notEstimable(nameOf(asked), "a figure of every reader", figure.notEstimable.replace(/\.$/, ""), "Leave that reader out.");
  });
}
