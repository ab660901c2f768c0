import { readFile } from "node:fs/promises";
import path from "node:path";
import { DataError, NotFoundError } from "../../base/index.js";
import { decodeModel, encodeModel, opsetOf } from "../../graph/index.js";
import type { Graph } from "../../graph/index.js";
import { writeFileAtomic } from "../../files/index.js";
import { bundleMetadataSchema, metadataKey, parseMetadata } from "./metadata.js";
import type { BundleMetadata } from "./metadata.js";

/** A trained network in one ONNX file: graph, weights and what a reader needs to know to use it. */
export interface Bundle {
  readonly graph: Graph;
  readonly metadata: BundleMetadata;
}

/**
 * Writes the file whole or not at all. The same bundle gives the same bytes.
 * @throws DataError `model-metadata`, `file-enospc` and the like
 */
export async function writeBundle(filePath: string, bundle: Bundle): Promise<void> {
  const parsed = bundleMetadataSchema.safeParse(bundle.metadata);
  if (!parsed.success) parseMetadata(JSON.stringify(bundle.metadata), path.basename(filePath));
  const bytes = encodeModel({
    graph: bundle.graph,
    opsets: opsetOf(bundle.graph),
    producer: "osteon",
    metadata: { [metadataKey]: JSON.stringify(bundle.metadata) },
  });
  await writeFileAtomic(filePath, [bytes]);
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
 * Reads a model written by {@link writeBundle}.
 * @throws NotFoundError `model-missing` @throws DataError naming the file, for a damaged one, or `model-metadata` for one made elsewhere
 */
export async function readBundle(filePath: string): Promise<Bundle> {
  const name = path.basename(filePath);
  const bytes = await readFile(filePath).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") throw new NotFoundError("model-missing", `${filePath}: expected a model file, found nothing. Check the path.`);
    throw new DataError("model-unreadable", `${name}: expected a readable model file, got: ${error.message}.`, { cause: error });
  });
  // A plain view: Node's Buffer has a slice of its own, which does not copy.
  const { graph, metadata } = decodeNamed(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), name);
  const text = Object.hasOwn(metadata, metadataKey) ? metadata[metadataKey] : undefined;
  if (text === undefined) {
    throw new DataError("model-metadata", `${name}: expected a model with labels and preprocessing under "${metadataKey}", got one without. It was not made by Osteon.`);
  }
  return { graph, metadata: parseMetadata(text, name) };
}
