import { Sha256 } from "./sha256.js";

/** The one hash that names things here. */
export function createHash(algorithm: "sha256"): Sha256 {
  if (algorithm !== "sha256") throw new Error(`hash: expected sha256, got ${String(algorithm)}.`);
  return new Sha256();
}

/** Only names of temporary files are drawn here, and a page has no files. */
export function randomBytes(): never {
  throw new Error("files: expected a program with access to files, got a page.");
}
