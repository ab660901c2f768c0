import type { ReportTable } from "../report/contract.js";
import { testName } from "../report/format.js";
import { html, Html } from "../report/html.js";
import { style } from "../report/style.js";
import { htmlTable } from "../report/tables/html-table.js";
import type { RunComparison } from "./compare-runs.js";

/** The comparison as a table: a row per pair of cells and measure. */
export function comparisonTable({ pairs, a, b, level }: RunComparison): ReportTable {
  return {
    name: "comparison",
    title: `${a.run} against ${b.run}`,
    names: 2,
    head: [`A: ${a.run}`, `B: ${b.run}`, "Measure", "A", "B", "A − B", "p", "p adjusted", "Test"],
    rows: pairs.flatMap((pair) =>
      pair.measures.map((one, i) => [
        i === 0 ? pair.a : "",
        i === 0 ? pair.b : "",
        one.label === undefined ? one.measure : `${one.measure} of ${one.label}`,
        one.a,
        one.b,
        one.difference,
        one.p === undefined ? undefined : { p: one.p },
        one.pAdjusted === undefined ? undefined : { p: one.pAdjusted },
        testName(one.test),
      ]),
    ),
    note: `With ${Math.round(level * 100)} % intervals, on the same cases. Two-sided p, adjusted for the ${pairs.length === 1 ? "classes" : `${pairs.length} pairs of cells and their classes`} of each measure by Holm's method.`,
  };
}

/** "84 decisions of 42 patients (seeds 1, 2); 3 right only with A, 8 only with B". */
export function pairText({ decisions, patients, seeds, onlyA, onlyB }: RunComparison["pairs"][number]): string {
  const told = seeds.map(([x, y]) => (x === y ? String(x) : `${x} against ${y}`));
  return `${decisions} decisions on ${patients} patients or cases (seed${seeds.length === 1 ? "" : "s"} ${told.join(", ")}); ${onlyA} right only with A, ${onlyB} only with B`;
}

/** The comparison as one HTML file that needs no network. */
export function comparisonPage(comparison: RunComparison): string {
  const { a, b, pairs, warnings, cases } = comparison;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${a.run} against ${b.run}</title><style>${new Html(style)}</style></head><body>
<header><h1>${a.run} against ${b.run}</h1><p class="soft">${cases.shared} shared cases · made with Osteon ${a.osteon}${a.osteon !== b.osteon && html` and ${b.osteon}`}</p><p class="soft">For research. Not a medical device; not for diagnosis or treatment.</p>
${warnings.map((warning) => html`<div class="notice"><p>${warning}</p></div>`)}</header>
<main><section id="comparison"><h2>On the same cases</h2>${htmlTable(comparisonTable(comparison))}
<ul>${pairs.map((pair) => html`<li>${pair.a}${pair.a !== pair.b && html` against ${pair.b}`}: ${pairText(pair)}.</li>`)}</ul></section></main></body></html>
`.text;
}
