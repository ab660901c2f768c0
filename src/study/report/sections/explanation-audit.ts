import { criteria, criterionNames } from "../../../explain/index.js";
import type { CellAudit, StoredAudit } from "../../audit/contract.js";
import type { StudyResults } from "../../results.js";
import { readingsTable, reasonsList, rulesList, verdictTable } from "../audit-table.js";
import type { ReportSection, ReportTable } from "../contract.js";
import { decimal } from "../format.js";
import { html } from "../html.js";
import { caseFigures } from "./examples.js";

const audited = ({ explanationAudit }: StudyResults): (StoredAudit & { readonly cell: string })[] => (explanationAudit?.audits ?? []).filter((one): one is StoredAudit & { readonly cell: string } => !("notAudited" in one));
const left = ({ explanationAudit }: StudyResults): Extract<CellAudit, { notAudited: string }>[] => (explanationAudit?.audits ?? []).filter((one): one is Extract<CellAudit, { notAudited: string }> => "notAudited" in one);

function elsewhereTable({ explanationAudit, level: _ }: StudyResults): ReportTable {
  const { counts, cases } = explanationAudit!.elsewhere;
  return {
    name: "right-but-elsewhere",
    title: "Right, but looking elsewhere",
    head: ["Network / regime", "Right, region known", "of them looking elsewhere", "Clearest case", "Map inside region", "An even map would have"],
    rows: counts.map(({ cell, right, elsewhere }) => {
      const first = cases.find((one) => one.cell === cell);
      return [cell, right, elsewhere, first?.case, first?.relevance, first?.regionShare];
    }),
    note: "Test cases of the first seed that were named right while less of the heat map lay on the region than an even map would have there.",
  };
}

function auditTable(audits: ReturnType<typeof audited>): ReportTable {
  return {
    name: "explanation-audit",
    title: "Audit of the explanations",
    head: ["Network / regime", "Method", ...criterionNames.map((name) => criteria[name].title)],
    names: 2,
    rows: audits.flatMap(({ cell, methods }) => methods.map(({ title, criteria: results }) => [cell, title, ...criterionNames.map((name) => results[name].verdict)])),
    note: "Yes: shown; no: the contrary is shown; not shown: these cases do not decide it; not tested: what it takes was not given.",
  };
}

/** Where networks look, and what maps of them are worth. */
export const explanationAuditSection: ReportSection = {
  id: "explanationAudit",
  title: "Can the maps be trusted?",
  tables: (results) => [
    ...(results.explanationAudit ? [elsewhereTable(results)] : []),
    ...(audited(results).length > 0 ? [auditTable(audited(results))] : []),
  ],
  render: (results, run) => {
    if (results.explanationAudit === undefined) return undefined;
    const { cases } = results.explanationAudit.elsewhere;
    const audits = audited(results);
    return html`${cases.length > 0 && html`<h3>Right, but looking elsewhere</h3><p>These come first: the networks are right on them, and less of their heat maps lies on the region than an even map would have there. The clearest: ${cases[0]!.case}, ${cases[0]!.cell}, ${decimal(cases[0]!.relevance, 2)} of the map on a region that covers ${decimal(cases[0]!.regionShare, 2)} of the image.</p>${run.elsewhere.map(caseFigures)}`}
${run.table("right-but-elsewhere")}
${audits.map((one) => html`<h3>${one.cell}</h3>${verdictTable(one)}${reasonsList(one)}${readingsTable(one)}`)}
${left(results).map(({ cell, notAudited }) => html`<p class="soft">${cell} was not audited: ${notAudited}</p>`)}
${audits.length > 0 ? rulesList() : html`<p class="soft">The maps themselves were not audited: set <code>audit: true</code> in the recipe, or run <code>osteon explain audit</code> on a model.</p>`}`;
  },
};
