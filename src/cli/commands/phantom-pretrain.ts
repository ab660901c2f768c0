import path from "node:path";
import { InputError, unknownName } from "../../base/index.js";
import { architectures, type ArchitectureName } from "../../models/index.js";
import { views, type MadeView } from "../../phantom/index.js";
import { isEstimate, pretrainOnPhantoms, type PretrainOutcome, type TargetMeasure } from "../../study/index.js";
import type { Command, OptionValues } from "../contract.js";
import { readCount, readNames } from "../data-options.js";
import { engineOptions, readEngine } from "../engine-options.js";
import { textTable } from "../table.js";
import { osteonVersion } from "../version.js";

function figureOf({ figure, unit }: TargetMeasure): string {
  if (!isEstimate(figure)) return "not estimable";
  const digits = unit === undefined ? 3 : 2;
  return `${figure.estimate.toFixed(digits)} (${figure.lower.toFixed(digits)}-${figure.upper.toFixed(digits)})${unit === undefined ? "" : ` ${unit}`}`;
}

function measureTable({ measures, counts }: PretrainOutcome): string {
  const rows = measures.map((one) => [one.name, one.measure, figureOf(one), one.blind.toFixed(one.unit === undefined ? 3 : 2), String(one.cases)]);
  return `${textTable(["target", "measure", "held-out patients", "by condition alone", "images"], rows)}\n(95 % intervals; ${counts.train} images trained on, ${counts.validation} held out)`;
}

function readRate(value: OptionValues[string]): number | undefined {
  if (value === undefined) return undefined;
  const rate = Number(value);
  if (!(rate > 0 && rate <= 1)) throw new InputError("option-number", `--learning-rate: expected a number above 0 to 1, got "${String(value)}". Correct the option.`);
  return rate;
}

export const phantomPretrain: Command = {
  description: "Generates radiographs with known truth and trains on condition, grade, level, curve type, Cobb angle and slip at once. Stop it with Ctrl-C and run the same command again to go on. Use the result with `osteon study run --source NAME=FOLDER` and run:NAME among the recipe's sources.",
  options: [
    { flags: "--network <name>", description: "network to train", default: "mobilenet_v2", choices: Object.keys(architectures) },
    { flags: "--start <place>", description: "weights file, model file or folder of an earlier run to start from (default: random weights)" },
    { flags: "--views <names>", description: `views to simulate, separated by commas, of ${Object.keys(views).join(", ")} (default: whole-spine-ap)` },
    { flags: "--classes <names>", description: "only these conditions, of those that a view shows (default: all)" },
    { flags: "--count <n>", description: "images in all (default: 4000)" },
    { flags: "--size <pixels>", description: "side of the square the network sees (default: the network's)" },
    { flags: "--resize <how>", description: "how an image is brought to that square", default: "letterbox", choices: ["letterbox", "stretch"] },
    { flags: "--height <pixels>", description: "height of the simulated images (default: --size)" },
    { flags: "--epochs <n>", description: "passes over the images (default: 4)" },
    { flags: "--batch <n>", description: "images per training step (default: 16)" },
    { flags: "--learning-rate <x>", description: "highest learning rate (default: 0.001 from random weights, 0.0003 from --start)" },
    { flags: "--seed <n>", description: "names the random numbers (default: 1)" },
    { flags: "--out <folder>", description: "folder of images, checkpoints and model", default: "osteon-pretrained" },
    { flags: "--checkpoint-seconds <n>", description: "least time between checkpoints (default: 30)" },
    ...engineOptions,
  ],
  examples: [
    "osteon phantom pretrain --network mobilenet_v2 --classes normal,scoliosis --count 4000 --epochs 4 --out pretrained/",
    "osteon phantom pretrain --start mobilenet_v2-imagenet.safetensors --views whole-spine-ap,lumbar-lateral --out pretrained/",
  ],
  async run(context, _args, options) {
    const chosen = readNames(options["views"]) ?? ["whole-spine-ap"];
    for (const name of chosen) if (!Object.hasOwn(views, name)) throw unknownName("view", name, Object.keys(views));
    const classes = readNames(options["classes"]);
    const batchSize = readCount(options["batch"], "--batch", 2);
    const size = readCount(options["size"], "--size", 16);
    const height = readCount(options["height"], "--height", 16);
    const learningRate = readRate(options["learningRate"]);
    const engine = await readEngine(options, context);
    const checkpointSeconds = readCount(options["checkpointSeconds"], "--checkpoint-seconds");
    const outcome = await pretrainOnPhantoms({
      network: options["network"] as ArchitectureName,
      ...(typeof options["start"] === "string" && { start: path.resolve(context.folder, options["start"]) }),
      views: chosen as MadeView[],
      ...(classes && { classes }),
      count: readCount(options["count"], "--count", 20) ?? 4000,
      epochs: readCount(options["epochs"], "--epochs") ?? 4,
      seed: readCount(options["seed"], "--seed", 0) ?? 1,
      out: path.resolve(context.folder, options["out"] as string),
      softwareVersion: osteonVersion(),
      resize: options["resize"] as "letterbox" | "stretch",
      ...(size !== undefined && { size }),
      ...(height !== undefined && { height }),
      ...(learningRate !== undefined && { learningRate }),
      ...(batchSize !== undefined && { batchSize }),
      ...engine,
      ...(checkpointSeconds !== undefined && { checkpointSeconds }),
      onProgress: context.onProgress,
      signal: context.signal,
    });
    if (options["json"] === true) return context.out(JSON.stringify(outcome));
    context.out(measureTable(outcome));
    context.out("");
    context.out(`model  ${outcome.model}`);
  },
};
