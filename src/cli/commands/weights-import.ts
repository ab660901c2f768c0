import path from "node:path";
import { InputError, unknownName } from "../../base/index.js";
import { sha256OfFile, writeFileAtomic } from "../../files/index.js";
import { bindConstants, encodeModel, opsetOf } from "../../graph/index.js";
import { architectures, importWeights, isArchitectureName, readWeights, writeSafetensors, type ImportedWeights, weightsMetadataKey } from "../../models/index.js";
import type { Command } from "../contract.js";
import { readGrey } from "../grey-option.js";

/** Writes the weights in the form that the name asks for. */
async function write(file: string, { network, weights, classes }: ImportedWeights, metadata: Readonly<Record<string, string>>): Promise<void> {
  if (file.endsWith(".safetensors")) return writeSafetensors(file, weights, metadata);
  if (!file.endsWith(".onnx")) throw new InputError("weights-format", `--out: expected a name that ends in .safetensors or .onnx, got "${path.basename(file)}". Change the ending.`);
  if (classes === undefined) throw new InputError("weights-format", `--out: expected .safetensors for weights without classifier, got "${path.basename(file)}". A network in ONNX needs all of its weights.`);
  const { graph } = bindConstants(network.graph, weights);
  await writeFileAtomic(file, [encodeModel({ graph, opsets: opsetOf(graph), producer: "osteon", metadata })]);
}

export const weightsImport: Command = {
  description:
    "Takes PyTorch, safetensors, Keras and ONNX files. Names and layouts of Keras are translated; whatever is missing, left over or of another shape is listed. " +
    "With --out, the weights are written under the network's own names: as .safetensors, or as .onnx with the network around them.",
  arguments: [{ name: "<file>", description: ".safetensors, .pth, .pt, .bin, .h5, .keras or .onnx" }],
  options: [
    { flags: "--network <name>", description: "network that the weights are for" },
    { flags: "--out <file>", description: "file to write, .safetensors or .onnx; without it the file is only checked" },
    { flags: "--grey <how>", description: "for images of one channel: sum or mean of the first convolution's three, or repeat the image and change no weight", default: "repeat", choices: ["sum", "mean", "repeat"] },
  ],
  examples: ["osteon weights import resnet50.h5 --network resnet50 --out resnet50.safetensors", "osteon weights import vgg16.pth --network vgg16"],
  async run(context, [name], options) {
    const network = options["network"];
    if (typeof network !== "string") throw new InputError("network-needed", `weights import: expected --network, got none. Known: ${Object.keys(architectures).join(", ")}.`);
    if (!isArchitectureName(network)) throw unknownName("network", network, Object.keys(architectures));
    const file = path.resolve(context.folder, name!);
    const grey = readGrey(options["grey"]);
    const imported = importWeights(network, await readWeights(file), grey === "repeat" ? {} : { grey });
    const { classes, report, normalization } = imported;
    const sha256 = await sha256OfFile(file);
    const description = { architecture: network, ...(classes !== undefined && { classes }), grey, source: { file: path.basename(file), sha256 }, ...(normalization && { normalization: { mean: normalization.mean, std: normalization.std } }), changes: report.changes };
    const out = typeof options["out"] === "string" ? path.resolve(context.folder, options["out"]) : undefined;
    if (out !== undefined) await write(out, imported, { format: "pt", [weightsMetadataKey]: JSON.stringify(description) });
    if (options["json"] === true) return context.out(JSON.stringify({ ...description, loaded: report.loaded.length, ignored: report.ignored, ...(out !== undefined && { out }) }, null, 2));
    context.out(`${path.basename(file)}: ${report.loaded.length} tensors fit ${network}${classes === undefined ? ", which has no classifier in this file" : `, ${classes} classes`}${out === undefined ? "" : `; written to ${out}`}`);
    for (const change of report.changes) context.note(change);
  },
};
