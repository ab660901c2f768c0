import type { StudyResults } from "../../results.js";
import { describeChain } from "../../transfer-chain.js";
import type { ReportSection, ReportTable } from "../contract.js";

/** "name adamw, learningRate 0.003"; what is itself made of parts stands in brackets. */
function plain(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([key, part]) => (typeof part === "object" && part !== null ? `${key} (${plain(part)})` : `${key} ${String(part)}`))
    .join(", ");
}

/** Set-up of the study, every default written out. */
function setupTable({ cells }: StudyResults): ReportTable {
  const keys = [...new Set(cells.flatMap(({ settings }) => Object.keys(settings)))];
  return {
    name: "set-up",
    title: "Set-up",
    head: ["Setting", ...cells.map(({ id }) => id)],
    rows: [
      ["start weights", ...cells.map(({ startWeights: { source, chain } }) => `${source}${chain && chain.length > 1 ? ` (${describeChain(chain)})` : ""}`)],
      ["parameters trained", ...cells.map(({ parameters }) => `${parameters.trained.toLocaleString("en-US")} of ${parameters.total.toLocaleString("en-US")}`)],
      ...keys.map((key) => [key, ...cells.map(({ settings }) => plain(settings[key] ?? "–"))]),
    ],
  };
}

export const setupSection: ReportSection = {
  id: "setup",
  title: "Set-up",
  tables: (results) => [setupTable(results)],
  render: (_results, run) => run.table("set-up"),
};
