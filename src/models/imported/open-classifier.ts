import { readFile } from "node:fs/promises";
import path from "node:path";
import { DataError, OsteonError } from "../../base/index.js";
import { withFileErrors } from "../../files/index.js";
import { decodeModel } from "../../graph/index.js";
import type { Model } from "../../graph/index.js";
import { importClassifier } from "./import-classifier.js";
import type { ImportedNetwork, ImportOptions } from "./import-classifier.js";

export interface OpenedClassifier extends ImportedNetwork {
  /** What wrote the file, and for which operator set. */
  readonly producer: string;
  readonly opset: number;
  /** The file as it was read, to import it again for other classes. */
  readonly model: Model;
}

/**
 * Reads an ONNX file of any maker as a network.
 * @throws DataError `model-format` and its like with the file's name, and what {@link importClassifier} throws
 */
export async function openClassifier(file: string, options: ImportOptions = {}): Promise<OpenedClassifier> {
  const name = path.basename(file);
  const bytes = await withFileErrors(name, () => readFile(file));
  // A plain view: Node's Buffer has a slice of its own, which does not copy.
  const model = named(name, () => decodeModel(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
  const imported = importClassifier(model, { name: name.replace(/\.onnx$/i, ""), ...options });
  return { ...imported, producer: model.producer, opset: model.opsets[""] ?? 0, model };
}

function named<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof OsteonError)) throw error;
    throw new DataError(error.code, `${name}: ${error.message}`, { cause: error });
  }
}
