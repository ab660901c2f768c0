import { randomBytes } from "node:crypto";
import { sha256 } from "../files/index.js";

/** A new name that cannot be guessed. */
export function newId(): string {
  return randomBytes(15).toString("base64url");
}

/** A secret: 256 random bits. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** A name that follows from what it names. */
export function derivedId(...parts: readonly string[]): string {
  return Buffer.from(sha256(JSON.stringify(parts)), "hex").subarray(0, 15).toString("base64url");
}

export const now = (): string => new Date().toISOString();

export function inFuture(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString();
}
