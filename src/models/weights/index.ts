import path from "node:path";
import type { Tensor } from "../../base/index.js";
import { InputError } from "../../base/index.js";
import type { WeightsFile, WeightsFormat } from "./contract.js";
import { kerasArchive, kerasH5 } from "./keras.js";
import { onnx } from "./onnx.js";
import { pth } from "./pth.js";
import { safetensors } from "./safetensors.js";

/** Every format weights are read from. */
export const weightsFormats = { safetensors, pth, "keras-h5": kerasH5, "keras-archive": kerasArchive, onnx } as const satisfies Record<string, WeightsFormat>;

/**
 * Opens a file by the ending of its name.
 * @throws InputError `weights-format` for another ending
 */
export async function openWeights(filePath: string): Promise<WeightsFile> {
  const extension = path.extname(filePath).toLowerCase();
  const format = Object.values(weightsFormats).find(({ extensions }) => extensions.includes(extension));
  if (format === undefined) {
    const known = Object.values(weightsFormats).flatMap(({ extensions }) => extensions);
    throw new InputError("weights-format", `${path.basename(filePath)}: expected a name that ends in ${known.join(", ")}, got "${extension}".`);
  }
  return format.open(filePath);
}

/** Every tensor of a file, by name. */
export async function readWeights(filePath: string): Promise<Map<string, Tensor>> {
  const file = await openWeights(filePath);
  try {
    const tensors = new Map<string, Tensor>();
    for (const { name } of file.tensors) tensors.set(name, await file.read(name));
    return tensors;
  } finally {
    await file.close();
  }
}
