import { InputError, OsteonError, type OnProgress } from "../../base/index.js";
import { readName, stratifiedGroupKFold, type Case, type Dataset, type ImageTraits } from "../../data/index.js";
import type { Column, Probe, ProbedCase } from "./contract.js";
import { encodeColumns, type Features } from "./encode-columns.js";
import { probes } from "./probes/index.js";
import type { ShortcutAudit, ShortcutResults } from "./results.js";
import { testProbes } from "./test-probes.js";
import { detailsOf, sentenceOf } from "./words.js";

export interface AuditOptions {
  /** 1 - the share of data sets without a shortcut in which something is found; 0.95 by default. */
  readonly level?: number;
  readonly seed?: number | string;
  /** Exchanged labellings; by default 999, fewer where there are many cases. */
  readonly permutations?: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** What a probe says of the cases at hand. */
interface PreparedProbe {
  readonly name: string;
  readonly probe: Probe;
  readonly columns: readonly Column[];
  readonly features: Features;
}

/** Folds of the cross-validation, as many as the classes allow. */
const foldCounts = [5, 4, 3, 2];
/** Fewest cases with which anything can be said. */
const leastCases = 20;

/**
 * Asks of every probe whether the label can be told from it, beside anatomy.
 * @param traits of the cases that were measured, by case
 * @returns the audit, or why there is none
 */
export async function auditShortcuts(dataset: Pick<Dataset, "cases" | "labels">, traits: ReadonlyMap<string, ImageTraits>, options: AuditOptions = {}): Promise<ShortcutAudit> {
  const { level = 0.95, seed = 1 } = options;
  if (!(level > 0.5 && level < 1)) throw new InputError("level", `level: expected a number between 0.5 and 1, got ${level}. 0.95 is usual.`);
  const measured = dataset.cases.filter(({ id }) => traits.has(id));
  const labels = dataset.labels.filter((label) => measured.some((one) => one.label === label));
  const tests = divide(measured, labels, seed);
  if (typeof tests === "string") return { notEstimable: tests };
  const cases = measured.map(({ id }): ProbedCase => ({ id, traits: traits.get(id)!, name: readName(id, dataset.labels) }));
  const { prepared, notProbed } = prepare(cases);
  const truth = Int32Array.from(measured, ({ label }) => labels.indexOf(label));
  const permutations = options.permutations ?? Math.min(999, Math.max(199, Math.floor(400_000 / measured.length)));
  const tested = await testProbes({
    features: prepared.map(({ features }) => features),
    truth,
    labels,
    groups: patientsOf(measured),
    tests,
    permutations,
    level,
    seed,
    onPermutation: (done, total) => options.onProgress?.({ task: "looking for shortcuts", done, total, unit: "labellings" }),
    ...(options.signal && { signal: options.signal }),
  });
  options.onProgress?.({ task: "looking for shortcuts", done: permutations, total: permutations, unit: "labellings" });
  return {
    cases: measured.length,
    of: dataset.cases.length,
    folds: tests.length,
    permutations,
    level,
    probes: prepared.map(({ name, probe, columns }, p) => {
      const { auc, pValue, pAdjusted } = tested[p]!;
      // A level of 0.95 is 0.050000000000000044 away from 1.
      const found = pAdjusted <= 1 - level + 1e-9;
      const { title, summary, reach, remedy } = probe;
      return { name, title, summary, reach, auc, pValue, pAdjusted, found, sentence: sentenceOf(probe, auc, pAdjusted, found), remedy, details: detailsOf(columns, truth, labels) };
    }),
    notProbed,
    located: locatedPer(measured, labels, traits),
  };
}

/** Cases of each fold, or why there can be none. */
function divide(cases: readonly Case[], labels: readonly string[], seed: number | string): number[][] | string {
  if (cases.length < leastCases || labels.length < 2) return `fewer than ${leastCases} cases, or one class: too few to tell a shortcut from chance`;
  let reason = "";
  for (const folds of foldCounts) {
    try {
      return stratifiedGroupKFold(cases, { folds, seed }).map(({ test }) => [...test]);
    } catch (error) {
      if (!(error instanceof OsteonError)) throw error;
      reason = error.message;
    }
  }
  return reason;
}

function prepare(cases: readonly ProbedCase[]): { prepared: PreparedProbe[]; notProbed: ShortcutResults["notProbed"] } {
  const prepared: PreparedProbe[] = [];
  const notProbed: { title: string; reason: string }[] = [];
  for (const [name, probe] of Object.entries<Probe>(probes)) {
    const columns = probe.columns(cases);
    const features = encodeColumns(columns, { linear: probe.linear === true });
    if (columns.length === 0) notProbed.push({ title: probe.title, reason: "no region of interest is known for most of the images, or it fills them" });
    else if (features.width === 0) notProbed.push({ title: probe.title, reason: "the same for all images" });
    else prepared.push({ name, probe, columns, features });
  }
  return { prepared, notProbed };
}

/** A number for each patient; a case without one is a patient of its own. */
function patientsOf(cases: readonly Case[]): number[] {
  const known = new Map<string, number>();
  return cases.map(({ patient, unit, kin, id }) => {
    const key = patient !== undefined ? `patient ${patient}` : unit !== undefined ? `unit ${unit}` : kin !== undefined ? `kin ${kin}` : `case ${id}`;
    const number = known.get(key) ?? known.size;
    known.set(key, number);
    return number;
  });
}

function locatedPer(cases: readonly Case[], labels: readonly string[], traits: ReadonlyMap<string, ImageTraits>): ShortcutResults["located"] {
  return labels.map((label) => {
    const own = cases.filter((one) => one.label === label).map(({ id }) => traits.get(id)!);
    const count = (test: (one: ImageTraits) => boolean): number => own.filter(test).length;
    return {
      label,
      cases: own.length,
      markers: count(({ marks }) => marks.some(({ kind }) => kind === "marker")),
      lines: count(({ marks }) => marks.some(({ kind }) => kind === "line")),
      margins: count(({ margins }) => Object.values(margins).some(({ edge }) => edge > 0)),
    };
  });
}
