import { isEstimate, type StudyResults } from "../../results.js";
import { findings, isAudited, noticeable, urgentFindings, type MapOnMarks, type ShortcutResults } from "../../shortcuts/results.js";
import type { ReportFigure, ReportSection, ReportTable } from "../contract.js";
import { html, type Html } from "../html.js";

const kindTitles: Readonly<Record<MapOnMarks["kind"], string>> = { marker: "markers and letters", line: "drawn lines", margin: "margins and borders" };

/** Every probe with its figure, the test and what differs. */
export function probeTable({ probes, level }: ShortcutResults, labels: readonly string[]): ReportTable {
  const percent = Math.round(100 * level);
  return {
    name: "shortcuts",
    title: "Can the label be told from what is not anatomy?",
    head: ["From this alone", "AUC", "p", "p, all probes together", "Label predicted", "What differs most"],
    rows: probes.map(({ title, auc, pValue, pAdjusted, found, details }) => [
      title,
      auc,
      { p: pValue },
      { p: pAdjusted },
      found ? "yes" : "no",
      details.slice(0, 2).map(({ title: what, byLabel }) => `${what}: ${labels.filter((label) => label in byLabel).map((label) => `${label} ${byLabel[label]}`).join(", ")}`).join("; "),
    ]),
    note: `Cross-validated by patients with a ridge regression of its own for each row, ${percent} % intervals (DeLong for two labels, bootstrap for more). p by repeating all of it for exchanged labels; "all probes together" is adjusted so that at most ${100 - percent} of 100 data sets without any shortcut show one. An AUC of chance lies a little below 0.5 in cross-validation, so that an interval may hold 0.5 where p is small.`,
  };
}

function marksTable({ maps = [] }: ShortcutResults): ReportTable[] {
  if (maps.length === 0) return [];
  return [
    {
      name: "maps-on-marks",
      title: "How much of the heat maps lies on what is not the patient",
      head: ["Network / regime", "Lies on", "Test cases with it", "Share of the map", "Share of an even map"],
      rows: maps.map(({ cell, kind, cases, share, evenShare }) => [cell, kindTitles[kind], cases, share, evenShare]),
      note: "Located by image processing: now and then a button is taken for a letter, and a letter on a busy background is missed. Margins are padding, collimated borders and the frame around a letterboxed image. A share far above the even map's says that the network looks there.",
    },
  ];
}

/** AUC of every probe with its interval. */
export function probeFigure({ probes }: ShortcutResults): ReportFigure {
  const values = probes.flatMap(({ title, auc, found }) => (isEstimate(auc) ? [{ title, estimate: auc.estimate, lower: auc.lower, upper: auc.upper, verdict: found ? "predicts the label" : "not beyond chance" }] : []));
  const y = { field: "title", type: "nominal" as const, sort: null, title: null, axis: { labelLimit: 300 } };
  const color = { field: "verdict", type: "nominal" as const, title: null, scale: { domain: ["predicts the label", "not beyond chance"], range: ["#D55E00", "#7b8794"] }, legend: { orient: "bottom" as const } };
  const scale = { domain: [0.2, 1], clamp: true };
  return {
    name: "shortcuts",
    title: "area under the ROC curve of each probe with its interval",
    drawing: {
      data: { values },
      width: 420,
      height: { step: 22 },
      layer: [
        { data: { values: [{ x: 0.5 }] }, mark: { type: "rule", strokeDash: [4, 4], color: "#9aa5b1" }, encoding: { x: { field: "x", type: "quantitative" } } },
        { mark: { type: "rule", strokeWidth: 2 }, encoding: { y, color, x: { field: "lower", type: "quantitative", scale, title: "AUC from this alone, cross-validated, with interval" }, x2: { field: "upper" } } },
        { mark: { type: "point", filled: true, size: 60, opacity: 1 }, encoding: { y, color, x: { field: "estimate", type: "quantitative" } } },
      ],
    },
  };
}

