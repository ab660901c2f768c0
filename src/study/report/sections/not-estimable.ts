import type { ReportSection } from "../contract.js";
import { html } from "../html.js";

export const notEstimableSection: ReportSection = {
  id: "not-estimable",
  title: "What could not be estimated",
  tables: ({ notEstimable }) =>
    notEstimable.length === 0 ? [] : [{ name: "not-estimable", title: "What could not be estimated", head: ["Figure", "Reason"], names: 0, rows: notEstimable.map(({ what, reason }) => [what, reason]) }],
  render: ({ notEstimable }, run) => (notEstimable.length === 0 ? html`<p>Every figure of this report could be estimated.</p>` : run.table("not-estimable")),
};
