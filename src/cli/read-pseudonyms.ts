import { randomBytes } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { NotFoundError } from "../base/index.js";
import { createPseudonyms, type Pseudonyms } from "../dicom/index.js";
import { withFileErrors } from "../files/index.js";
import type { Context } from "./contract.js";

/**
 * A file of secret bytes, which is made where that is asked for.
 * @throws NotFoundError `file-missing`; InputError `key-length`
 */
export async function readKey(context: Context, named: string, { create }: { readonly create: boolean }): Promise<Uint8Array> {
  const file = path.resolve(context.folder, named);
  const exists = await stat(file).then(() => true, () => false);
  if (!exists && !create) throw new NotFoundError("file-missing", `${named}: expected the key file, got no such file. Check the path, or add --create-key to have it made.`);
  if (!exists) {
    await withFileErrors(named, () => writeFile(file, randomBytes(32), { mode: 0o600, flag: "wx" }));
    context.note(`${named}: made. Keep it: the same key gives the same pseudonyms, and whoever has it can find them again.`);
  }
  const key = await withFileErrors(named, () => readFile(file));
  createPseudonyms(key);
  return key;
}

/** Pseudonyms from such a file. */
export async function readPseudonyms(context: Context, named: string, options: { readonly create: boolean }): Promise<Pseudonyms> {
  return createPseudonyms(await readKey(context, named, options));
}
