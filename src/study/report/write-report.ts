import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import sharp from "sharp";
import { withFileErrors, writeFileAtomic, writeJsonAtomic } from "../../files/index.js";
import type { StudyResults } from "../results.js";
import { checklistCsv, checklistPage, fillChecklists } from "./checklist-sheet.js";
import { modelCard } from "./model-card.js";
import { makeReport, type ReportPictures } from "./page.js";
import { csvTable } from "./tables/csv-table.js";
import { latexTable } from "./tables/latex-table.js";

/** Dots per inch that journals ask of a figure. */
export const printDpi = 300;

/** Pixels per inch of a length in CSS. */
const cssPpi = 96;

/** An SVG element as a PNG of its size on paper at 300 dpi; the density is written into the file. */
export async function printPng(svg: string): Promise<Buffer> {
  // The rasterizer's density is 72 for one dot per CSS pixel.
  return sharp(Buffer.from(svg), { density: (72 * printDpi) / cssPpi }).flatten({ background: "white" }).withMetadata({ density: printDpi }).png().toBuffer();
}

/** Pictures of the run's last report: kept, so that a later command makes it anew without the images. */
const picturesFile = "pictures.json";

/** Makes a finished run's report anew, with the pictures that it had and those that are new. */
export async function rewriteReport(folder: string, results: StudyResults, more: Partial<ReportPictures>): Promise<void> {
  const text = await readFile(path.join(folder, picturesFile), "utf8").catch(() => '{"examples":[]}');
  await writeReport(folder, results, { ...(JSON.parse(text) as ReportPictures), ...more });
}

/** Writes the page and, beside it, its tables as CSV and LaTeX, its figures as SVG and PNG, the checklists and the model card. */
export async function writeReport(folder: string, results: StudyResults, pictures: ReportPictures): Promise<void> {
  // What results.json holds and nothing else, so that the report can be made from it again.
  const told = JSON.parse(JSON.stringify(results)) as StudyResults;
  const report = await makeReport(told, pictures);
  // What an earlier report of the run left and this one has not would be taken for this one's.
  for (const name of ["tables", "figures"]) await withFileErrors(name, () => rm(path.join(folder, name), { recursive: true, force: true }));
  for (const table of report.tables) {
    await writeFileAtomic(path.join(folder, "tables", `${table.name}.csv`), csvTable(table));
    await writeFileAtomic(path.join(folder, "tables", `${table.name}.tex`), latexTable(table));
  }
  for (const { name, svg } of report.figures) {
    await writeFileAtomic(path.join(folder, "figures", `${name}.svg`), svg);
    await writeFileAtomic(path.join(folder, "figures", `${name}.png`), await printPng(svg));
  }
  const filled = fillChecklists(told, { sections: new Set(report.sections), tables: new Set(report.tables.map(({ name }) => name)), figures: new Set(report.figures.map(({ name }) => name)) });
  await writeFileAtomic(path.join(folder, "checklist.html"), checklistPage(told, filled));
  await writeFileAtomic(path.join(folder, "checklist.csv"), checklistCsv(filled));
  await writeFileAtomic(path.join(folder, "model-card.md"), modelCard(told));
  await writeFileAtomic(path.join(folder, "report.html"), report.page);
  await writeJsonAtomic(path.join(folder, picturesFile), pictures);
}
