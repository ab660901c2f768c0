import { DataError } from "../../base/index.js";
import { parseDicom, type Dataset, type DicomFile } from "../../dicom/index.js";

export const implicitLittleEndian = "1.2.840.10008.1.2";
export const explicitLittleEndian = "1.2.840.10008.1.2.1";

/** What the file meta information of a received object says. */
export interface ReceivedNames {
  readonly sopClass: string;
  readonly instance: string;
  readonly transferSyntax: string;
  /** AE title of the sender. */
  readonly sender: string;
}

function metaElement(element: number, vr: string, value: Uint8Array): Buffer {
  const long = vr === "OB";
  const head = Buffer.alloc(long ? 12 : 8);
  head.writeUInt16LE(2, 0);
  head.writeUInt16LE(element, 2);
  head.write(vr, 4, "latin1");
  if (long) head.writeUInt32LE(value.length, 8);
  else head.writeUInt16LE(value.length, 6);
  return Buffer.concat([head, value]);
}

const text = (value: string, fill: number): Buffer => Buffer.concat([Buffer.from(value, "latin1"), Buffer.alloc(value.length % 2, fill)]);

/**
 * What stands before the data set of a Part 10 file: preamble and file meta information.
 * @see DICOM PS3.10 section 7.1
 */
export function encodeFileMeta({ sopClass, instance, transferSyntax, sender }: ReceivedNames): Buffer {
  const elements = Buffer.concat([
    metaElement(1, "OB", Uint8Array.of(0, 1)),
    metaElement(2, "UI", text(sopClass, 0)),
    metaElement(3, "UI", text(instance, 0)),
    metaElement(0x10, "UI", text(transferSyntax, 0)),
    metaElement(0x12, "UI", text("2.25.286713456032117835918306155042877161987", 0)),
    metaElement(0x13, "SH", text("OSTEON_0_1", 0x20)),
    metaElement(0x16, "AE", text(sender, 0x20)),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(elements.length);
  return Buffer.concat([Buffer.alloc(128), Buffer.from("DICM"), metaElement(0, "UL", length), elements]);
}

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
  return encodeImplicit(parseDicom(bytes, { name }).dataset);
}

function tagAndLength(tag: number, length: number): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.writeUInt32LE(length, 4);
  return head;
}

function encodeImplicit(dataset: Dataset): Buffer {
  return Buffer.concat(
    [...dataset.elements.values()]
      // Lengths of groups would no longer be right, and are retired.
      .filter(({ tag }) => (tag & 0xffff) !== 0)
      .flatMap(({ tag, bytes, items }) => {
        const value = items === undefined ? bytes : encodeItems(items);
        return [tagAndLength(tag, value.length), value];
      }),
  );
}

function encodeItems(items: readonly Dataset[]): Buffer {
  return Buffer.concat(
    items.flatMap((item) => {
      const content = encodeImplicit(item);
      return [tagAndLength(0xfffee000, content.length), content];
    }),
  );
}
