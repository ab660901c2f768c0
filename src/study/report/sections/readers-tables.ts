import { readerMetrics, type FigureTable, type GroupRow, type ReaderMetric, type ReaderRow, type ReadersResult } from "../../readers/contract.js";
import type { ReportCell, ReportTable } from "../contract.js";
import { decimal, testName } from "../format.js";

export const readerMetricTitles: Readonly<Record<ReaderMetric, string>> = { accuracy: "Accuracy", precision: "Precision", recall: "Sensitivity", specificity: "Specificity", f1: "F1", auc: "AUC" };

/** AUC is shown where anybody has one. */
function metricsOf({ readers }: ReadersResult): readonly ReaderMetric[] {
  const hasAuc = readers.some(({ figures }) => "estimate" in figures.main.auc);
  return readerMetrics.filter((metric) => metric !== "auc" || hasAuc);
}

const conditionText = (condition: "alone" | "aided"): string => (condition === "alone" ? "alone" : "with the network");

export function groupTitle({ group, readers }: Pick<GroupRow, "group" | "readers">): string {
  return `${group ?? "all readers"}, ${readers === 1 ? "1 reader" : `mean of ${readers}`}`;
}

/** What the main figures are figures of. */
export function mainScope({ labels }: ReadersResult): string {
  return labels.length === 2 ? `Precision, sensitivity, specificity and F1 are those of ${labels[1]}.` : "Precision, sensitivity, specificity, F1 and AUC are means over the classes.";
}

const marked = ({ simulated }: ReadersResult, title: string): string => (simulated ? `${title} (simulated reads)` : title);

/** The published table: every reader, every group with its range, the network. */
function mainTable(result: ReadersResult): ReportTable {
  const metrics = metricsOf(result);
  const hasAided = result.readers.some(({ condition }) => condition === "aided");
  const hasGroups = result.readers.some(({ group }) => group !== undefined);
  const cells = (figures: FigureTable): ReportCell[] => metrics.map((metric) => figures[metric]);
  const lead = (name: string, group: string, condition: ReaderRow["condition"] | undefined, cases: ReportCell): ReportCell[] => [name, ...(hasGroups ? [group] : []), ...(hasAided ? [condition === undefined ? "–" : conditionText(condition)] : []), cases];
  const ranges = ({ ranges: own, condition }: GroupRow): ReportCell[] => [
    ...lead("range", "", condition, undefined),
    ...metrics.map((metric) => (own[metric] === undefined ? undefined : `${decimal(own[metric][0])}–${decimal(own[metric][1])}`)),
  ];
  const rows = (["alone", "aided"] as const).flatMap((condition) => [
    ...result.readers.filter((reader) => reader.condition === condition).map((reader): ReportCell[] => [...lead(reader.name, reader.group ?? "", condition, reader.reads), ...cells(reader.figures.main)]),
    ...result.groups
      .filter((group) => group.condition === condition)
      .sort((a, b) => Number(a.group === undefined) - Number(b.group === undefined))
      .flatMap((group): ReportCell[][] => [[...lead(groupTitle(group), group.group ?? "", condition, result.cases), ...cells(group.figures.main)], ...(group.readers > 1 ? [ranges(group)] : [])]),
  ]);
  const percent = Math.round(result.level * 100);
  return {
    name: "readers",
    title: marked(result, "Readers and network"),
    names: 1,
    head: ["Reader", ...(hasGroups ? ["Group"] : []), ...(hasAided ? ["Condition"] : []), "Cases", ...metrics.map((metric) => readerMetricTitles[metric])],
    rows: [...rows, [...lead("network", "", undefined, result.cases), ...cells(result.network.main)]],
    note: `${mainScope(result)} Below each figure its ${percent} % interval: of one reader or the network over the cases; of a mean over readers and cases both, by Obuchowski and Rockette's model, so that it holds for other readers of the kind. "Range" is the lowest and the highest reader.`,
  };
}

