import type { StudyResults } from "../../results.js";
import type { ReportSection, ReportTable } from "../contract.js";
import { html } from "../html.js";

/** More test sides than this do not fit beside each other. */
const mostColumns = 12;

function balanceTable({ split }: StudyResults): ReportTable[] {
  if (split === undefined) return [];
  const { names, balance, leftOut } = split;
  const shown = names.length <= mostColumns;
  return [
    {
      name: "balance",
      title: "Balance of the test sides",
      head: ["", "Cases", ...(shown ? names.map((name) => (/^\d+$/.test(name) ? `Fold ${name}` : name)) : []), "Farthest from its share"],
      rows: [
        ...balance.rows.map(({ name, total, tests, worst }) => [name, total, ...(shown ? tests : []), `${worst.toFixed(1)} cases`]),
        ...(leftOut && shown ? [["left out of training", leftOut.reduce((a, b) => a + b, 0), ...leftOut, ""]] : []),
      ],
      note: "First seed. The last column: how many cases a test side holds more or less than its size would give it of that kind, at worst.",
    },
  ];
}

export const splitSection: ReportSection = {
  id: "split",
  title: "Split",
  tables: balanceTable,
  render: (results, run) => {
    const { split } = results;
    if (split === undefined) return undefined;
    const told = Object.entries(split.options).filter(([, value]) => value !== undefined);
    return html`<p>${split.title}${told.length > 0 && ` (${told.map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(", ") : String(value)}`).join("; ")})`}. ${split.summary}
${split.balance.groups} groups of cases (patients, and cases that belong together) stayed whole; the largest has ${split.balance.largestGroup} ${split.balance.largestGroup === 1 ? "case" : "cases"}.</p>${run.table("balance")}`;
  },
};
