import { existsSync } from "node:fs";
import path from "node:path";
import { unknownName } from "../base/index.js";
import { architectures, isArchitectureName, weightsSources } from "../models/index.js";
import type { Context, OptionFacts, OptionValues } from "./contract.js";
import { readPairs } from "./data-options.js";
import { weightsFolder, type UserConfiguration } from "./user-configuration.js";

export const weightsOption: OptionFacts = {
  flags: "--weights <network=file>",
  description: "pretrained weights of a network (.safetensors, .pth, .h5, .keras or .onnx); may be given several times",
  repeatable: true,
};

export const sourceOption: OptionFacts = {
  flags: "--source <name=place>",
  description: "model file or folder of an earlier run, for run:NAME in a recipe's sources; may be given several times",
  repeatable: true,
};

export const importOption: OptionFacts = {
  flags: "--import <name=file>",
  description: "ONNX classifier from elsewhere, as a network of that name (see: osteon models import); may be given several times",
  repeatable: true,
};

/** Files of networks from elsewhere, by name. @throws InputError `option-pair` */
export function readImports(values: OptionValues[string], folder: string): Record<string, string> {
  const files = readPairs(values, "--import", "name=file.onnx");
  return Object.fromEntries(Object.entries(files).map(([name, file]) => [name, path.resolve(folder, file)]));
}

/**
 * Places of earlier runs by name; a name may come several times, once per network.
 * @throws InputError `option-pair`
 */
export function readSources(values: OptionValues[string], folder: string): Record<string, string[]> {
  const places: Record<string, string[]> = {};
  for (const text of Array.isArray(values) ? (values as readonly string[]) : []) {
    const [[name, place]] = Object.entries(readPairs([text], "--source", "name=place")) as [[string, string]];
    places[name] = [...(places[name] ?? []), path.resolve(folder, place)];
  }
  return places;
}

/**
 * Files of pretrained weights by network: the options', else the configuration's, else what `osteon weights pull`
 * has fetched.
 * @throws NotFoundError `unknown-network`; InputError `option-pair`
 */
export function findWeights(context: Context, configuration: UserConfiguration, values: OptionValues[string]): Record<string, string> {
  const folder = weightsFolder(context, configuration);
  const found: Record<string, string> = {};
  for (const [network, sources = []] of Object.entries(weightsSources)) {
    const pulled = sources.map(({ url }) => path.join(folder, path.basename(new URL(url).pathname))).find((file) => existsSync(file));
    if (pulled !== undefined) found[network] = pulled;
  }
  Object.assign(found, configuration.weights);
  for (const [network, file] of Object.entries(readPairs(values, "--weights", "network=file"))) {
    if (!isArchitectureName(network)) throw unknownName("network", network, Object.keys(architectures));
    found[network] = path.resolve(context.folder, file);
  }
  return found;
}
