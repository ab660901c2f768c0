import { architectures } from "./architectures/index.js";
import type { Architecture } from "./architectures/contract.js";
import { weightsSources } from "./pull/sources.js";
import type { WeightsSource } from "./pull/sources.js";
import { weightsFormats } from "./weights/index.js";

/** 3504872 -> "3,504,872". */
const grouped = (n: number): string => n.toLocaleString("en-US");

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");
}

function networkRow([name, facts]: [string, Architecture]): string[] {
  return [
    `\`${name}\``,
    facts.summary,
    grouped(facts.params),
    grouped(facts.multiplyAdds),
    String(facts.publishedClasses),
    `${facts.inputSize} (${facts.minInputSize})`,
    `\`${facts.camLayer}\``,
    String(facts.dropout),
    String(facts.stochasticDepth ?? 0),
    `[${facts.reference.year}](#papers)`,
    facts.tiny ? "" : facts.license,
  ];
}

/** "224 of 256": the central square of the scaled image. */
function expectation({ preprocessing: { size, shortSide, mean, std }, interpolation }: WeightsSource): string {
  return `${size} of ${shortSide ?? size}, ${interpolation}; ${mean.join(" ")}; ${std.join(" ")}`;
}

function sourceRow([name, source]: [string, WeightsSource]): string[] {
  const { url, bytes, sha256, accuracy, license, note } = source;
  const checksum = sha256 === undefined ? "not stated" : `\`${sha256}\``;
  return [`\`${name}\``, source.name, `[${url.split("/").at(-1)}](${url})`, bytes === undefined ? "" : grouped(bytes), checksum, `${accuracy} %`, expectation(source), license, note];
}

/** The reference page of the networks, their published weights and the formats of weights, from the facts on the shelves. */
export function describeArchitectures(): string {
  const networks = Object.entries(architectures);
  const references = new Map(networks.map(([, { reference }]) => [reference.id, reference]));
  const sources = Object.entries(weightsSources).flatMap(([name, list]) => list.map((source): [string, WeightsSource] => [name, source]));
  const formats = Object.values(weightsFormats);
  return `# Networks

<!-- Made from the facts in src/models by describeArchitectures(); do not edit. -->

Definitions and parameter names are torchvision's. Multiply-adds count convolutions and linear layers for one image at the
input size; parameters are the learnable ones, with the number of classes in the table. The smallest input is in brackets.

${table(["name", "what", "parameters", "multiply-adds", "classes", "input, px", "Grad-CAM layer", "dropout", "stochastic depth", "paper", "licence of the weights"], networks.map(networkRow))}

## Papers

${[...references.values()].map(({ authors, title, year, id }) => `- ${authors} (${year}). ${title}. ${id}`).join("\n")}

## Published weights

Fetched by \`osteon weights pull NAME\`, checked by as many digits of the SHA-256 as are known: torchvision states the first
eight, in the file name. All expect RGB in [0, 1]: the short side scaled, the central square cut out, then a mean
subtracted and a deviation divided by, per channel. Top-1 is the published accuracy on ImageNet.

${table(["network", "recipe", "file", "bytes", "SHA-256", "top-1", "square of short side, px; mean; deviation", "licence", "note"], sources.map(sourceRow))}

## Formats of weights

${table(["format", "endings", "what"], formats.map(({ title, extensions, summary, reference }) => [`[${title}](${reference})`, extensions.join(" "), summary]))}
`;
}
