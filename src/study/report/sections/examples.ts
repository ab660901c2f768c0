import type { ReportSection } from "../contract.js";
import { decimal } from "../format.js";
import type { ExampleCase } from "../../results.js";
import { explanationTitles } from "../../explanation-methods.js";
import { html, type Html } from "../html.js";

/** A case: the image, the known region, and every cell's map over it. */
export function caseFigures(example: ExampleCase): Html {
  return html`<h3>${example.case} · ${example.label}</h3><div class="case"><figure><img src="${example.image}" alt="radiograph"><figcaption>radiograph</figcaption></figure>${example.regionImage !== undefined && html`<figure><img src="${example.regionImage}" alt="known region"><figcaption>known region</figcaption></figure>`}${example.cells.map((cell) => html`<figure>${cell.overlay === undefined ? html`<img src="${example.image}" alt="no map">` : html`<img src="${cell.overlay}" alt="heat map of ${cell.cell}">`}<figcaption><b>${cell.cell}</b><br><span class="${cell.correct ? "right" : "wrong"}">${cell.correct ? "✓" : "✗"} ${cell.predicted} ${decimal(cell.probability, 2)}</span>${cell.relevance !== undefined && html`<br>inside region ${decimal(cell.relevance, 2)}`}${cell.overlay === undefined && html`<br>map is zero everywhere`}${cell.title !== undefined && html`<br>${cell.title}`}</figcaption></figure>${(cell.beside ?? []).map((map) => html`<figure><img src="${map.overlay ?? example.image}" alt="${map.title} of ${cell.cell}"><figcaption>${map.title}${map.overlay === undefined && html`<br>not for this network`}</figcaption></figure>`)}`)}</div>`;
}

/** Heat maps of the same case side by side between networks, correct and wrong. */
export const examplesSection: ReportSection = {
  id: "maps",
  title: "Heat maps",
  render: ({ recipe }, { examples }) => examples.length === 0 ? undefined : html`<p class="soft">${explanationTitles(recipe)} of the class each network predicted, on test cases, as the network sees them. Cases on which the networks disagree come first. Red is where the evidence is strongest, blue in maps with a sign where it speaks against the class; each map is scaled to its own maximum.</p>
${examples.map(caseFigures)}`,
};
