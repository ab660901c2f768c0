import type { ReportSection } from "../contract.js";
import { html } from "../html.js";
import { methodsText } from "../methods-text.js";

export const methodsSection: ReportSection = {
  id: "methods",
  title: "Methods",
  render: (results) => html`${methodsText(results).map(({ topic, text }) => html`<p><b>${topic}.</b> ${text}</p>`)}`,
};
