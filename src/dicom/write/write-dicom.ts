import { widthOf, type Dataset, type Element } from "../dataset.js";
import { hasLongLength } from "../parse/read-elements.js";
import { explicitLittleEndian, type TransferSyntax } from "../transfer-syntax.js";
import { buildDataset } from "./build-dataset.js";

/** This program among those that write DICOM: a UID made from a random number (PS3.5 annex B.2). */
export const implementation = { classUid: "2.25.286713456032117835918306155042877161987", versionName: "OSTEON_0_1" } as const;

function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** What stands before a value; where representations are implicit, tag and length alone. */
function head({ tag, vr }: Pick<Element, "tag" | "vr">, length: number, { explicit }: EncodeOptions): Uint8Array {
  if (!explicit) return delimiter(tag, length);
  const long = hasLongLength(vr);
  const bytes = Buffer.alloc(long ? 12 : 8);
  bytes.writeUInt16LE(tag >>> 16, 0);
  bytes.writeUInt16LE(tag & 0xffff, 2);
  bytes.write(vr, 4, "latin1");
  if (long) bytes.writeUInt32LE(length, 8);
  else bytes.writeUInt16LE(length, 6);
  return bytes;
}

function delimiter(tag: number, length: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(tag >>> 16, 0);
  bytes.writeUInt16LE(tag & 0xffff, 2);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

function even(bytes: Uint8Array, vr: string): Uint8Array {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.of(["UI", "OB", "UN"].includes(vr) ? 0 : 0x20)]);
}

/** The value in little endian. */
function littleEndian({ bytes, vr }: Element, dataset: Dataset): Uint8Array {
  const width = widthOf(vr);
  if (dataset.littleEndian || width === undefined || width === 1) return bytes;
  const step = vr === "AT" ? 2 : width;
  const swapped = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % step)));
  return step === 2 ? swapped.swap16() : step === 4 ? swapped.swap32() : swapped.swap64();
}

function elementParts(element: Element, dataset: Dataset, options: EncodeOptions): Uint8Array[] {
  const { tag, items, fragments } = element;
  if (items !== undefined) {
    const parts = items.flatMap((item) => {
      const content = encodeDataset(item, options);
      return [delimiter(0xfffee000, content.length), content];
    });
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    return [head({ tag, vr: "SQ" }, length, options), ...parts];
  }
  if (fragments !== undefined) {
    const parts = fragments.flatMap((fragment) => {
      const content = even(fragment, "OB");
      return [delimiter(0xfffee000, content.length), content];
    });
    return [head({ tag, vr: "OB" }, 0xffffffff, options), ...parts, delimiter(0xfffee0dd, 0)];
  }
  const value = even(littleEndian(element, dataset), element.vr);
  // A value too long for its representation's length field is written as UN, as the standard allows.
  const vr = !hasLongLength(element.vr) && value.length > 0xfffe ? "UN" : element.vr;
  return [head({ tag, vr }, value.length, options), value];
}

interface EncodeOptions {
  /** Whether representations are written, as everywhere but in the implicit encoding that every peer understands. */
  readonly explicit: boolean;
}

/** A data set in little endian, with explicit representations unless told otherwise, in the order of its tags, without group lengths. */
export function encodeDataset(dataset: Dataset, options: EncodeOptions = { explicit: true }): Uint8Array {
  return Buffer.concat(datasetParts(dataset, options));
}

function datasetParts(dataset: Dataset, options: EncodeOptions): Uint8Array[] {
  const elements = [...dataset.elements.values()].filter(({ tag }) => (tag & 0xffff) !== 0).sort((a, b) => a.tag - b.tag);
  return elements.flatMap((element) => elementParts(element, dataset, options));
}

/** What the file meta information says of an object. */
export interface FileNames {
  readonly sopClass: string;
  readonly instance: string;
  readonly transferSyntax: string;
  /** AE title of who sent the object, where somebody did. */
  readonly sender?: string;
}

/**
 * What stands before the data set of a Part 10 file: preamble and file meta information.
 * @see DICOM PS3.10 section 7.1
 */
export function encodeFileMeta({ sopClass, instance, transferSyntax, sender }: FileNames): Uint8Array {
  const meta = encodeDataset(
    buildDataset({
      FileMetaInformationVersion: Uint8Array.of(0, 1),
      MediaStorageSOPClassUID: sopClass,
      MediaStorageSOPInstanceUID: instance,
      TransferSyntaxUID: transferSyntax,
      ImplementationClassUID: implementation.classUid,
      ImplementationVersionName: implementation.versionName,
      SourceApplicationEntityTitle: sender,
    }),
  );
  return Buffer.concat([Buffer.alloc(128), Buffer.from("DICM"), head({ tag: 0x00020000, vr: "UL" }, 4, { explicit: true }), u32(meta.length), meta]);
}

/** Values above this stay parts of their own, so that pixels are not copied. */
const largePart = 64 * 1024;

/**
 * A Part 10 file in explicit VR little endian, or in the given transfer syntax of compressed pixels, in parts that follow one another;
 * large values are the data set's own memory.
 * @see DICOM PS3.10 section 7.1
 */
export function encodeDicomParts(dataset: Dataset, transferSyntax: TransferSyntax = explicitLittleEndian): Uint8Array[] {
  const syntax = transferSyntax.codec === "native" && transferSyntax.uid !== "1.2.840.10008.1.2.1.98" ? explicitLittleEndian : transferSyntax;
  const meta = encodeFileMeta({ sopClass: dataset.text("SOPClassUID") ?? "1.2.840.10008.5.1.4.1.1.7", instance: dataset.text("SOPInstanceUID") ?? "2.25.1", transferSyntax: syntax.uid });
  const parts: Uint8Array[] = [];
  let small: Uint8Array[] = [meta];
  for (const part of datasetParts(dataset, { explicit: true })) {
    if (part.length < largePart) small.push(part);
    else {
      parts.push(Buffer.concat(small), part);
      small = [];
    }
  }
  return small.length === 0 ? parts : [...parts, Buffer.concat(small)];
}

/** The same in one piece. */
export function encodeDicom(dataset: Dataset, transferSyntax: TransferSyntax = explicitLittleEndian): Uint8Array {
  return Buffer.concat(encodeDicomParts(dataset, transferSyntax));
}
