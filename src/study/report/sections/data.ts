import type { CaseGroup, ColumnSummary, StudyResults } from "../../results.js";
import type { ReportCell, ReportSection, ReportTable } from "../contract.js";
import { decimal } from "../format.js";
import { flowDiagram, reasonsOf } from "../flow-diagram.js";
import { html } from "../html.js";
import { foldsPerSeed } from "../methods-text.js";

const share = (n: number, of: number): string => (of === 0 ? `${n}` : `${n} (${Math.round((100 * n) / of)} %)`);

/** Rows of a column of the table: mean and quartiles of numbers, counts of kinds, and what is not told. */
function rowsOf(column: string, mark: string, groups: readonly CaseGroup[]): ReportTable["rows"] {
  const own = groups.map(({ columns }) => columns[column]!);
  const kinds = [...new Set(own.flatMap((summary) => (summary.kind === "category" ? Object.keys(summary.counts) : [])))];
  const short = (value: number): string => decimal(value, Math.abs(value) >= 100 ? 0 : 1);
  const spread = (summary: ColumnSummary): ReportCell => {
    if (summary.kind !== "number" || summary.mean === undefined) return undefined;
    return `${short(summary.mean)}${summary.standardDeviation === undefined ? "" : ` ± ${short(summary.standardDeviation)}`}; ${short(summary.median!)} (${short(summary.quartiles![0])} to ${short(summary.quartiles![1])})`;
  };
  return [
    ...(kinds.length === 0 ? [[`${column}${mark}`, ...own.map(spread)]] : kinds.map((kind) => [`${column}${mark}: ${kind}`, ...own.map((summary) => (summary.kind === "category" ? share(summary.counts[kind] ?? 0, summary.n) : undefined))])),
    ...(own.some(({ missing }) => missing > 0) ? [[`${column}: not told`, ...own.map(({ missing }) => String(missing))]] : []),
  ];
}

function firstTable({ data }: StudyResults): ReportTable | undefined {
  const { characteristics } = data;
  if (characteristics === undefined) return undefined;
  const { groups, columns } = characteristics;
  const hasPatients = groups.some(({ patients }) => patients !== undefined);
  const parts = new Set(groups.map(({ part }) => part));
  const name = ({ part, label }: CaseGroup): string => [...(parts.size > 1 ? [part] : []), label ?? (parts.size > 1 ? "all" : "all cases")].join(": ");
  return {
    name: "characteristics",
    title: "Cases by class and part of the study",
    head: ["", ...groups.map(name)],
    rows: [
      ...(hasPatients ? [["Patients", ...groups.map(({ patients = 0 }) => String(patients))]] : []),
      ["Images", ...groups.map(({ images }) => String(images))],
      ...Object.entries(columns).flatMap(([column, unit]) => rowsOf(column, unit === "images" && hasPatients ? " (images)" : "", groups)),
    ],
    note: `${hasPatients ? "Counted by patients; by images where a column changes between the images of one patient. " : ""}Numbers: mean ± standard deviation; median (quartiles). Kinds: number and share of those told.${Object.keys(columns).length === 0 ? " The table has none of the columns that describe patients, such as age, sex or site." : ""}`,
  };
}

function foldTable(results: StudyResults): ReportTable {
  const { data, folds } = results;
  return {
    name: "splits",
    title: "Cases of every fold",
    names: 0,
    head: ["Seed", "Fold", "Training", "Early stopping", "Test", ...data.labels.map((label) => `${label} in test`)],
    rows: folds.map(({ seed, fold, train, validation, test, testCounts }) => [seed, fold, train, validation, test, ...data.labels.map((label) => testCounts[label] ?? 0)]),
    note: foldsPerSeed(results) > 1 ? "Every case is tested once per seed, by a network that has not seen it or its patient." : "No case is in two parts.",
  };
}

export const dataSection: ReportSection = {
  id: "data",
  title: "Data",
  tables: (results) => {
    const first = firstTable(results);
    const reasons = reasonsOf(results);
    return [
      ...(first === undefined ? [] : [first]),
      foldTable(results),
      ...(reasons.length === 0 ? [] : [{ name: "set-aside", title: "Set aside", names: 0, head: ["Set aside because", "Files"], rows: reasons.map(({ reason, files }) => [reason, files.join(", ")]) }]),
    ];
  },
  figures: (results) => [{ name: "flow", title: "flow of the cases through the study", drawing: { svg: flowDiagram(results) } }],
  render: (results, run) => {
    const { data } = results;
    return html`<div>${run.figure("flow")}</div>
<p>${data.patients === undefined
      ? "The table names no patients: every image was taken for a patient of its own. If a patient has several images, the figures are too good."
      : `${data.patients} patients; all images of one patient are always on the same side of a split.`}
${data.casesWithRegion > 0 ? `A region of interest is known for ${data.casesWithRegion} cases.` : "No region of interest is given."}</p>
${data.characteristics !== undefined && html`<h3>Who the cases are</h3>${run.table("characteristics")}`}
<h3>How they were split</h3>${run.table("splits")}
${data.setAside.length > 0 && run.table("set-aside")}`;
  },
};
