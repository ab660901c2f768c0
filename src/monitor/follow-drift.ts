import { InputError, seededRandom } from "../base/index.js";
import type { ModelScope } from "../models/index.js";
import { JointMartingale, median, TestMartingale } from "../stats/index.js";
import type { PredictionRecord } from "./prediction-log.js";
import { titleOf, variablesOf, type Variable } from "./variables.js";

export interface DriftOptions {
  /** The model's own description; without its reference, the log is compared with its own past. */
  readonly scope?: ModelScope;
  /** SHA-256 of the model file: predictions of other models are left out. */
  readonly model: string;
  readonly records: readonly PredictionRecord[];
  /** Probability that there is ever an alarm though nothing changed. */
  readonly falseAlarmRate: number;
  /** Only predictions from then on: after an alarm was looked into. ISO 8601. */
  readonly since?: string;
}

export interface VariableDrift {
  readonly name: string;
  readonly title: string;
  readonly side: Variable["side"];
  /** Cases of the model's reference that it was compared with; 0: with the log's own past alone. */
  readonly reference: number;
  readonly referenceMedian?: number;
  /** Of the latest 50 predictions. */
  readonly recentMedian?: number;
  /** Highest evidence, as factor: how often what was bet on a change came back. */
  readonly evidence: number;
  /** Whether this variable alone is enough for the alarm at its share of the rate. */
  readonly alarmed: boolean;
}

export interface DriftReport {
  readonly model: string;
  readonly falseAlarmRate: number;
  /** Evidence from which there is an alarm: 1 over the rate. */
  readonly limit: number;
  /** Predictions counted: one per exam. */
  readonly images: number;
  readonly from: string;
  readonly to: string;
  readonly leftOut: { readonly otherModels: number; readonly sameExam: number; readonly earlier: number };
  readonly declined: number;
  readonly labels: Readonly<Record<string, number>>;
  /** Evidence after each image. */
  readonly evidence: readonly number[];
  readonly alarm?: {
    /** Image at which the limit was reached, from 1. */
    readonly at: number;
    readonly time: string;
    /** Image from which on the evidence has grown: about where the change began. */
    readonly since: number;
    readonly sinceTime: string;
    /** Variables that changed, the strongest first. */
    readonly variables: readonly string[];
  };
  readonly variables: readonly VariableDrift[];
  readonly remarks: readonly string[];
}

const recent = 50;

/** The first image of each exam: images of one exam are alike, and would count as several witnesses of one thing. */
function firstOfExams(records: readonly PredictionRecord[]): PredictionRecord[] {
  const seen = new Set<string>();
  return records.filter(({ exam }) => exam === undefined || (!seen.has(exam) && seen.add(exam)));
}

/**
 * Follows a model in use: whether the images it is shown, and its answers, are still exchangeable with those of its making and
 * with one another. For each figure a test martingale bets against the ranks being uniform; the mean of all is compared with 1 / rate. While
 * nothing changes, the probability of an alarm, ever, is at most the rate, by Ville's inequality.
 * @throws InputError `monitor-empty` where no prediction of the model is left
 * @see V. Vovk, "Testing randomness online", Statistical Science 36, 2021
 */
export function followDrift({ scope, model, records, falseAlarmRate, since }: DriftOptions): DriftReport {
  const own = records.filter((record) => record.model === model);
  const later = since === undefined ? own : own.filter(({ time }) => time >= since);
  const counted = firstOfExams(later);
  if (counted.length === 0) throw new InputError("monitor-empty", `monitor: expected predictions of this model${since === undefined ? "" : ` from ${since} on`}, got none among ${records.length}. Give the model file that made them.`);
  const variables = variablesOf(scope?.reference, counted);
  const joint = new JointMartingale(variables.map(({ name, reference }) => new TestMartingale(reference, seededRandom("monitor", model, name))));
  const limit = 1 / falseAlarmRate;
  const evidence: number[] = [];
  const highest = variables.map(() => 1);
  let atAlarm: readonly number[] | undefined;
  let [lowest, lowestAt] = [1, 0];
  let alarmAt: number | undefined;
  let since0 = 0;
  counted.forEach((record, i) => {
    const { capitals, mean } = joint.add(variables.map(({ valueOf }) => valueOf(record)));
    evidence.push(mean);
    capitals.forEach((capital, v) => (highest[v] = Math.max(highest[v]!, capital)));
    if (alarmAt !== undefined) return;
    // Until the alarm, the latest low of the evidence is where the change is taken to begin.
    if (mean <= lowest || mean < 1) [lowest, lowestAt] = [Math.min(mean, 1), i + 1];
    if (mean >= limit) [alarmAt, since0, atAlarm] = [i, Math.min(lowestAt, i), capitals];
  });
  const alone = limit * variables.length;
  const drifts = variables.map((variable, v): VariableDrift => {
    const values = counted.slice(-recent).flatMap((record) => variable.valueOf(record) ?? []);
    return {
      name: variable.name,
      title: titleOf(variable.name),
      side: variable.side,
      reference: variable.reference.length,
      ...(variable.reference.length > 0 && { referenceMedian: median(variable.reference) }),
      ...(values.length > 0 && { recentMedian: median(values) }),
      evidence: highest[v]!,
      alarmed: highest[v]! >= alone,
    };
  });
  const labels: Record<string, number> = {};
  for (const { label, verdict } of counted) if (label !== undefined && verdict !== "out-of-scope") labels[label] = (labels[label] ?? 0) + 1;
  const order = (capitals: readonly number[]): string[] => variables.map(({ name }, v) => ({ name, capital: capitals[v]! })).filter(({ capital }, _, all) => capital >= Math.max(10, 0.01 * Math.max(...all.map((one) => one.capital)))).toSorted((a, b) => b.capital - a.capital).map(({ name }) => titleOf(name));
  return {
    model,
    falseAlarmRate,
    limit,
    images: counted.length,
    from: counted[0]!.time,
    to: counted.at(-1)!.time,
    leftOut: { otherModels: records.length - own.length, sameExam: later.length - counted.length, earlier: own.length - later.length },
    declined: counted.filter(({ verdict }) => verdict === "out-of-scope").length,
    labels,
    evidence,
    ...(alarmAt !== undefined && { alarm: { at: alarmAt + 1, time: counted[alarmAt]!.time, since: since0 + 1, sinceTime: counted[since0]!.time, variables: order(atAlarm!) } }),
    variables: drifts,
    remarks: remarksOf(scope, variables, counted),
  };
}

function remarksOf(scope: ModelScope | undefined, variables: readonly Variable[], records: readonly PredictionRecord[]): string[] {
  const remarks: string[] = [];
  const own = variables.filter(({ reference }) => reference.length === 0).map(({ name }) => titleOf(name));
  if (scope?.reference === undefined) remarks.push("The model file holds no reference: the log is compared with its own past, so that a change before its first image is not seen.");
  else if (own.length > 0) remarks.push(`Compared with the log's own past alone, as the network was trained on every case at hand: ${own.join(", ")}. With early stopping the model file holds a reference for them.`);
  if (records.length < 20) remarks.push(`${records.length} images are few: only a gross change shows.`);
  return remarks;
}
