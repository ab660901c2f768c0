import type { ExampleCase, StudyResults } from "../results.js";
import { html } from "./html.js";
import { Html } from "./html.js";
import { forestPlot, learningCurves, rocCurves } from "./plots.js";
import { comparisonsSection } from "./sections/comparisons.js";
import { confusionSection } from "./sections/confusion.js";
import { dataSection } from "./sections/data.js";
import { examplesSection } from "./sections/examples.js";
import { detailSection, performanceSection } from "./sections/performance.js";
import { reproduceSection, setupSection } from "./sections/reproduce.js";
import { summarySection } from "./sections/summary.js";
import { style } from "./style.js";

const chapters = [
  ["summary", "Findings"],
  ["performance", "Networks and regimes"],
  ["maps", "Heat maps"],
  ["tests", "Paired tests"],
  ["data", "Data"],
  ["roc", "ROC"],
  ["confusion", "Confusion"],
  ["curves", "Learning curves"],
  ["classes", "By class"],
  ["folds", "By fold"],
  ["limits", "Not estimable"],
  ["setup", "Set-up"],
  ["reproduce", "Reproduce"],
] as const;

/**
 * The report as one HTML file that needs no network: style, plots and pictures are inside it.
 * Nothing in it is computed here but the layout: every number stands in `results`.
 */
export async function renderReport(results: StudyResults, examples: readonly ExampleCase[]): Promise<string> {
  const [forest, curves, roc] = [await forestPlot(results.cells), await learningCurves(results.cells), await rocCurves(results.cells, results.data.labels)];
  const shown = chapters.filter(([id]) => id !== "maps" || examples.length > 0);
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"><title>${results.study.title}</title><style>${new Html(style)}</style></head><body>
<header><h1>${results.study.title}</h1>
${results.study.question !== undefined && html`<p class="question">${results.study.question}</p>`}
<p class="soft">${results.data.cases} images · ${results.data.labels.join(", ")} · ${results.cells.length} cells · made with Osteon ${results.software.osteon}${results.study.reference !== undefined && html` · repeats ${results.study.reference}`}</p>
<p class="soft">For research. Not a medical device; not for diagnosis or treatment.</p>
<nav>${shown.map(([id, title]) => html`<a href="#${id}">${title}</a>`)}</nav></header>
<main>${summarySection(results)}${performanceSection(results, forest)}${examplesSection(examples)}${comparisonsSection(results)}${dataSection(results)}
<section id="roc"><h2>ROC curves</h2><p class="soft">Test predictions of all folds pooled, one curve per network and regime.</p>${roc}</section>
${confusionSection(results)}
<section id="curves"><h2>Learning curves</h2><p class="soft">One thin line per fold.</p>${curves}</section>
${detailSection(results)}${setupSection(results)}${reproduceSection(results)}</main></body></html>
`;
  return page.text;
}
