import { architectures } from "../../models/index.js";
import { explanationMethodsOf } from "../explanation-methods.js";
import { headlineCell } from "../analysis/measure-study.js";
import { metricNames, type CellResult, type StudyResults } from "../results.js";
import { describeChain } from "../transfer-chain.js";
import { estimateText } from "./format.js";
import { limitsText } from "./limits-text.js";
import { methodsText } from "./methods-text.js";
import { metricTitles } from "./sections/performance.js";

/** Text that Markdown prints as it is. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|]/g, (character) => `\\${character}`).replace(/\s*\n\s*/g, " ");
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** Where the weights come from and under what licence, as far as it is known. */
function startOf({ network, startWeights: { source, sha256, chain }, start }: CellResult): string {
  if (source === "random") return "random numbers: no licence of others";
  const published = Object.hasOwn(architectures, network) ? architectures[network as keyof typeof architectures].license : undefined;
  const isPublished = start === undefined || start === "imagenet";
  const license = isPublished && published !== undefined ? `${published} for the published weights of ${network}, if these are they; the licence of the file itself is to be checked` : "the licence of the run or file they come from";
  return `${escapeMarkdown(source)}${chain && chain.length > 1 ? ` (${escapeMarkdown(describeChain(chain))})` : ""}, SHA-256 ${sha256 ?? "not told"}: ${license}`;
}

/** A card for whoever meets the trained networks of a run: what they are for, how they were judged and what they cannot do. */
export function modelCard(results: StudyResults): string {
  const { study, data, cells, level, software, recipe } = results;
  const percent = Math.round(level * 100);
  const best = headlineCell(cells);
  const head = ["Network / regime", "Accuracy", ...metricNames.map((name) => metricTitles[name]), ...(cells.some(({ relevance }) => relevance) ? ["Map inside region"] : [])];
  return `${[
    `# Model card: ${escapeMarkdown(study.title)}`,
    "",
    "Research only. Not a medical device; not for diagnosis or treatment.",
    "",
    "## Models",
    "",
    ...cells.map(({ id, parameters, folds }) => `- \`${id}\`: ${parameters.total.toLocaleString("en-US")} parameters, ${parameters.trained.toLocaleString("en-US")} trained; ${folds.length} trained networks${folds.some(({ model }) => model) ? ` below \`tasks/${id}/\`` : ", discarded after testing"}`),
    "",
    "## Intended use",
    "",
    `${study.question === undefined ? "No question is stated in the recipe." : `Made to answer: ${escapeMarkdown(study.question)}`} The networks tell apart ${escapeMarkdown(data.labels.join(", "))} on images of the kind they were trained on. Any other use, other images, other devices and any decision about a patient are out of scope.`,
    "",
    "## Data",
    "",
    ...methodsText(results).filter(({ topic }) => ["Data", "Split", "Images"].includes(topic)).flatMap(({ text }) => [escapeMarkdown(text), ""]),
    "Who the cases are stands in `tables/characteristics.csv`.",
    "",
    `## Performance (${percent} % intervals)`,
    "",
    row(head),
    row(head.map(() => "---")),
    ...cells.map((cell) => row([`\`${cell.id}\``, estimateText(cell.pooled.accuracy), ...metricNames.map((name) => estimateText(cell.pooled.macro[name])), ...(head.at(-1) === "Map inside region" ? [cell.relevance ? estimateText(cell.relevance) : "–"] : [])])),
    "",
    "Precision, sensitivity, specificity, F1 and AUC are means over the classes. Differences between networks stand with their paired tests in `tables/paired-tests.csv`.",
    ...(best?.calibration === undefined
      ? []
      : ["", `Calibration of \`${best.id}\`: ${Object.entries(best.calibration.perClass).map(([label, one]) => `${escapeMarkdown(label)}: slope ${estimateText(one.slope)}, intercept ${estimateText(one.intercept)}, expected error ${estimateText(one.expectedError)}`).join("; ")}. Probabilities were not recalibrated.`]),
    "",
    "## Explanation",
    "",
    `Every model file also puts out a heat map (${explanationMethodsOf(recipe).method}) of the class it predicts. ${data.casesWithRegion > 0 ? `Share of the map inside the known region: ${cells.map(({ id, relevance }) => `\`${id}\` ${relevance ? estimateText(relevance) : "not measured"}`).join("; ")}.` : "No region of interest was known, so the maps were not measured."}`,
    "",
    "## Limits",
    "",
    ...limitsText(results).map((text) => `- ${escapeMarkdown(text)}`),
    "",
    "## Start weights and licences",
    "",
    ...cells.map((cell) => `- \`${cell.id}\`: ${startOf(cell)}`),
    "",
    "Licence of the trained networks and of the images: for the author to state.",
    "",
    "## Origin",
    "",
    `Osteon ${software.osteon}, ${software.runtime}; recipe ${results.recipeSha256}; data ${data.sha256}.`,
  ].join("\n")}\n`;
}
