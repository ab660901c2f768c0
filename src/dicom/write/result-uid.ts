import { createHash } from "node:crypto";
import type { ResultKind } from "./contract.js";

/**
 * A UID that follows from its parts: their SHA-256 as a UUID of version 8 under the root 2.25.
 * @see DICOM PS3.5 annex B.2; RFC 9562 section 5.8
 */
export function uidOf(...parts: readonly string[]): string {
  const hash = createHash("sha256");
  // Lengths go in, too, so that no two lists of parts read alike.
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part};`);
  const bytes = hash.digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${bytes.toString("hex")}`)}`;
}

/**
 * A valid UID that stands for a malformed one, as some systems write them: the same wherever it occurs.
 */
export function replacementUid(malformed: string): string {
  return uidOf("osteon malformed uid", malformed);
}

export interface ResultName {
  /** SOPInstanceUID of the image. */
  readonly source: string;
  /** From 0; of a multi-frame image. */
  readonly frame?: number;
  /** SHA-256 of the model file, hexadecimal. */
  readonly modelSha256: string;
  readonly kind: ResultKind;
  /** As in the prediction. */
  readonly settings?: string;
}

/**
 * SOPInstanceUID of a result: known before anything is predicted, and the same however often it is written, so that a PACS
 * that is sent a result twice keeps one.
 */
export function resultUid({ source, frame = 0, modelSha256, kind, settings = "" }: ResultName): string {
  return uidOf("osteon result", source, String(frame), modelSha256.toLowerCase(), kind, settings);
}
