import type { ReportSection } from "../contract.js";
import { html } from "../html.js";
import { limitsText } from "../limits-text.js";

export const limitsSection: ReportSection = {
  id: "limits",
  title: "What these data cannot say",
  render: (results) => html`<ul>${limitsText(results).map((text) => html`<li>${text}</li>`)}</ul>`,
};
