import { leakKinds } from "../../../data/index.js";
import type { LeakPairResult, LeakResults } from "../../leaks/contract.js";
import type { PairPicture } from "../../leaks/pair-pictures.js";
import type { ReportCell, ReportTable } from "../contract.js";
import { html, type Html } from "../html.js";
import { counted } from "../methods-text.js";

// What a study's report and the audit of a data set say alike.

export const pairHead = ["Case", "Other case", "What they share", "Class", "Other class", "Agreement of detail"];

export function pairRow({ a, b, kind, labels, detail, isMirrored }: LeakPairResult): ReportCell[] {
  return [a, b, `${leakKinds[kind]}${isMirrored === true ? ", mirrored" : ""}`, labels[0], labels[1], detail];
}

export function pairTable(pairs: readonly LeakPairResult[]): ReportTable {
  return { name: "leaks", title: "Cases that belong together", names: 2, head: pairHead, rows: pairs.map(pairRow) };
}

export function sayCompared({ cases, compared, threshold }: LeakResults): string {
  return `All ${cases} images were compared with one another: ${compared} pairs that look alike were laid over one another, whether re-encoded, resized, cut by a tenth, mirrored, framed or of another contrast, and counted as one exposure where their detail agrees by ${threshold.toFixed(3)} or more. Patients' names, file names and DICOM identifiers were compared as well.`;
}

export function sayPairs({ pairs }: Pick<LeakResults, "pairs">): string {
  return `${counted(pairs.length, "pair of cases seems", "pairs of cases seem")} to belong together though the table does not say so`;
}

/** Pairs side by side, as they are. */
export function pairFigures(pictures: readonly PairPicture[]): Html | false {
  return pictures.length > 0 && html`<div class="case">${pictures.map(({ a, b, kind, images, detail }) => html`<figure class="pair"><img src="${images[0]}" alt="${a}"><img src="${images[1]}" alt="${b}"><figcaption>${a}<br>${b}<br>${leakKinds[kind]}${detail !== undefined && `, detail ${detail.toFixed(3)}`}</figcaption></figure>`)}</div>`;
}

export function saySigns({ signs }: LeakResults): Html[] {
  return signs.map(({ message, byLabel }) => html`<p>${message} By class: ${Object.entries(byLabel).map(([label, count]) => `${label} ${count}`).join(", ")}.</p>`);
}
