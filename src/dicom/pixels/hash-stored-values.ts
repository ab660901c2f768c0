import { createHash } from "node:crypto";
import type { DicomFile } from "../parse/parse-dicom.js";
import { readImageModule } from "./image-module.js";
import { readStoredValues } from "./stored-values.js";

/**
 * SHA-256 of the stored values of all frames, little endian, colors interleaved: the same whatever the transfer syntax.
 * @throws what `readStoredValues` throws
 */
export function hashStoredValues(file: DicomFile): string {
  const hash = createHash("sha256");
  const { frames } = readImageModule(file);
  for (let frame = 0; frame < frames; frame++) {
    const { values } = readStoredValues(file, frame);
    hash.update(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest("hex");
}
