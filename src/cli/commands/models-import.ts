import path from "node:path";
import { InputError, seededRandom } from "../../base/index.js";
import { countParameters, loadWeights, openClassifier } from "../../models/index.js";
import { trialStep } from "../../train/index.js";
import type { Command } from "../contract.js";
import { readCount } from "../data-options.js";

export const modelsImport: Command = {
  description:
    "Finds the image input, the classifier and the weights of a network exported from PyTorch, Keras or timm, gives it a new classifier and takes one training step. " +
    "What prevents training is named. Studies then take the file by --import NAME=FILE.onnx, with NAME among the recipe's networks.",
  arguments: [{ name: "<file>", description: "ONNX file, float32, any operator set from 7 on" }],
  options: [
    { flags: "--classes <n>", description: "classes of the new classifier (default: 2)" },
    { flags: "--size <pixels>", description: "side of the images, where the file leaves it open (default: 224)" },
    { flags: "--output <name>", description: "output of the classifier, where the file has several" },
  ],
  examples: ["osteon models import squeezenet.onnx --classes 3", "osteon models import network.onnx --size 256 --output scores --json"],
  async run(context, [file], options) {
    if (file === undefined) throw new InputError("model-needed", "models import: expected an ONNX file, got none. Name one.");
    const size = readCount(options["size"], "--size", 16);
    const opened = await openClassifier(path.resolve(context.folder, file), {
      classes: readCount(options["classes"], "--classes", 2) ?? 2,
      ...(size !== undefined && { inputSize: size }),
      ...(typeof options["output"] === "string" && { output: options["output"] }),
    });
    const { network, tensors, notes, producer, opset } = opened;
    const { weights } = loadWeights(network, tensors, { head: "replace", random: seededRandom("models import") });
    const { loss, changed, unchanged } = await trialStep(network, weights);
    const facts = {
      name: network.architecture,
      producer,
      opset,
      image: `RGB, ${network.inputSize} x ${network.inputSize}`,
      parameters: countParameters(network),
      stages: network.stages.map(({ name }) => name),
      explained: `${network.camLayer} [${network.graph.values.get(network.camLayer)!.shape.join(", ")}]`,
      head: network.headParameters,
      notes,
      trial: { loss, changed: changed.length, unchanged },
    };
    if (options["json"] === true) return context.out(JSON.stringify(facts, null, 2));
    const lines = [
      ["network", facts.name],
      ["made by", `${producer || "unknown"}, operator set ${opset}`],
      ["image", facts.image],
      ["parameters", facts.parameters.toLocaleString("en-US")],
      ["stages", `${facts.stages.length}; fine-tuning of the last n counts from the end`],
      ["explained at", facts.explained],
      ["new head", facts.head.join(", ")],
      ["one step", `trained: the loss was ${loss.toFixed(3)}, ${changed.length} of ${changed.length + unchanged.length} parameters moved`],
    ];
    context.out(lines.map(([key, value]) => `${key!.padEnd(13)}${value}`).join("\n"));
    for (const note of notes) context.out(`note: ${note}`);
    if (unchanged.length > 0) context.out(`note: not reached by the gradient of this step: ${unchanged.slice(0, 5).join(", ")}${unchanged.length > 5 ? ` and ${unchanged.length - 5} more` : ""}`);
  },
};