/** The same by class. */
function classTable(result: ReadersResult): ReportTable[] {
  if (result.labels.length === 2) return [];
  const metrics = metricsOf(result).filter((metric) => metric !== "accuracy");
  const cells = (label: string, figures: Readonly<Record<string, FigureTable>>): ReportCell[] => metrics.map((metric) => figures[label]![metric]);
  const alone = result.readers.filter(({ condition }) => condition === "alone");
  const all = result.groups.find(({ group, condition }) => group === undefined && condition === "alone")!;
  return [
    {
      name: "readers-by-class",
      title: marked(result, "Readers and network by class"),
      names: 2,
      head: ["Class", "Reader", ...metrics.map((metric) => readerMetricTitles[metric])],
      rows: result.labels.flatMap((label) => [
        ...alone.map(({ name, figures }, i): ReportCell[] => [i === 0 ? label : "", name, ...cells(label, figures.perClass)]),
        ["", groupTitle(all), ...cells(label, all.figures.perClass)],
        ["", "network", ...cells(label, result.network.perClass)],
      ]),
      note: "One class against the rest; reads alone.",
    },
  ];
}

/** All readers first; the groups apart, where there are any. */
function comparisonTables(result: ReadersResult): ReportTable[] {
  const name = ({ metric, label }: { metric: ReaderMetric; label?: string }): string => `${readerMetricTitles[metric]}${label === undefined ? "" : ` (${label})`}`;
  const groups = result.comparisons.filter(({ group }) => group !== undefined);
  const table = (comparisons: ReadersResult["comparisons"]): Pick<ReportTable, "names" | "head" | "rows" | "note"> => ({
    names: 2,
    head: ["Readers", "Reads", "Figure", "Network − readers", "Degrees of freedom", "p", "p adjusted"],
    rows: comparisons.map((row): ReportCell[] => [
      row.group ?? "all readers",
      conditionText(row.condition),
      `${name(row)}${row.isPrimary ? " — primary" : ""}`,
      row.difference,
      row.degreesOfFreedom === undefined ? undefined : decimal(row.degreesOfFreedom, 1),
      row.pValue === undefined ? undefined : { p: row.pValue },
      row.pAdjusted === undefined ? undefined : { p: row.pAdjusted },
    ]),
    note: `Readers and cases random (one network, which does not vary; Hillis's degrees of freedom). The primary figure was named ${result.primary.named === "recipe" ? "in the recipe, before the run" : "after the run or left at the default"}; the other tests, those of groups among them, are adjusted for each other by Holm's method.`,
  });
  return [
    { name: "readers-comparison", title: marked(result, "Network minus readers"), ...table(result.comparisons.filter(({ group }) => group === undefined)) },
    ...(groups.length > 0 ? [{ name: "readers-comparison-groups", title: marked(result, "Network minus each group of readers"), ...table(groups) }] : []),
  ];
}

function pairTable(result: ReadersResult): ReportTable {
  return {
    name: "readers-pairs",
    title: marked(result, "The network and each reader on the same cases"),
    names: 1,
    head: ["Reader", "Reads", "Cases", "Only network right", "Only reader right", "Accuracy, network − reader", "p", "p adjusted"],
    rows: result.pairs.map((pair): ReportCell[] => [pair.reader, conditionText(pair.condition), pair.cases, pair.onlyFirst, pair.onlySecond, pair.difference, pair.pValue === undefined ? undefined : { p: pair.pValue }, pair.pAdjusted === undefined ? undefined : { p: pair.pAdjusted }]),
    note: `${testName(result.pairs[0]?.method ?? "McNemar exact")}; adjusted by Holm's method.`,
  };
}

