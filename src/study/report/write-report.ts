import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import sharp from "sharp";
import { withFileErrors, writeFileAtomic, writeJsonAtomic } from "../../files/index.js";
import type { StudyResults } from "../results.js";
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
  return sharp(Buffer.from(svg), { density: (72 * printDpi) / cssPpi }).flatten({ background: "white" }).withMetadata({ density: printDpi }).png({ compressionLevel: 9 }).toBuffer();
}

/** Pictures of the run's last report: kept, so that a later command makes it anew without the images. */
const picturesFile = "pictures.json";

/** Makes a finished run's report anew, with the pictures that it had and those that are new. */
export async function rewriteReport(folder: string, results: StudyResults, more: Partial<ReportPictures>): Promise<void> {
  const text = await readFile(path.join(folder, picturesFile), "utf8").catch(() => '{"examples":[]}');
  await writeReport(folder, results, { ...(JSON.parse(text) as ReportPictures), ...more });
}

/** Writes the page and, beside it, its tables as CSV and LaTeX and its figures as SVG and PNG. */
export async function writeReport(folder: string, results: StudyResults, pictures: ReportPictures): Promise<void> {
  // What results.json holds and nothing else, so that the report can be made from it again.
  const report = await makeReport(JSON.parse(JSON.stringify(results)) as StudyResults, pictures);
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
  await writeFileAtomic(path.join(folder, "report.html"), report.page);
  await writeJsonAtomic(path.join(folder, picturesFile), pictures);
}
