import { DataError } from "../../base/index.js";
import { decodeModel, encodeModel, opsetOf } from "../../graph/index.js";
import type { Graph } from "../../graph/index.js";
import { bundleMetadataSchema, metadataKey, parseMetadata } from "./metadata.js";
import type { BundleMetadata } from "./metadata.js";

/** A trained network in one ONNX file: graph, weights and what a reader needs to know to use it. */
export interface Bundle {
  readonly graph: Graph;
  readonly metadata: BundleMetadata;
}

/**
 * A model file's bytes. The same bundle gives the same bytes.
 * @param name how errors call the file
 * @throws DataError `model-metadata`
 */
export function encodeBundle(bundle: Bundle, name: string): Uint8Array {
  const text = JSON.stringify(bundle.metadata);
  if (!bundleMetadataSchema.safeParse(bundle.metadata).success) parseMetadata(text, name);
  return encodeModel({ graph: bundle.graph, opsets: opsetOf(bundle.graph), producer: "osteon", metadata: { [metadataKey]: text } });
}

/** The model in a file's bytes; every error names the file. */
function decodeNamed(bytes: Uint8Array, name: string): ReturnType<typeof decodeModel> {
  try {
    return decodeModel(bytes);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(error.code, `${name}: ${error.message}`, { cause: error });
  }
}

/**
 * The bundle in a model file's bytes. Its tensors may be views of them.
 * @throws DataError naming the file, for a damaged one, or `model-metadata` for one made elsewhere
 */
export function decodeBundle(bytes: Uint8Array, name: string): Bundle {
  const { graph, metadata } = decodeNamed(bytes, name);
  const text = Object.hasOwn(metadata, metadataKey) ? metadata[metadataKey] : undefined;
  if (text === undefined) {
    throw new DataError("model-metadata", `${name}: expected a model with labels and preprocessing under "${metadataKey}", got one without. It was not made by Osteon.`);
  }
  return { graph, metadata: parseMetadata(text, name) };
}
