import { exifText } from "./formats/exif.js";

/** How a file was written: what tells one export from another, and nothing about the patient. */
export interface ImageEncoding {
  readonly bytes: number;
  /** Of the luminance table, on the scale of the Independent JPEG Group; absent in PNG. */
  readonly jpegQuality?: number;
  /** Sum of the luminance table's steps, which tells encoders of one nominal quality apart. */
  readonly quantizationSum?: number;
  /** Of the colors, for example `2x2`; absent in grey files and PNG. */
  readonly subsampling?: string;
  /** Drawn in several passes: progressive JPEG or interlaced PNG. */
  readonly progressive: boolean;
  /** Names of the segments or chunks beside the pixels, sorted, each once. */
  readonly segments: readonly string[];
  /** Program, maker and model that the file names. */
  readonly software?: string;
}

/**
 * Sums of Annex K's luminance table of ITU-T T.81, which encoders scale: of all 64 steps, and of the first ten in zigzag
 * order, which stay below the limit of 255 where others reach it.
 */
const standardSums = { all: 3688, first: 132 };

/**
 * Reads how a PNG or JPEG file was encoded. What cannot be read is left out.
 * @see quality: the inverse of the Independent JPEG Group's scaling, 200 - 2q percent from q = 50 on and 5000/q percent
 *   below; checked against libjpeg's own tables through sharp
 */
export function inspectEncoding(bytes: Uint8Array): ImageEncoding {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return inspectJpeg(bytes);
  if (bytes[0] === 0x89 && bytes[1] === 0x50) return inspectPng(bytes);
  return { bytes: bytes.length, progressive: false, segments: [] };
}

function inspectJpeg(bytes: Uint8Array): ImageEncoding {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const segments = new Set<string>();
  let table: readonly number[] | undefined;
  let subsampling: string | undefined;
  let software: string | undefined;
  let progressive = false;
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) break;
    const marker = bytes[at + 1]!;
    if (marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    if (marker === 0xda || marker === 0xd9) break;
    const length = view.getUint16(at + 2);
    const body = bytes.subarray(at + 4, at + 2 + length);
    if (marker === 0xdb) table ??= readFirstTable(body);
    if (marker >= 0xe0 && marker <= 0xef) {
      const name = readName(body);
      segments.add(name === "" ? `APP${marker - 0xe0}` : name);
      if (name === "Exif") software ??= softwareOf(body.subarray(6));
    }
    if (marker === 0xfe) segments.add("comment");
    if ((marker === 0xc0 || marker === 0xc1 || marker === 0xc2) && body.length >= 8) {
      progressive = marker === 0xc2;
      if (body[5]! > 1) subsampling = `${body[7]! >> 4}x${body[7]! & 15}`;
    }
    at += 2 + length;
  }
  const sum = (steps: readonly number[]): number => steps.reduce((total, step) => total + step, 0);
  return {
    bytes: bytes.length,
    ...(table && { jpegQuality: qualityOf(table), quantizationSum: sum(table) }),
    ...(subsampling !== undefined && { subsampling }),
    progressive,
    segments: [...segments].sort(),
    ...(software !== undefined && { software }),
  };
}

/** Steps of the luminance table, where it is the first of the segment. */
function readFirstTable(body: Uint8Array): readonly number[] | undefined {
  const wide = body[0]! >> 4 === 1;
  if ((body[0]! & 15) !== 0 || body.length < (wide ? 129 : 65)) return undefined;
  return Array.from({ length: 64 }, (_, i) => (wide ? body[1 + 2 * i]! * 256 + body[2 + 2 * i]! : body[1 + i]!));
}

function qualityOf(table: readonly number[]): number {
  const part = table.some((step) => step >= 255) ? table.slice(0, 10) : table;
  const scale = (100 * part.reduce((sum, step) => sum + step, 0)) / (part.length === 64 ? standardSums.all : standardSums.first);
  return Math.round(Math.min(100, Math.max(1, scale <= 100 ? (200 - scale) / 2 : 5000 / scale)));
}

/** The word a segment begins with: letters and digits alone, so that no free text gets into a report. */
function readName(body: Uint8Array): string {
  return /^[A-Za-z][A-Za-z0-9_]{1,14}/.exec(String.fromCharCode(...body.subarray(0, 16)))?.[0] ?? "";
}

function inspectPng(bytes: Uint8Array): ImageEncoding {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const segments = new Set<string>();
  let software: string | undefined;
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (type === "tEXt") {
      const [key, text = ""] = String.fromCharCode(...body.subarray(0, 200)).split("\0");
      if (key === "Software") software = text.slice(0, 60);
    }
    if (type === "eXIf") software ??= softwareOf(body);
    if (!["IHDR", "IDAT", "IEND"].includes(type) && /^[A-Za-z]{4}$/.test(type)) segments.add(type);
    at += 12 + length;
  }
  return { bytes: bytes.length, progressive: bytes[28] === 1, segments: [...segments].sort(), ...(software !== undefined && { software }) };
}

/** Software, maker and model of EXIF data. */
function softwareOf(tiff: Uint8Array): string | undefined {
  const parts = [0x0131, 0x010f, 0x0110].map((tag) => exifText(tiff, tag)).filter((text) => text !== undefined && text !== "");
  return parts.length === 0 ? undefined : parts.join(" · ");
}
