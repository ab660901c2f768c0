import { bareClaims } from "../report/claims.js";
import { html, Html } from "../report/html.js";
import { reportTables } from "../report/page.js";
import { sections } from "../report/sections/index.js";
import { csvTable } from "../report/tables/csv-table.js";
import { htmlTable } from "../report/tables/html-table.js";
import { latexTable } from "../report/tables/latex-table.js";
import type { StudyResults } from "../results.js";
import type { Compared, Difference } from "./differences.js";

/** Sections that tell cases between their pictures: their tables are checked as tables. */
const pictured = new Set(["maps", "readers", "explanationAudit"]);

/** Pictures are the same whatever the numbers: text alone is compared. */
function textOf(page: string): string {
  return page.replace(/<(svg|figure)\b[\s\S]*?<\/\1>/g, "").replace(/<[^>]*>/g, "\n").replace(/\s*\n\s*/g, "\n");
}

/** The first line in which two texts differ. */
function firstDifference(where: string, printed: string, recomputed: string): Difference | undefined {
  if (printed === recomputed) return undefined;
  const [a, b] = [printed.split("\n"), recomputed.split("\n")];
  const at = a.findIndex((line, i) => line !== b[i]);
  const line = at < 0 ? a.length : at;
  return { where: `${where}, line ${line + 1}`, printed: (a[line] ?? "nothing").slice(0, 120), recomputed: (b[line] ?? "nothing").slice(0, 120) };
}

function cells(text: string): number {
  return text.match(/\d+(\.\d+)?/g)?.length ?? 0;
}

export interface PrintedFiles {
  readonly page: string | undefined;
  /** By file name below tables/. */
  readonly tables: ReadonlyMap<string, string>;
}

/** Sections of the page and tables beside it, printed again from the recomputed results. */
export function checkReport(results: StudyResults, { page, tables: printed }: PrintedFiles): Compared {
  const tables = reportTables(results);
  const differences: Difference[] = [];
  let compared = 0;
  const check = (where: string, found: string | undefined, expected: string): void => {
    compared += cells(expected);
    const difference = found === undefined ? { where, printed: "nothing", recomputed: "a file" } : firstDifference(where, found, expected);
    if (difference !== undefined) differences.push(difference);
  };
  for (const table of tables) {
    check(`tables/${table.name}.csv`, printed.get(`${table.name}.csv`), csvTable(table));
    check(`tables/${table.name}.tex`, printed.get(`${table.name}.tex`), latexTable(table));
  }
  if (page === undefined) return { compared, differences: [...differences, { where: "report.html", printed: "nothing", recomputed: "a file" }] };
  for (const { text, lacks } of bareClaims(page)) differences.push({ where: "report.html, a claim", printed: text.slice(0, 120), recomputed: `a claim with its ${lacks.join(" and ")}` });
  const byName = new Map(tables.map((table) => [table.name, table]));
  const run = { examples: [], failures: [], elsewhere: [], readers: [], figure: () => new Html(""), table: (name: string) => htmlTable(byName.get(name)!) };
  for (const section of sections) {
    if (pictured.has(section.id)) continue;
    const body = section.render(results, run);
    const found = new RegExp(`<section id="${section.id}">([\\s\\S]*?)</section>`).exec(page)?.[1];
    if (body === undefined && found === undefined) continue;
    const expected = body === undefined ? "" : html`<h2>${section.title}</h2>${body}`.text;
    check(`report.html, section ${section.id}`, found === undefined ? undefined : textOf(found), textOf(expected));
  }
  return { compared, differences };
}
