import { readFile } from "node:fs/promises";
import path from "node:path";
import { unknownName } from "../base/index.js";
import { sha256, withFileErrors } from "../files/index.js";
import { imagenetNormalization } from "../images/index.js";
import { architectures, buildNetwork, importClassifier, isArchitectureName, openClassifier, type Network } from "../models/index.js";
import type { StartSource } from "./start-weights.js";

/** A network that a recipe names: one of the shelf, or an ONNX file that somebody made elsewhere. */
export interface StudyNetwork {
  /** Side of the image it was made for. */
  readonly inputSize: number;
  build(options: { readonly classes: number; readonly inputSize: number }): Network;
  /** The weights that an imported file brought along: what `imagenet` means for it. */
  readonly own?: StartSource;
}

export type StudyNetworks = ReadonlyMap<string, StudyNetwork>;

/** A network by its name in the recipe. @throws NotFoundError `unknown-network` */
export function networkOf(name: string, imported: StudyNetworks): StudyNetwork {
  const found = imported.get(name);
  if (found !== undefined) return found;
  if (!isArchitectureName(name)) throw unknownName("network", name, [...Object.keys(architectures), ...imported.keys()]);
  return { inputSize: architectures[name].inputSize, build: (options) => buildNetwork(name, options) };
}

/**
 * Opens ONNX classifiers from elsewhere.
 * @param files by the name that the recipe uses
 * @throws what {@link openClassifier} throws, with the file's name
 */
export async function openImportedNetworks(files: Readonly<Record<string, string>>): Promise<StudyNetworks> {
  const opened = new Map<string, StudyNetwork>();
  for (const [name, file] of Object.entries(files)) {
    const base = path.basename(file);
    const { network, tensors, model } = await openClassifier(file, { name });
    const digest = sha256(await withFileErrors(base, () => readFile(file)));
    opened.set(name, {
      inputSize: network.inputSize,
      build: ({ classes, inputSize }) => importClassifier(model, { name, classes, inputSize }).network,
      own: { file: base, sha256: digest, tensors, normalization: imagenetNormalization, chain: [{ source: "imported", file: base, sha256: digest, network: name }] },
    });
  }
  return opened;
}
