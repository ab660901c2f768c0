import { createHmac } from "node:crypto";
import { InputError } from "../../base/index.js";

/** Replaces identities by the same words and numbers at every run, for whoever has the key. */
export interface Pseudonyms {
  /** Word for a patient, such as `OSTEON-7KQ2M4XZ9A`. */
  patient(identity: string): string;
  /** Another UID for a UID. */
  uid(original: string): string;
  /** Days by which the dates of a patient are moved, 1 to 3650 into the past. */
  daysBack(identity: string): number;
}

const shortestKey = 16;
const letters = "ABCDEFGHJKMNPQRSTVWXYZ0123456789";

/**
 * Pseudonyms by HMAC-SHA-256: without the key they tell nothing, not even to one who tries every patient number.
 * @param key secret, at least 16 bytes
 * @throws InputError `key-length`
 * @see UIDs from random numbers: DICOM PS3.5 annex B.2
 */
export function createPseudonyms(key: Uint8Array): Pseudonyms {
  if (key.length < shortestKey) throw new InputError("key-length", `key: expected at least ${shortestKey} bytes, got ${key.length}. Make one with --create-key.`);
  const digest = (kind: string, text: string): Buffer => createHmac("sha256", key).update(`${kind}\n${text}`).digest();
  return {
    patient: (identity) => `OSTEON-${Array.from(digest("patient", identity).subarray(0, 10), (byte) => letters[byte & 31]!).join("")}`,
    uid: (original) => `2.25.${BigInt(`0x${digest("uid", original).toString("hex", 0, 16)}`)}`,
    daysBack: (identity) => 1 + (digest("dates", identity).readUInt32BE() % 3650),
  };
}
