import type { Library, Measure, Part, Property } from "./contract.js";
import { measures } from "./index.js";

const properties: Readonly<Record<Property, { readonly title: string; readonly asks: string }>> = {
  localization: { title: "Localization", asks: "Does the map lie where the finding is known to be?" },
  faithfulness: { title: "Faithfulness", asks: "Does what the map marks carry the decision?" },
  robustness: { title: "Robustness", asks: "Is the map the same for an image that hardly differs?" },
  randomization: { title: "Randomization", asks: "Does the map change with the weights and the class?" },
  complexity: { title: "Complexity", asks: "How much of the image does the map mark?" },
  axiom: { title: "Axioms", asks: "Does the map keep what its kind promises?" },
  reproducibility: { title: "Reproducibility", asks: "Do networks trained again, or built otherwise, have the same map?" },
};

const libraries: readonly Library[] = ["pytorch-grad-cam", "Captum", "Xplique", "Quantus"];

const parts: Readonly<Record<Part, string>> = {
  region: "region",
  model: "network",
  method: "method, asked again",
  cohort: "other cases",
  peers: "other networks",
};

const bound = (value: number): string => (value === Infinity ? "∞" : value === -Infinity ? "−∞" : String(value).replace("-", "−"));

function rowOf(name: string, { title, direction, range, needs, passes, elsewhere }: Measure): string {
  const asked = needs.length === 0 ? "the map alone" : needs.map((part) => parts[part]).join(", ");
  const cells = [`[\`${name}\`](#${name})`, title, direction, `${bound(range[0])} to ${bound(range[1])}`, asked, passes, ...libraries.map((library) => (elsewhere.includes(library) ? "yes" : "–"))];
  return `| ${cells.join(" | ")} |`;
}

function detailOf(name: string, { title, summary, formula, applies, reads, reference }: Measure): string {
  const reading = { positive: "Positive values; negative evidence counts as none.", size: "Sizes; signs are left out.", signed: "Values with their signs." }[reads];
  return `### \`${name}\`\n\n**${title}.** ${summary}\n\n- Formula: ${formula}.\n- Reads: ${reading}\n- Applies to: ${applies}\n- Reference: ${reference}.\n`;
}

/** The page docs/reference/quality.md, made from the facts. */
export function renderQualityPage(): string {
  const entries = Object.entries(measures as Readonly<Record<string, Measure>>);
  const sections = (Object.keys(properties) as Property[]).map((property) => {
    const own = entries.filter(([, measure]) => measure.property === property);
    const head = `| measure | title | better | range | needs beside the map | passes per map | ${libraries.join(" | ")} |\n| --- | --- | --- | --- | --- | --- |${" --- |".repeat(libraries.length)}`;
    return `## ${properties[property].title}\n\n${properties[property].asks}\n\n${head}\n${own.map(([name, measure]) => rowOf(name, measure)).join("\n")}\n\n${own.map(([name, measure]) => detailOf(name, measure)).join("\n")}`;
  });
  return `# Quality measures

Made by \`node scripts/docs-quality.mjs\` from the facts in \`src/explain/quality\`; do not edit.

${entries.length} measures of what a heat map is worth, read by \`measureQuality\` and by \`osteon explain audit\`. The last four columns say which other
library has the measure (pytorch-grad-cam 1.5, Captum 0.8, Xplique's main branch and Quantus 0.6, as read in their sources; settings and
conventions differ). Maps are brought to the image's extent bilinearly; ties are broken at random by the seed; a map without evidence is
not estimable and is counted, never given a number.

${sections.join("\n")}`;
}
