import type { StudyResults } from "../../results.js";
import type { ReportSection } from "../contract.js";
import { table } from "../format.js";
import { html, type Html } from "../html.js";

/** Where the cases came from, which were left out and why, and how they fall into classes and folds. */
function renderData({ data, folds }: StudyResults): Html {
  const box = (n: number, what: string) => html`<div><b>${n}</b>${what}</div>`;
  const where = Object.entries(data.where).map(([key, value]) => `${key} = ${value}`).join(", ");
  const arrow = html`<span>→</span>`;
  const reasons = new Map<string, string[]>();
  for (const { file, reason } of data.setAside) reasons.set(reason, [...(reasons.get(reason) ?? []), file]);
  return html`<div class="flow">${box(data.found, "images listed")}${arrow}${where !== "" && [box(data.filteredOut, `left out by ${where}`), arrow]}${box(data.setAside.length, "set aside as unreadable")}${arrow}${box(data.cases, "analyzed")}${arrow}${data.labels.map((label) => box(data.classCounts[label] ?? 0, label))}</div>
<p>${data.patients === undefined
    ? "The table names no patients: every image was taken for a patient of its own. If a patient has several images, the figures below are too good."
    : `${data.patients} patients; all images of one patient are always on the same side of a split.`}
${data.casesWithRegion > 0 ? `A region of interest is known for ${data.casesWithRegion} cases.` : "No region of interest is given."}</p>
${reasons.size > 0 && table(["Set aside because", "Files"], [...reasons].map(([reason, files]) => html`<tr><td>${reason}</td><td>${files.join(", ")}</td></tr>`))}
${table(
  ["Seed", "Fold", "Training", "Early stopping", "Test", ...data.labels.map((label) => `${label} in test`)],
  folds.map(({ seed, fold, train, validation, test, testCounts }) => html`<tr><td class="number">${seed}</td><td class="number">${fold}</td><td class="number">${train}</td><td class="number">${validation}</td><td class="number">${test}</td>${data.labels.map((label) => html`<td class="number">${testCounts[label] ?? 0}</td>`)}</tr>`),
  "Every case is tested once per seed, by a network that has not seen it or its patient.",
)}`;
}

export const dataSection: ReportSection = { id: "data", title: "Data", render: renderData };
