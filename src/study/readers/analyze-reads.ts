import { InputError } from "../../base/index.js";
import { networkAnswers, readersAnswers, confusionOf, type Panel } from "./answers.js";
import { compareNetwork, pairWithReaders, testMargin, type ReaderSet } from "./compare-network.js";
import type { ReaderMetric, ReadersResult } from "./contract.js";
import { differingCases, tallyOf } from "./differing-cases.js";
import { JackknifedAnswers } from "./jackknife-answers.js";
import { agreementOf, pairwiseKappas } from "./reader-agreement.js";
import { figuresOf, groupRow, readerRow } from "./reader-figures.js";
import { aidOf, readTwice } from "./reading-aid.js";
import type { ReadsTable } from "./reads.js";
import { rocPlanes } from "./roc-plane.js";
import type { RunCases } from "./run-cases.js";

export const defaultAlpha = 0.025;

export interface AnalysisOptions {
  readonly run: RunCases;
  readonly table: ReadsTable;
  /** Name and digest of the table of reads. */
  readonly source: { readonly file: string; readonly sha256: string };
  readonly metric?: ReaderMetric;
  /** The metric of one class against the rest. */
  readonly label?: string;
  readonly margin?: number;
  readonly alpha?: number;
  readonly named: ReadersResult["primary"]["named"];
}

/** The cases that anybody read, in the run's order. */
function panelOf({ run, table }: AnalysisOptions): { panel: Panel; positionOf: ReadonlyMap<number, number> } {
  const read = [...new Set(table.reads.map(({ index }) => index))].sort((a, b) => a - b);
  const cases = read.map((index) => run.cases[index]!);
  const { data: { labels }, level } = run.results;
  return { panel: { labels, cases, patients: cases.map(({ patient }) => patient), level, seed: run.seed }, positionOf: new Map(read.map((index, at) => [index, at])) };
}

/** All readers and each group, alone and aided. */
function setsOf(readers: readonly JackknifedAnswers[]): ReaderSet[] {
  return (["alone", "aided"] as const).flatMap((condition) => {
    const own = readers.filter(({ answers }) => answers.condition === condition);
    if (own.length === 0) return [];
    const groups = [...new Set(own.flatMap(({ answers: { group } }) => (group === undefined ? [] : [group])))];
    const isOneGroup = groups.length < 2;
    return [
      { condition, readers: own },
      ...(isOneGroup ? [] : groups.map((group): ReaderSet => ({ group, condition, readers: own.filter(({ answers }) => answers.group === group) }))),
    ];
  });
}

/**
 * Compares the network of a finished run with those who read its cases.
 * @throws InputError `readers-alone` where nobody read alone, `readers-label` for a label of no class
 */
export function analyzeReads(options: AnalysisOptions): ReadersResult {
  const { run, table, source, metric = "accuracy", label, margin, alpha = defaultAlpha, named } = options;
  const { panel, positionOf } = panelOf(options);
  if (label !== undefined && !panel.labels.includes(label)) throw new InputError("readers-label", `readers.label: expected one of ${panel.labels.join(", ")}, got "${label}". Correct the label.`);
  const answers = readersAnswers(table.reads, positionOf);
  const alone = answers.filter(({ condition }) => condition === "alone");
  if (alone.length === 0) throw new InputError("readers-alone", "reads: expected reads made alone, got aided ones only. Add what the readers said without the network.");
  const network = networkAnswers(panel);
  const [own, readers] = [new JackknifedAnswers(network, panel), answers.map((one) => new JackknifedAnswers(one, panel))];
  const sets = setsOf(readers);
  const all = sets[0]!;
  // The main figure of two classes is already that of the second.
  const primary: ReadersResult["primary"] = { metric, ...(label !== undefined && panel.labels.length > 2 && { label }), ...(margin !== undefined && { margin }), alpha, named };
  const nonInferiority = testMargin(own, all, panel, primary);
  const twice = readTwice(readers);
  const rows = readers.map((reader) => readerRow(reader, panel));
  const agreements = sets.filter(({ readers: members }) => members.length > 1);
  return {
    source: { ...source, reads: table.reads.length },
    simulated: table.simulated,
    cell: run.cell,
    cases: panel.cases.length,
    unread: run.cases.length - panel.cases.length,
    set: run.set,
    labels: panel.labels,
    classCounts: Object.fromEntries(panel.labels.map((name, k) => [name, panel.cases.filter((one) => one.label === k).length])),
    level: panel.level,
    network: figuresOf(network, panel, own),
    networkConfusion: confusionOf(network, panel),
    readers: rows,
    groups: sets.map(({ readers: members, group, condition }) => groupRow(members, panel, { group, condition })),
    primary,
    comparisons: compareNetwork(own, sets, panel, primary),
    ...(nonInferiority && { nonInferiority }),
    pairs: pairWithReaders(network, answers, panel),
    agreement: [
      ...agreements.map(({ readers: members, group, condition }) => agreementOf(members.map((one) => one.answers), panel, { among: group ?? "all readers", condition })),
      agreementOf([...alone, network], panel, { among: "all readers and the network", condition: "alone" }),
    ],
    pairwise: pairwiseKappas([...alone, network], panel),
    ...(twice.length > 0 && { aid: aidOf(twice, network, panel) }),
    tally: tallyOf(alone, panel),
    differing: differingCases(alone, panel),
    planes: rocPlanes(network, answers, panel),
    warnings: [...table.warnings, ...gapsOf(rows, panel)],
  };
}

function gapsOf(rows: ReadersResult["readers"], panel: Panel): string[] {
  const gaps = rows.filter(({ missing }) => missing > 0);
  const missing = gaps.map(({ name, condition, missing: count }) => `${name}${condition === "aided" ? " (aided)" : ""} ${count}`).join(", ");
  return [
    ...(gaps.length > 0 ? [`Of the ${panel.cases.length} cases that anybody read, some were not read by everybody: ${missing} missing. Figures of a reader are over the cases that reader read.`] : []),
    ...panel.labels.flatMap((label, k) => (panel.cases.some((one) => one.label === k) ? [] : [`No case of the class ${label} was read.`])),
  ];
}
