import { InputError, unknownName } from "../../base/index.js";
import { architectures, buildNetwork, isArchitectureName, outlineNetwork, weightsSources } from "../../models/index.js";
import type { ArchitectureName } from "../../models/index.js";
import type { Command, Context } from "../contract.js";
import { readCount } from "../data-options.js";
import { drawNetwork, shortCount } from "../draw-network.js";
import { textTable } from "../table.js";

/** The facts of a network; JSON leaves out the functions among them. */
function factsOf(name: ArchitectureName) {
  return { name, ...architectures[name], sources: (weightsSources[name] ?? []).map((source) => source.name) };
}

function list(context: Context, asJson: boolean): void {
  const all = (Object.keys(architectures) as ArchitectureName[]).map(factsOf);
  if (asJson) return context.out(JSON.stringify(all, null, 2));
  const rows = all.map(({ name, params, multiplyAdds, inputSize, sources, reference, tiny }) => [
    name,
    shortCount(params),
    shortCount(multiplyAdds),
    String(inputSize),
    tiny ? "none, for tests" : sources.join(", "),
    `${reference.authors.split(",")[0]} ${reference.year}`,
  ]);
  context.out(textTable(["network", "parameters", "multiply-adds", "input, px", "published weights", "paper"], rows));
}

export const models: Command = {
  arguments: [{ name: "[network]", description: "a network of the list" }],
  options: [
    { flags: "--classes <n>", description: "classes of the classifier (default: the published number)" },
    { flags: "--size <pixels>", description: "side of the images (default: the network's own)" },
  ],
  examples: ["osteon models", "osteon models densenet121", "osteon models efficientnet_v2_m --size 384 --json"],
  async run(context, [name], options) {
    const asJson = options["json"] === true;
    const inputSize = readCount(options["size"], "--size", 1);
    const classes = readCount(options["classes"], "--classes", 1);
    if (name === undefined) {
      if (inputSize !== undefined || classes !== undefined) throw new InputError("model-needed", "models: expected a network with --size and --classes, got none. Name one.");
      return list(context, asJson);
    }
    if (!isArchitectureName(name)) throw unknownName("network", name, Object.keys(architectures));
    const facts = factsOf(name);
    const network = buildNetwork(name, { classes: classes ?? facts.publishedClasses, ...(inputSize !== undefined && { inputSize }) });
    const stages = outlineNetwork(network);
    const totals = { parameters: stages.reduce((sum, stage) => sum + stage.parameters, 0), multiplyAdds: stages.reduce((sum, stage) => sum + stage.multiplyAdds, 0) };
    if (asJson) return context.out(JSON.stringify({ ...facts, inputSize: network.inputSize, classes: network.classes, ...totals, stages }, null, 2));
    const { title, summary, reference, camLayer, sources, license, dropout, stochasticDepth = 0 } = facts;
    const published = sources.length === 0 ? "none" : `${sources.join(", ")} (${license}); osteon weights pull ${name}`;
    const head = [
      `${title}. ${summary}`,
      `${totals.parameters.toLocaleString("en-US")} parameters, ${totals.multiplyAdds.toLocaleString("en-US")} multiply-adds for one image`,
      `${reference.authors} (${reference.year}). ${reference.title}. ${reference.id}`,
      `published weights: ${published}`,
      `explained at: ${camLayer}; dropout ${dropout}, stochastic depth up to ${stochasticDepth}`,
    ];
    context.out(`${head.join("\n")}\n\n${drawNetwork(stages, [3, network.inputSize, network.inputSize])}`);
  },
};
