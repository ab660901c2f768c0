import { DataError } from "../../base/index.js";
import { encodeDataset, parseDicom, type DicomFile, type FileNames } from "../../dicom/index.js";

export const implicitLittleEndian = "1.2.840.10008.1.2";
export const explicitLittleEndian = "1.2.840.10008.1.2.1";

/** What the file meta information of a received object says. */
export type ReceivedNames = FileNames & {
  /** AE title of the sender. */
  readonly sender: string;
};

/** A file taken apart for sending. */
export interface SendableFile {
  readonly sopClass: string;
  readonly instance: string;
  readonly transferSyntax: string;
  /** The data set as encoded in the file. */
  readonly dataset: Uint8Array;
  readonly parsed: DicomFile;
}

/**
 * Takes a file apart; the bytes of its data set stay as they are.
 * @throws DataError `dicom-...`
 */
export function takeApart(bytes: Uint8Array, name: string): SendableFile {
  const parsed = parseDicom(bytes, { name, headerOnly: true });
  const sopClass = parsed.dataset.text("SOPClassUID") ?? parsed.meta.text("MediaStorageSOPClassUID");
  const instance = parsed.dataset.text("SOPInstanceUID") ?? parsed.meta.text("MediaStorageSOPInstanceUID");
  if (sopClass === undefined || instance === undefined) throw new DataError("dicom-names", `${name}: expected SOPClassUID and SOPInstanceUID, got none. Only whole DICOM objects can be sent.`);
  // Values are views of the file: the last of the meta information ends where the data set begins.
  const ends = [...parsed.meta.elements.values()].map(({ bytes: value }) => value.byteOffset + value.byteLength - bytes.byteOffset);
  const preamble = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1", 128, 132) === "DICM" ? 132 : 0;
  return { sopClass, instance, transferSyntax: parsed.transferSyntax.uid, dataset: bytes.subarray(Math.max(preamble, ...ends)), parsed };
}

/** True where only the peer's default, implicit little endian, is left and the pixels need no touch. */
export function canBecomeImplicit(transferSyntax: string): boolean {
  return transferSyntax === explicitLittleEndian;
}

/**
 * The data set in implicit little endian, which every peer has to understand.
 * @param bytes a whole Part 10 file in explicit little endian
 */
export function becomeImplicit(bytes: Uint8Array, name: string): Uint8Array {
  return encodeDataset(parseDicom(bytes, { name }).dataset, { explicit: false });
}
