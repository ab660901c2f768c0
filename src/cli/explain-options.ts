import { readFile } from "node:fs/promises";
import path from "node:path";
import { InputError, unknownName } from "../base/index.js";
import { methods, type DrivenOptions, type MethodName, type ScoreScale, type Target } from "../explain/index.js";
import { withFileErrors } from "../files/index.js";
import type { OptionFacts, OptionValues } from "./contract.js";
import { readCount, readNames } from "./data-options.js";
import type { ForeignFacts } from "./open-explained-model.js";

const group = { target: "What is explained:", method: "How methods ask:", foreign: "Models of other makers:" };

export const targetOptions: readonly OptionFacts[] = [
  { flags: "--target <class>", description: "class that is explained: its name, its number from 0, or predicted (default: predicted)", group: group.target },
  { flags: "--against <class>", description: "explain the difference to this class, or to the runner-up", group: group.target },
  { flags: "--unit <layer:channel>", description: "explain a unit of a layer instead: its mean, or at a position with layer:channel:row:column", group: group.target },
  { flags: "--score <scale>", description: "score of the class: logit, probability, or rest, the sum of logit and ln probability (default: logit)", choices: ["logit", "probability", "rest"], group: group.target },
  { flags: "--layer [names]", description: "layer of class activation maps; several, separated by commas, are fused; without a name, the layers are listed", group: group.target },
];

export const methodOptions: readonly OptionFacts[] = [
  { flags: "--samples <n>", description: "perturbed images, noisy copies or steps (default: the method's own)", group: group.method },
  { flags: "--seed <n>", description: "seed of what is drawn (default: 0)", group: group.method },
  { flags: "--baseline <what>", description: "what replaces hidden parts: zero, mean, blur, uniform or a number of normalized grey; several, separated by commas, for path methods (default: zero, the mean grey)", group: group.method },
  { flags: "--superpixels <how>", description: "parts of LIME and KernelSHAP: slic, felzenszwalb or grid (default: slic)", choices: ["slic", "felzenszwalb", "grid"], group: group.method },
  { flags: "--segments <n>", description: "rough number of superpixels (default: 49)", group: group.method },
  { flags: "--window-px <n>", description: "side of the occluding window in the network's pixels (default: an eighth of the image)", group: group.method },
  { flags: "--stride-px <n>", description: "its step (default: half of the window)", group: group.method },
  { flags: "--cells <n>", description: "cells per axis of RISE, Sobol and HSIC (default: 8)", group: group.method },
  { flags: "--noise <share>", description: "deviation of noise as a share of the image's range (default: 0.15)", group: group.method },
  { flags: "--batch <n>", description: "images run at once (default: 16)", group: group.method },
];

export const foreignOptions: readonly OptionFacts[] = [
  { flags: "--labels <names>", description: "classes in the order of the outputs, separated by commas, or a file with one per line", group: group.foreign },
  { flags: "--mean <numbers>", description: "mean of each channel in 0..1, separated by commas (default: ImageNet's)", group: group.foreign },
  { flags: "--std <numbers>", description: "its standard deviation (default: ImageNet's)", group: group.foreign },
  { flags: "--size <pixels>", description: "side of the image, where the file leaves it open (default: 224)", group: group.foreign },
  { flags: "--color", description: "give the network the colors of the image and not its grey values", group: group.foreign },
  { flags: "--output <name>", description: "output of the classifier, where the file has several", group: group.foreign },
];

const text = (value: OptionValues[string]): string | undefined => (typeof value === "string" ? value : undefined);

function readNumbers(value: OptionValues[string], option: string): number[] | undefined {
  const words = readNames(value);
  const numbers = words?.map(Number);
  if (numbers?.every(Number.isFinite) !== false) return numbers;
  throw new InputError("option-number", `${option}: expected numbers separated by commas, got "${String(value)}". Correct the option.`);
}

/** @throws InputError `option-number`; DataError `file-enoent` and the like */
export async function readForeign(options: OptionValues, folder: string): Promise<ForeignFacts> {
  const labels = text(options["labels"]);
  const fromFile = labels !== undefined && /\.(txt|csv|labels)$/i.test(labels);
  const lines = async (name: string) => (await withFileErrors(name, () => readFile(path.resolve(folder, name), "utf8"))).split(/\r?\n/).filter((line) => line !== "");
  const named = labels === undefined ? undefined : fromFile ? await lines(labels) : readNames(labels);
  const [mean, std, size, output] = [readNumbers(options["mean"], "--mean"), readNumbers(options["std"], "--std"), readCount(options["size"], "--size", 16), text(options["output"])];
  return { color: options["color"] === true, ...(named && { labels: named }), ...(mean && { mean }), ...(std && { std }), ...(size !== undefined && { size }), ...(output !== undefined && { output }) };
}

