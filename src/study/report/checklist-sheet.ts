import type { StudyResults } from "../results.js";
import { csvText } from "../../base/index.js";
import { checklists } from "./checklists/index.js";
import { evidenceOf, type Evidence, type EvidenceState, type RunContents } from "./checklists/evidence.js";
import { html, Html } from "./html.js";
import { style } from "./style.js";

const stateTitles: Readonly<Record<EvidenceState, string>> = { reported: "reported", "in part": "in part", "not done": "not done in this run", author: "only the author can supply" };

interface FilledItem extends Evidence {
  readonly number: string;
  readonly topic: string;
  readonly asks: string;
}

interface FilledChecklist {
  readonly name: string;
  readonly title: string;
  readonly reference: string;
  readonly items: readonly FilledItem[];
}

/** The checklists with what this run shows for every item. */
export function fillChecklists(results: StudyResults, contents: RunContents): FilledChecklist[] {
  const evidence = evidenceOf(results, contents);
  return checklists.map(({ name, title, reference, items }) => ({ name, title, reference, items: items.map(({ evidence: key, ...item }) => ({ ...item, ...evidence[key] })) }));
}

/** The filled checklists as a table for a spreadsheet. */
export function checklistCsv(filled: readonly FilledChecklist[]): string {
  return csvText([
    ["checklist", "item", "topic", "asks", "state", "note", "where"],
    ...filled.flatMap(({ name, items }) => items.map(({ number, topic, asks, state, note, links }) => [name, number, topic, asks, stateTitles[state], note, links.join(" ")])),
  ]);
}

const marks: Readonly<Record<EvidenceState, string>> = { reported: "✓", "in part": "◐", "not done": "✗", author: "✎" };

const sheetStyle = `
table.sheet { width: 100%; } .sheet td { min-width: 3rem; } .sheet td:nth-child(3) { max-width: 22rem; } .sheet td:last-child { overflow-wrap: anywhere; max-width: 14rem; }
@media (max-width: 34rem) { .sheet thead { display: none; } .sheet tr { display: block; border-bottom: 1px solid var(--line); padding: 0.4rem 0; } .sheet td, .sheet td:nth-child(3), .sheet td:last-child { display: block; border: 0; padding: 0.1rem 0.2rem; max-width: none; } .sheet td:nth-child(1), .sheet td:nth-child(2) { display: inline; font-weight: 600; } }
.state-reported { color: var(--good); } .state-part { color: var(--accent); } .state-not { color: var(--bad); font-weight: 600; }
`;

const stateClass: Readonly<Record<EvidenceState, string>> = { reported: "state-reported", "in part": "state-part", "not done": "state-not", author: "state-author" };

/** The filled checklists as one HTML file beside the report, whose places it links to. */
export function checklistPage(results: StudyResults, filled: readonly FilledChecklist[]): string {
  const count = ({ items }: FilledChecklist, state: EvidenceState): number => items.filter((item) => item.state === state).length;
  const states = Object.keys(stateTitles) as EvidenceState[];
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>Checklists: ${results.study.title}</title><style>${new Html(style + sheetStyle)}</style></head><body>
<header><h1>Checklists: ${results.study.title}</h1>
<p class="soft">What this run shows for every item of the reporting checklists, and what it cannot. Items are told in short words of our own; the published texts are the authority.</p>
<div class="scroll"><table><thead><tr><th>Checklist</th>${states.map((state) => html`<th>${marks[state]} ${stateTitles[state]}</th>`)}<th>items</th></tr></thead><tbody>${filled.map((one) => html`<tr><td class="name"><a href="#${one.name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}">${one.name}</a></td>${states.map((state) => html`<td class="number">${count(one, state)}</td>`)}<td class="number">${one.items.length}</td></tr>`)}</tbody></table></div>
<p><a href="report.html">Back to the report</a></p></header>
<main>${filled.map(({ name, title, reference, items }) => html`<section id="${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}"><h2>${name}</h2><p class="soft">${title}. ${reference}</p>
<div class="scroll"><table class="sheet"><thead><tr><th>Item</th><th>Topic</th><th>Asks for</th><th>State</th><th>What the run shows</th><th>Where</th></tr></thead><tbody>${items.map(({ number, topic, asks, state, note, links }) => html`<tr><td>${number}</td><td>${topic}</td><td>${asks}</td><td class="state ${stateClass[state]}">${marks[state]} ${stateTitles[state]}</td><td>${note}</td><td>${links.map((link, i) => html`${i > 0 && ", "}<a href="${link}">${link.replace("report.html#", "report: ")}</a>`)}</td></tr>`)}</tbody></table></div></section>`)}</main></body></html>
`.text;
}
