import { metricNames } from "../../results.js";
import type { ReportSection } from "../contract.js";
import { metricTitles } from "./performance.js";

/** Every measure of every class, one against the rest. */
export const classesSection: ReportSection = {
  id: "classes",
  title: "By class",
  tables: ({ cells, data: { labels }, level }) => [
    {
      name: "classes",
      title: "Measures by class",
      head: ["Network / regime", "Class", ...metricNames.map((name) => metricTitles[name])],
      rows: cells.flatMap((cell) => labels.map((label, i) => [i === 0 ? cell.id : "", label, ...metricNames.map((name) => cell.pooled.perClass[label]?.[name])])),
      note: `Each class against the rest, all test predictions pooled, with ${Math.round(level * 100)} % intervals.`,
    },
  ],
  render: (_results, run) => run.table("classes"),
};