/** Names of methods, in the shelf's order for `all`. @throws NotFoundError `unknown-method` */
export function readMethods(value: OptionValues[string]): { names: readonly MethodName[]; all: boolean } {
  const known = Object.keys(methods) as MethodName[];
  const words = readNames(value) ?? ["grad-cam"];
  if (words.includes("all")) return { names: known, all: true };
  if (words.length === 0) throw new InputError("option-empty", "--methods: expected all or names separated by commas, got none. List them with: osteon explain --list.");
  for (const word of words) if (!Object.hasOwn(methods, word)) throw unknownName("method", word, known);
  return { names: [...new Set(words)] as MethodName[], all: false };
}

function classOf(word: string, labels: readonly string[], option: string): number {
  const index = labels.indexOf(word);
  if (index >= 0) return index;
  const number = Number(word);
  if (Number.isInteger(number) && number >= 0 && number < labels.length) return number;
  const error = unknownName("class", word, labels.slice(0, 50));
  throw new InputError("target-class", `${option}: ${error.message}`);
}

/** @throws InputError `target-class`, `target-unit` */
export function readTarget(options: OptionValues, labels: readonly string[]): Target {
  const [target = "predicted", against, unit, scale] = [text(options["target"]), text(options["against"]), text(options["unit"]), text(options["score"])];
  if (unit !== undefined) return readUnit(unit);
  return {
    class: target === "predicted" ? "predicted" : classOf(target, labels, "--target"),
    ...(against !== undefined && { against: against === "runner-up" ? "runner-up" : classOf(against, labels, "--against") }),
    ...(scale !== undefined && { scale: scale as ScoreScale }),
  };
}

/** Names of layers may hold colons: the numbers are the last one or three words. */
function readUnit(unit: string): Target {
  const at = /^(.+?):(\d+):(\d+):(\d+)$/.exec(unit);
  if (at) return { layer: at[1]!, channel: Number(at[2]), position: [Number(at[3]), Number(at[4])] };
  const mean = /^(.+):(\d+)$/.exec(unit);
  if (mean) return { layer: mean[1]!, channel: Number(mean[2]) };
  throw new InputError("target-unit", `--unit: expected layer:channel or layer:channel:row:column, got "${unit}". Layers are listed by --layer.`);
}

/** What a person reads of a target. */
export function describeTarget(target: Target, labels: readonly string[], predicted: string): string {
  if ("layer" in target) return `unit ${target.channel} of ${target.layer}${target.position ? ` at (${target.position.join(", ")})` : ""}`;
  const name = (one: number | "predicted" | "runner-up") => (one === "predicted" ? predicted : one === "runner-up" ? "the runner-up" : labels[one]!);
  const scale = { logit: "logit", probability: "probability", rest: "logit + ln probability" }[target.scale ?? "logit"];
  return `${scale} of ${name(target.class)}${target.against === undefined ? "" : ` less that of ${name(target.against)}`}`;
}

type BaselineWord = Extract<DrivenOptions["baseline"], string>;

function readBaseline(value: OptionValues[string]): DrivenOptions["baseline"] {
  const words = readNames(value);
  if (words === undefined) return undefined;
  const chosen = words.map((word): BaselineWord | number => {
    if (["zero", "mean", "blur", "uniform"].includes(word)) return word as BaselineWord;
    if (word !== "" && Number.isFinite(Number(word))) return Number(word);
    throw new InputError("baseline", `--baseline: expected zero, mean, blur, uniform or a number, got "${word}". Correct the option.`);
  });
  return chosen.length === 1 ? chosen[0] : chosen;
}

/** @throws InputError `option-number`, `baseline` */
export function readAsking(options: OptionValues): DrivenOptions & { batchSize?: number } {
  const noise = options["noise"];
  if (noise !== undefined && !(Number(noise) >= 0)) throw new InputError("option-number", `--noise: expected a number from 0, got "${String(noise)}". Correct the option.`);
  const numbers = {
    samples: readCount(options["samples"], "--samples"),
    seed: readCount(options["seed"], "--seed", 0),
    segments: readCount(options["segments"], "--segments"),
    windowPx: readCount(options["windowPx"], "--window-px"),
    stridePx: readCount(options["stridePx"], "--stride-px"),
    cells: readCount(options["cells"], "--cells"),
    batchSize: readCount(options["batch"], "--batch"),
    noise: noise === undefined ? undefined : Number(noise),
    baseline: readBaseline(options["baseline"]),
    superpixels: text(options["superpixels"]) as DrivenOptions["superpixels"],
  };
  return Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined));
}
