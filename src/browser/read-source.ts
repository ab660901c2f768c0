import { DataError, InputError } from "../base/index.js";
import type { FileSource } from "./contract.js";

/** How errors call a file. */
export function nameOf(source: FileSource): string {
  if (source instanceof Blob) return "name" in source && typeof source.name === "string" ? source.name : "file";
  if (typeof source === "string" || source instanceof URL) return new URL(source, location.href).pathname.split("/").at(-1) ?? "file";
  return "file";
}

/**
 * The bytes of a file.
 * @throws InputError `other-origin` for an address elsewhere; DataError `file-unreachable`
 */
export async function readSource(source: FileSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  const address = new URL(source, location.href);
  if (address.origin !== location.origin) throw new InputError("other-origin", `${address.href}: expected an address of ${location.origin}, got another origin. Serve the file beside the page.`);
  const answer = await fetch(address).catch((cause: unknown) => cause as Error);
  if (answer instanceof Error || !answer.ok) {
    throw new DataError("file-unreachable", `${address.pathname}: expected a file from the page's server, got ${answer instanceof Error ? answer.message : `status ${answer.status}`}. Check that it is served.`);
  }
  return new Uint8Array(await answer.arrayBuffer());
}