/** Which images carry something, by label. */
export function locatedText({ located }: ShortcutResults): Html {
  return html`<p>Located on the images: ${located.map(({ label, cases, markers, lines, margins }, i) => `${i > 0 ? "; " : ""}${label}: markers or letters on ${markers}, drawn lines on ${lines}, straight margins on ${margins} of ${cases}`)}.</p>`;
}

/** Findings in frames of their own; the others follow as a list. */
const boxed = 3;

/** What was found, in sentences with the remedy. */
export function findingsText(audit: ShortcutResults): Html {
  const found = findings(audit);
  if (found.length === 0) return html`<p>Nothing was found: none of ${audit.probes.length} properties beside the anatomy predicts the label beyond chance (${audit.cases} images, ${audit.permutations} exchanged labellings). What is small or was not asked about can still be there.</p>`;
  const [first, rest] = [found.slice(0, boxed), found.slice(boxed)];
  return html`${first.map(({ sentence, remedy, reach }) => html`<div class="${reach === "pixels" ? "notice" : "finding"}"><p><b>${sentence}</b></p><p>${remedy}</p></div>`)}
${rest.length > 0 && html`<ul>${rest.map(({ sentence, remedy }) => html`<li><p><b>${sentence}</b> ${remedy}</p></li>`)}</ul>`}`;
}

/** The best network against the best shortcut. */
function comparison({ cells }: StudyResults, audit: ShortcutResults): string {
  const areas = cells.flatMap(({ pooled }) => (isEstimate(pooled.macro.auc) ? [pooled.macro.auc.estimate] : []));
  const [first] = urgentFindings(audit);
  if (first === undefined || areas.length === 0 || !isEstimate(first.auc)) return "";
  const best = Math.max(...areas);
  const told = best < noticeable ? "" : best <= first.auc.estimate ? ", no more than this alone" : ": how much of that is anatomy, these images cannot tell";
  return ` The best network of this study has an AUC of ${best.toFixed(2)}${told}.`;
}

export const shortcutsSection: ReportSection = {
  id: "shortcuts",
  title: "Shortcuts",
  warn(results) {
    if (!isAudited(results.shortcuts)) return undefined;
    const [first, ...others] = urgentFindings(results.shortcuts);
    if (first === undefined) return undefined;
    const rest = others.map(({ title, auc }) => `${title.toLowerCase()}${isEstimate(auc) ? ` ${auc.estimate.toFixed(2)}` : ""}`);
    return html`<p><b>${first.sentence}</b>${comparison(results, results.shortcuts)}${rest.length > 0 && ` Also: ${rest.join(", ")}.`}</p><p>${first.remedy}</p>`;
  },
  tables: ({ shortcuts, data }) => (isAudited(shortcuts) ? [probeTable(shortcuts, data.labels), ...marksTable(shortcuts)] : []),
  figures: ({ shortcuts }) => (isAudited(shortcuts) ? [probeFigure(shortcuts)] : []),
  render({ shortcuts }, run) {
    if (shortcuts === undefined) return undefined;
    if (!isAudited(shortcuts)) return html`<p>Whether the label can be told from what is not anatomy could not be tested: ${shortcuts.notEstimable}.</p>`;
    return html`<p class="soft">Can the label be predicted from what is not anatomy? A network that finds such a shortcut need not look at the patient. ${shortcuts.cases < shortcuts.of && `${shortcuts.cases} of ${shortcuts.of} images were measured.`}</p>
${findingsText(shortcuts)}${run.figure("shortcuts")}${run.table("shortcuts")}${locatedText(shortcuts)}${(shortcuts.maps?.length ?? 0) > 0 && html`<h3>Do the networks look there?</h3>${run.table("maps-on-marks")}`}
${shortcuts.notProbed.length > 0 && html`<p class="soft">Not asked: ${shortcuts.notProbed.map(({ title, reason }) => `${title.toLowerCase()} (${reason})`).join("; ")}.</p>`}`;
  },
};
