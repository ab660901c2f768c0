import path from "node:path";
import { InputError } from "../../base/index.js";
import { architectures } from "../../models/index.js";
import { trainModel } from "../../study/index.js";
import type { Command } from "../contract.js";
import { dataOptions, readCount, readIdentity, readWhere } from "../data-options.js";
import { engineOptions, memoryOption, readEngine } from "../engine-options.js";
import { precisionOption, withPrecision } from "../precision-option.js";
import { readConfiguration } from "../user-configuration.js";
import { osteonVersion } from "../version.js";
import { findWeights, weightsOption } from "../weights-files.js";

export const train: Command = {
  description: "For the network you will use, once a study has shown which. How good it is, the cross-validation of `osteon study run` tells: this command tests nothing.",
  arguments: [{ name: "<data>", description: "CSV table with file,label, or a folder with one folder per class" }],
  options: [
    { flags: "--network <name>", description: "network to train", default: "mobilenet_v2", choices: Object.keys(architectures) },
    { flags: "--regime <name>", description: "training regime", default: "fine-tuning", choices: ["scratch", "feature-extraction", "fine-tuning"] },
    ...dataOptions,
    weightsOption,
    { flags: "--start <place>", description: "model file or folder of an earlier run to start from, instead of --weights" },
    { flags: "--out <folder>", description: "folder of the model and its checkpoints", default: "osteon-model" },
    { flags: "--epochs <n>", description: "passes over the cases" },
    { flags: "--size <pixels>", description: "side of the square the network sees" },
    { flags: "--seed <n>", description: "names the random numbers (default: 1)" },
    { flags: "--checkpoint-seconds <n>", description: "least time between checkpoints (default: 30)" },
    ...engineOptions,
    memoryOption,
    precisionOption,
  ],
  examples: ["osteon train labels.csv --network mobilenet_v2 --weights mobilenet_v2=FILE --out model/", "osteon train labels.csv --network mobilenet_v2 --start spine-run/ --out model/", "osteon train radiographs/ --regime scratch --network vgg16-tiny --size 96"],
  async run(context, [data], options) {
    const configuration = await readConfiguration(context);
    const network = options["network"] as string;
    const size = readCount(options["size"], "--size", 16);
    const epochs = readCount(options["epochs"], "--epochs");
    const engine = await readEngine(options, context);
    const regime = options["regime"] as "scratch" | "feature-extraction" | "fine-tuning";
    const start = typeof options["start"] === "string" ? path.resolve(context.folder, options["start"]) : undefined;
    if (start !== undefined && regime === "scratch") throw new InputError("train-start", "train: expected a regime that starts from weights beside --start, got scratch. Choose fine-tuning or feature-extraction.");
    const checkpointSeconds = readCount(options["checkpointSeconds"], "--checkpoint-seconds");
    if (data === undefined) throw new InputError("data-needed", "train: expected a table or folder, got none. Name one.");
    const model = await trainModel({
      recipe: withPrecision({ study: "train", networks: [network], regimes: { [regime]: { ...(epochs !== undefined && { epochs }) } }, ...(start !== undefined && { sources: ["run:start"] }), ...(size !== undefined && { image: { size } }), seeds: [readCount(options["seed"], "--seed", 0) ?? 1] }, options),
      data: path.resolve(context.folder, data),
      where: readWhere(options["where"]),
      skipBad: options["skipBad"] === true,
      identity: await readIdentity(options, context.folder),
      weights: findWeights(context, configuration, options["weights"]),
      ...(start !== undefined && { sources: { start: [start] } }),
      out: path.resolve(context.folder, options["out"] as string),
      softwareVersion: osteonVersion(),
      command: "osteon train",
      ...engine,
      ...(checkpointSeconds !== undefined && { checkpointSeconds }),
      onProgress: context.onProgress,
      onWarning: (message) => context.note(`warning: ${message}`),
      signal: context.signal,
    });
    context.out(options["json"] === true ? JSON.stringify(model) : model.file);
  },
};
