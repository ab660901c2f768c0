import { InternalError } from "../../base/index.js";
import type { StudyResults } from "../results.js";
import type { ReportFigure, ReportRun, ReportTable } from "./contract.js";
import { drawSvg, placeSvg } from "./draw.js";
import { html, Html } from "./html.js";
import { counted } from "./methods-text.js";
import { sections } from "./sections/index.js";
import { style } from "./style.js";
import { htmlTable } from "./tables/html-table.js";

/** The report with everything that is also written beside it. */
export interface Report {
  /** One HTML file that needs no network: style, plots and pictures are inside it. */
  readonly page: string;
  /** Anchors of the sections that it has. */
  readonly sections: readonly string[];
  readonly tables: readonly ReportTable[];
  readonly figures: readonly (ReportFigure & { readonly svg: string })[];
}

/** Pictures of cases, which are no part of the results. */
export type ReportPictures = Pick<ReportRun, "examples"> & Partial<Pick<ReportRun, "failures" | "elsewhere" | "readers" | "leaks">>;

function byName<T extends { readonly name: string }>(kind: string, items: readonly T[]): (name: string) => T {
  const known = new Map(items.map((item) => [item.name, item]));
  if (known.size < items.length) throw new InternalError("report-section", `report: expected each ${kind} once, got ${items.map(({ name }) => name).join(", ")}. Rename one.`);
  return (name) => {
    const item = known.get(name);
    if (item === undefined) throw new InternalError("report-section", `report: expected a ${kind} of a section, got "${name}". Return it from the section's ${kind}s.`);
    return item;
  };
}

/** Every table of the report, in order. */
export function reportTables(results: StudyResults): ReportTable[] {
  return sections.flatMap(({ tables }) => [...(tables?.(results) ?? [])]);
}

/**
 * Makes the report. Nothing in it is computed here but the layout: every number stands in `results`.
 */
export async function makeReport(results: StudyResults, { examples, failures = [], elsewhere = [], readers = [], leaks = [] }: ReportPictures): Promise<Report> {
  const tables = reportTables(results);
  const figures = await Promise.all(sections.flatMap(({ figures: own }) => [...(own?.(results) ?? [])]).map(async (figure) => ({ ...figure, svg: await drawSvg(figure) })));
  const [tableNamed, figureNamed] = [byName("table", tables), byName("figure", figures)];
  const run: ReportRun = {
    examples,
    failures,
    elsewhere,
    leaks,
    readers,
    table: (name) => htmlTable(tableNamed(name)),
    figure: (name) => placeSvg(figureNamed(name).svg, figureNamed(name)),
  };
  const shown = sections.flatMap((section) => {
    const body = section.render(results, run);
    return body === undefined ? [] : [{ ...section, body }];
  });
  const warnings = sections.flatMap(({ id, warn }) => {
    const body = warn?.(results);
    return body === undefined ? [] : [html`<div class="notice"><div>${body} <a href="#${id}">More</a></div></div>`];
  });
  const { study, data, software, cells } = results;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"><title>${study.title}</title><style>${new Html(style)}</style></head><body>
<header><h1>${study.title}</h1>
${study.question !== undefined && html`<p class="question">${study.question}</p>`}
<p class="soft">${counted(data.cases, "image")} · ${data.labels.join(", ")} · ${counted(cells.length, "cell")} · made with Osteon ${software.osteon}${study.reference !== undefined && html` · repeats ${study.reference}`}. For research. Not a medical device; not for diagnosis or treatment.</p>
${warnings}
<nav>${shown.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}</nav></header>
<main>${shown.map(({ id, title, body }) => html`<section id="${id}"><h2>${title}</h2>
${body}</section>
`)}</main></body></html>
`;
  return { page: page.text, sections: shown.map(({ id }) => id), tables, figures };
}

/** The report's page alone. */
export async function renderReport(results: StudyResults, pictures: ReportPictures): Promise<string> {
  return (await makeReport(results, pictures)).page;
}
