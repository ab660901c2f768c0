import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { sha256, writeFileAtomic } from "../files/index.js";
import type { Box, FittedImage, Preprocessing } from "../images/index.js";

const magic = "osteon-frame-2\n";
const checksumLength = 64;

/** File that holds one image in the network frame; what the frame does not depend on (mean, std) is no part of its name. */
export function preparedFile(directory: string, contentSha256: string, preprocessing: Preprocessing, { window, burnedIn = "masked" }: { readonly window?: Box; readonly burnedIn?: "kept" | "masked" } = {}): string {
  const { channels, size, resize, shortSide, fill } = preprocessing;
  const key = sha256(JSON.stringify([magic, channels, size, resize, shortSide ?? null, fill, ...(burnedIn === "kept" ? [burnedIn] : [])]));
  const part = window === undefined ? "" : `-${sha256(JSON.stringify([window.row, window.column, window.height, window.width])).slice(0, 12)}`;
  return path.join(directory, key.slice(0, 12), `${contentSha256.slice(0, 40)}${part}.frame`);
}

/** Bytes of a prepared image: magic, one line of JSON, float32 values, SHA-256 of all that in hex. */
export function encodePrepared({ frame, ...header }: FittedImage): Uint8Array {
  const head = Buffer.from(`${magic}${JSON.stringify(header)}\n`);
  const body = Buffer.concat([head, Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength)]);
  return Buffer.concat([body, Buffer.from(sha256(body))]);
}

/**
 * The prepared image, or undefined when the bytes are cut, altered or of another version.
 * @param length number of values that are expected; whatever the file holds where left out
 */
export function decodePrepared(bytes: Uint8Array, length?: number): FittedImage | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < magic.length + checksumLength || buffer.toString("latin1", 0, magic.length) !== magic) return undefined;
  const body = buffer.subarray(0, buffer.length - checksumLength);
  if (sha256(body) !== buffer.toString("latin1", body.length)) return undefined;
  const lineEnd = body.indexOf(10, magic.length);
  const values = body.subarray(lineEnd + 1);
  if (length !== undefined && values.length !== 4 * length) return undefined;
  const header = JSON.parse(body.toString("utf8", magic.length, lineEnd)) as Omit<FittedImage, "frame">;
  const frame = new Float32Array(values.length / 4);
  Buffer.from(frame.buffer).set(values);
  return { ...header, frame };
}

/** Looks an image up. `damaged` tells a file that was there and unusable from one that was not there. */
export async function readPrepared(file: string, length: number): Promise<{ image?: FittedImage; damaged: boolean }> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch {
    // A cache that cannot be read is no cache; the image itself is still there.
    return { damaged: false };
  }
  const image = decodePrepared(bytes, length);
  return { image, damaged: image === undefined };
}

/** Writes an image whole or not at all. */
export async function writePrepared(file: string, image: FittedImage): Promise<void> {
  await writeFileAtomic(file, encodePrepared(image));
}

/** An image that a run has prepared, by its content alone, or undefined where the cache was cleared. */
export async function findPreparedFrame(directory: string, contentSha256: string): Promise<FittedImage | undefined> {
  for (const folder of await readdir(directory).catch((): string[] => [])) {
    const bytes = await readFile(path.join(directory, folder, `${contentSha256.slice(0, 40)}.frame`)).catch(() => undefined);
    const image = bytes && decodePrepared(bytes);
    if (image !== undefined) return image;
  }
  return undefined;
}
