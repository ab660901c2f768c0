import { criteria, criterionNames, measures, type AuditFigure, type CriterionName, type CriterionResult, type MeasureName } from "../../explain/index.js";
import type { StoredAudit } from "../audit/contract.js";
import { isEstimate } from "../results.js";
import { decimal, estimateCell, pValue, table } from "./format.js";
import { html, type Html } from "./html.js";

const marks = { yes: "✓", no: "✗", "not shown": "?", "not tested": "–" } as const;
const classes = { yes: "right", no: "wrong", "not shown": "soft", "not tested": "none" } as const;

/** A verdict in a word, with its sign and, below it, the figure. */
function verdictCell({ verdict, reason, figure }: CriterionResult): Html {
  return html`<td class="${classes[verdict]}" title="${reason}">${marks[verdict]} ${verdict}${figure !== undefined && isEstimate(figure) && html`<small>${decimal(figure.estimate, 2)} (${decimal(figure.lower, 2)} to ${decimal(figure.upper, 2)})</small>`}</td>`;
}

/** Methods by criteria: green and red, a sign, and a word, so that color is not needed. */
export function verdictTable({ methods, level, cases, casesWithRegion }: StoredAudit): Html {
  return table(
    ["Method", ...criterionNames.map((name) => html`<span title="${criteria[name].question}">${criteria[name].title}</span>`)],
    methods.map(({ title, criteria: results, emptyMaps }) => html`<tr><td class="name">${title}${emptyMaps > 0 && html`<small>${emptyMaps} of ${cases} maps empty</small>`}</td>${criterionNames.map((name) => verdictCell(results[name]))}</tr>`),
    `${cases} cases, ${casesWithRegion} with a known region; ${Math.round(level * 100)} % bootstrap intervals by case or patient. Localizes: area under the precision-recall curve against the region. Faithful: insertion less deletion. The others: rank correlation of maps; for the weights, low is right. "Not shown" means that these cases do not decide it.`,
  );
}

/** The sentences behind the verdicts. */
export function reasonsList({ methods, refused }: StoredAudit): Html {
  return html`${refused.length > 0 && html`<p class="soft">Not audited: ${refused.map(({ reason }) => reason).join(" ")}</p>`}<details><summary>Reasons, method by method</summary>${methods.map(({ title, criteria: results }) => html`<h3>${title}</h3><ul>${criterionNames.map((name) => html`<li><b>${criteria[name].title}: ${results[name].verdict}.</b> ${results[name].reason}${againstText(results[name])}</li>`)}</ul>`)}</details>`;
}

function againstText({ against }: CriterionResult): string {
  if (against?.p === undefined || !isEstimate(against.difference)) return "";
  const { difference, p, pAdjusted, what } = against;
  return ` Difference from ${what}: ${decimal(difference.estimate)} (${decimal(difference.lower)} to ${decimal(difference.upper)}), exchange test p ${pValue(p)}${pAdjusted === undefined ? "" : `, Holm-adjusted p ${pValue(pAdjusted)}`}.`;
}

/** What is asked, by which rule, and why. */
export function rulesList(): Html {
  const rows = criterionNames.map((name: CriterionName) => html`<li><b>${criteria[name].title}.</b> ${criteria[name].question} <i>Rule:</i> ${criteria[name].rule} <i>Why:</i> ${criteria[name].argument}</li>`);
  return html`<details><summary>What each verdict asks, and its threshold</summary><ul>${rows}</ul></details>`;
}

/** Maps that never asked the network, and further readings of all methods. */
export function readingsTable({ methods, references }: StoredAudit): Html {
  const names = [...new Set(methods.flatMap((method) => Object.keys(method.measures)))] as MeasureName[];
  const cell = (figure: AuditFigure | undefined): Html => estimateCell(figure);
  const none = html`<td class="none">–</td>`;
  const columns = ["average-precision", "relevance-mass"] as const;
  const rest = names.filter((name) => !(columns as readonly string[]).includes(name));
  return html`<details><summary>All readings, and maps that never asked the network</summary>${table(
    ["Map", "AUPRC", "Relevance mass", "Insertion less deletion", ...rest.map((name) => measures[name].title)],
    [
      ...methods.map((method) => html`<tr><td class="name">${method.title}</td>${columns.map((name) => cell(method.measures[name]))}${cell(method.criteria.faithfulness.figure)}${rest.map((name) => cell(method.measures[name]))}</tr>`),
      ...references.map((one) => html`<tr><td class="name"><i>${one.title}</i></td>${cell(one.averagePrecision)}${cell(one.relevanceMass)}${cell(one.contrast)}${rest.map(() => none)}</tr>`),
    ],
    "Means over the cases. The last three rows are drawn from the image alone, or from nothing: what a map of the network has to do better than.",
  )}</details>`;
}
