import type { Tensor } from "../base/index.js";
import { architectures } from "./architectures/index.js";
import { matchSteps } from "./match-steps.js";
import type { Network } from "./network.js";
import { renameKeras } from "./rename-keras.js";
import type { Renamed } from "./rename-keras.js";
import { areKerasNames } from "./weights/keras-names.js";

/**
 * Gives the tensors of a file the network's own names: Keras's are translated, a prefix that all names share is left
 * out, names of older or sequential forms are replaced, and tensors without names are found by their place. What is not recognized keeps its name.
 */
export function ownNames(network: Network, tensors: ReadonlyMap<string, Tensor>): Renamed {
  if (areKerasNames(tensors.keys())) {
    const renamed = renameKeras(network, tensors);
    if (renamed !== undefined) return renamed;
  }
  const changes: string[] = [];
  const matched = matchSteps(network, tensors);
  if (matched !== undefined) changes.push(`${matched.count} tensors without names were recognized by their place in the network; normalizations folded into them are the identity.`);
  let current = new Map(matched?.tensors ?? tensors);
  const rename = (newName: (name: string) => string, describe: (count: number) => string): void => {
    const renamed = new Map<string, Tensor>();
    let count = 0;
    for (const [name, value] of current) {
      const own = newName(name);
      // Two names for one parameter: the later one stays as it is and is found as unexpected.
      const isFree = own !== name && !current.has(own) && !renamed.has(own);
      if (isFree) count++;
      renamed.set(isFree ? own : name, value);
    }
    current = renamed;
    if (count > 0) changes.push(describe(count));
  };
  const numbered = numberedModules(network);
  if (numbered !== undefined) rename(numbered, (count) => `${count} names of a sequence of modules were replaced by the network's.`);
  const prefix = prefixOf(network, current);
  if (prefix !== "") rename((name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name), (count) => `The prefix "${prefix}" was left out of ${count} names.`);
  const older = Object.hasOwn(architectures, network.architecture) ? architectures[network.architecture as keyof typeof architectures].renameParameter : undefined;
  if (older !== undefined) rename(older, (count) => `${count} names of an older form were replaced by the network's.`);
  return { tensors: current, changes };
}

/** What stands before most of the network's names in the file, for example `"module."`; `""` where nothing does. */
function prefixOf({ parameters }: Network, tensors: ReadonlyMap<string, Tensor>): string {
  const first = parameters[0]?.name;
  if (first === undefined || tensors.has(first)) return "";
  const candidates = [...tensors.keys()].filter((name) => name.endsWith(`.${first}`)).map((name) => name.slice(0, -first.length)).slice(0, 20);
  return candidates.find((prefix) => parameters.filter(({ name }) => tensors.has(prefix + name)).length > parameters.length / 2) ?? "";
}

/** Modules of a network whose parts were put into a sequence, as RadImageNet's PyTorch files have them. */
function numberedModules(network: Network): ((name: string) => string) | undefined {
  if (network.architecture.startsWith("resnet")) {
    const modules = ["conv1", "bn1", undefined, undefined, "layer1", "layer2", "layer3", "layer4"];
    return (name) => name.replace(/^backbone\.([0-7])\./, (whole, index: string) => (modules[Number(index)] === undefined ? whole : `${modules[Number(index)]}.`));
  }
  if (network.architecture.startsWith("densenet")) return (name) => name.replace(/^backbone\.0\./, "features.");
  return undefined;
}
