import { readFile } from "node:fs/promises";
import path from "node:path";
import { DataError, NotFoundError } from "../../base/index.js";
import { writeFileAtomic } from "../../files/index.js";
import { decodeBundle, encodeBundle, type Bundle } from "./bundle-bytes.js";

/**
 * Writes the file whole or not at all. The same bundle gives the same bytes.
 * @throws DataError `model-metadata`, `file-enospc` and the like
 */
export async function writeBundle(filePath: string, bundle: Bundle): Promise<void> {
  await writeFileAtomic(filePath, [encodeBundle(bundle, path.basename(filePath))]);
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
  return decodeBundle(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), name);
}