function agreementTables(result: ReadersResult): ReportTable[] {
  return [
    {
      name: "readers-agreement",
      title: marked(result, "Agreement"),
      names: 1,
      head: ["Among", "Reads", "Raters", "Fleiss's kappa", "Gwet's AC1", "Krippendorff's alpha"],
      rows: result.agreement.map((row): ReportCell[] => [row.among, conditionText(row.condition), row.raters, row.fleiss, row.gwet, row.krippendorff]),
      note: "1 is perfect, 0 what chance would give.",
    },
    {
      name: "readers-kappa",
      title: marked(result, "Agreement of every pair"),
      names: 2,
      head: ["A", "B", "Cases", "Cohen's kappa"],
      rows: result.pairwise.map((row): ReportCell[] => [row.a, row.b, row.cases, row.kappa]),
      note: "Reads alone, on the cases that both saw.",
    },
  ];
}

function aidTables(result: ReadersResult): ReportTable[] {
  const { aid } = result;
  if (aid === undefined) return [];
  const hasSeconds = aid.perReader.some(({ seconds }) => seconds !== undefined);
  return [
    {
      name: "readers-aid",
      title: marked(result, "Reads with the network's help and alone"),
      names: 1,
      head: ["Figure", "Alone", "With the network", "Difference", "p", "p adjusted"],
      rows: aid.differences.filter(({ metric }) => metricsOf(result).includes(metric)).map((row): ReportCell[] => [readerMetricTitles[row.metric], row.alone, row.aided, row.difference, row.pValue === undefined ? undefined : { p: row.pValue }, row.pAdjusted === undefined ? undefined : { p: row.pAdjusted }]),
      note: `Means of ${aid.perReader.length} readers who read under both conditions; readers and cases random, by Obuchowski and Rockette's model; adjusted by Holm's method.`,
    },
    {
      name: "readers-aid-each",
      title: marked(result, "What the network's help changed for each reader"),
      names: 1,
      head: ["Reader", "Cases", "Right only with help", "Right only alone", "Accuracy, with help − alone", "p", "p adjusted", "Followed the network", "to a right answer", "from a right answer", ...(hasSeconds ? ["Seconds, with help − alone"] : [])],
      rows: aid.perReader.map((row): ReportCell[] => [
        row.reader,
        row.cases,
        row.onlyFirst,
        row.onlySecond,
        row.difference,
        row.pValue === undefined ? undefined : { p: row.pValue },
        row.pAdjusted === undefined ? undefined : { p: row.pAdjusted },
        row.followed,
        row.followedRight,
        row.followedWrong,
        ...(hasSeconds ? [row.seconds] : []),
      ]),
      note: "McNemar exact test; adjusted by Holm's method. \"Followed\" counts reads whose label changed to the network's.",
    },
  ];
}

function tallyTable(result: ReadersResult): ReportTable {
  const counts = new Set(result.tally.map(({ readers }) => readers));
  return {
    name: "readers-tally",
    title: marked(result, "How many readers were right, and whether the network was"),
    names: 1,
    head: ["Readers right", "Network right", "Network wrong"],
    rows: result.tally.map((row): ReportCell[] => [counts.size > 1 ? `${row.readersRight} of ${row.readers}` : String(row.readersRight), row.networkRight, row.networkWrong]),
    note: "Cases; reads alone.",
  };
}

function differingTable(result: ReadersResult): ReportTable[] {
  if (result.differing.length === 0) return [];
  const names = [...new Set(result.differing.flatMap(({ readers }) => Object.keys(readers)))];
  return [
    {
      name: "readers-differing",
      title: marked(result, "Cases on which network and readers part"),
      names: 1,
      head: ["Case", "True class", "Network", "Probability", ...names],
      rows: result.differing.map((one): ReportCell[] => [one.case, one.label, one.network, one.probability, ...names.map((name) => one.readers[name])]),
      note: "The network right and half of the readers or more wrong, or the other way round; reads alone.",
    },
  ];
}

export function readersTables(result: ReadersResult): ReportTable[] {
  return [mainTable(result), ...classTable(result), ...comparisonTables(result), pairTable(result), ...agreementTables(result), ...aidTables(result), tallyTable(result), ...differingTable(result)];
}
