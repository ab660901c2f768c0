import { inflateRawSync } from "node:zlib";
import type { Warning } from "../../base/index.js";
import { DataError } from "../../base/index.js";
import { Dataset } from "../dataset.js";
import { attributeOf } from "../dictionary/index.js";
import { explicitBigEndian, explicitLittleEndian, implicitLittleEndian, transferSyntaxOf, type TransferSyntax } from "../transfer-syntax.js";
import { ElementReader, isVr, type Encoding } from "./read-elements.js";

/** A DICOM file in memory. */
export interface DicomFile {
  /** How errors call it. */
  readonly name: string;
  /** Group 0002; empty where the file has none. */
  readonly meta: Dataset;
  readonly dataset: Dataset;
  readonly transferSyntax: TransferSyntax;
  readonly warnings: readonly Warning[];
}

export interface ParseOptions {
  /** How errors call the file. */
  readonly name?: string;
  /** Stop before the pixel data: for headers alone. */
  readonly headerOnly?: boolean;
  /** Most bytes that a deflated file may become. */
  readonly maxInflatedBytes?: number;
}

const defaultMaxInflatedBytes = 256 * 1024 * 1024;
const pixelDataTags = new Set([0x7fe00008, 0x7fe00009, 0x7fe00010]);

/** True where the bytes begin as a DICOM file does: with a preamble and DICM, or with an element of group 0002 or 0008. */
export function looksLikeDicom(bytes: Uint8Array): boolean {
  return hasPreamble(bytes) || beginsWithElement(bytes) !== undefined;
}

function hasPreamble(bytes: Uint8Array): boolean {
  return bytes[128] === 0x44 && bytes[129] === 0x49 && bytes[130] === 0x43 && bytes[131] === 0x4d;
}

/** How a file without preamble is encoded, judged by its first element; undefined where that is none. */
function beginsWithElement(bytes: Uint8Array, at = 0): Encoding | undefined {
  if (bytes.length < at + 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
  for (const littleEndian of [true, false]) {
    const group = view.getUint16(0, littleEndian);
    const tag = group * 65536 + view.getUint16(2, littleEndian);
    if (![0x0002, 0x0004, 0x0008].includes(group) || attributeOf(tag) === undefined) continue;
    const letters = String.fromCharCode(bytes[at + 4]!, bytes[at + 5]!);
    if (isVr(letters)) return { explicit: true, littleEndian };
    if (littleEndian && view.getUint32(4, true) <= bytes.length - at - 8) return { explicit: false, littleEndian: true };
  }
  return undefined;
}

/**
 * Parses a DICOM file: Part 10, or without preamble, or without file meta information, in any of the transfer syntaxes.
 * Values are views of the bytes; pixel data is not decoded.
 * @throws DataError `dicom-format`, `dicom-cut-off`, `dicom-structure`, `dicom-elements`, `dicom-nesting`,
 *   `dicom-deflate`, `dicom-transfer-syntax`
 * @see DICOM PS3.5 section 7, PS3.10 section 7
 */
export function parseDicom(input: Uint8Array, options: ParseOptions = {}): DicomFile {
  // The slices of a Buffer are views that share memory, and not the copies that other code expects.
  const bytes = new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  const { name = "file" } = options;
  const warnings: Warning[] = [];
  let start = 0;
  if (hasPreamble(bytes)) start = 132;
  else if (beginsWithElement(bytes) === undefined) {
    throw new DataError("dicom-format", `${name}: expected a DICOM file, got ${bytes.length === 0 ? "0 bytes" : "something else"}. Check the path, or remove the file.`);
  } else warnings.push({ code: "dicom-no-preamble", message: `${name}: no preamble; read as a bare data set.` });
  const { meta, end } = readMeta(bytes, start, name);
  const declared = meta.text("TransferSyntaxUID");
  const content = bytes.subarray(end);
  const { transferSyntax, warning } = settleSyntax(declared, content, name);
  if (warning !== undefined) warnings.push(warning);
  const { elements, littleEndian } = transferSyntax.deflated ? { elements: inflate(content, options, name), littleEndian: true } : { elements: content, littleEndian: transferSyntax.littleEndian };
  const encoding = { explicit: transferSyntax.explicit, littleEndian };
  const until = options.headerOnly === true ? (tag: number) => pixelDataTags.has(tag) : undefined;
  const dataset = new ElementReader(elements, name).readAll(encoding, { until });
  if (dataset.elements.size === 0) throw new DataError("dicom-format", `${name}: expected a DICOM data set, got a header and nothing after it. Copy the file again from its source.`);
  return { name, meta, dataset, transferSyntax, warnings };
}

/** File meta information: explicit little endian, whatever follows. */
function readMeta(bytes: Uint8Array, start: number, name: string): { meta: Dataset; end: number } {
  const none = { meta: new Dataset(), end: start };
  if (bytes.length < start + 8 || bytes[start] !== 2 || bytes[start + 1] !== 0) return none;
  const letters = String.fromCharCode(bytes[start + 4]!, bytes[start + 5]!);
  const reader = new ElementReader(bytes, name, start);
  const meta = reader.readAll({ explicit: isVr(letters), littleEndian: true }, { until: (tag) => tag >>> 16 !== 2 });
  return { meta, end: reader.at };
}

/** The transfer syntax that the file names, corrected where its first element plainly contradicts it. */
function settleSyntax(declared: string | undefined, content: Uint8Array, name: string): { transferSyntax: TransferSyntax; warning?: Warning } {
  const found = beginsWithElement(content);
  const judged = found === undefined ? undefined : !found.littleEndian ? explicitBigEndian : found.explicit ? explicitLittleEndian : implicitLittleEndian;
  if (declared === undefined) {
    return { transferSyntax: judged ?? implicitLittleEndian, warning: { code: "dicom-no-transfer-syntax", message: `${name}: names no transfer syntax; read as ${(judged ?? implicitLittleEndian).title}.` } };
  }
  const transferSyntax = transferSyntaxOf(declared, name);
  if (transferSyntax.deflated || judged === undefined) return { transferSyntax };
  if (judged.explicit === transferSyntax.explicit && judged.littleEndian === transferSyntax.littleEndian) return { transferSyntax };
  return {
    transferSyntax: { ...transferSyntax, explicit: judged.explicit, littleEndian: judged.littleEndian },
    warning: { code: "dicom-syntax-contradicted", message: `${name}: names ${transferSyntax.title}, but its elements are ${judged.title}; read as the latter.` },
  };
}

function inflate(content: Uint8Array, { maxInflatedBytes = defaultMaxInflatedBytes }: ParseOptions, name: string): Uint8Array {
  try {
    return inflateRawSync(content, { maxOutputLength: maxInflatedBytes });
  } catch (cause) {
    const tooLarge = (cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    const got = tooLarge ? "more" : `damaged data (${(cause as Error).message})`;
    throw new DataError("dicom-deflate", `${name}: expected deflated data of at most ${maxInflatedBytes} bytes, got ${got}. ${tooLarge ? "Inflate the file with dcmtk's dcmconv first" : "Copy the file again from its source"}.`, { cause });
  }
}
