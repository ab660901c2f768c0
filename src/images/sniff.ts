import { DataError } from "../base/index.js";
import type { FormatName } from "./formats/index.js";
import { formats } from "./formats/index.js";

const readable = "a PNG, JPEG or DICOM image";

/** Beginnings of files that are none of these, so that the error can say what came instead. */
const strangers: readonly { name: string; begins: (bytes: Uint8Array) => boolean; remedy: string }[] = [
  stranger("a TIFF image", "II*\0", "Convert it to PNG, which keeps 16 bits"),
  stranger("a TIFF image", "MM\0*", "Convert it to PNG, which keeps 16 bits"),
  stranger("a GIF image", "GIF8", "Convert it to PNG"),
  stranger("a BMP image", "BM", "Convert it to PNG"),
  stranger("a WebP image", "WEBP", "Convert it to PNG", 8),
  stranger("a HEIC or AVIF image", "ftyp", "Convert it to PNG", 4),
  stranger("a JPEG 2000 image", "\0\0\0\x0cjP", "Convert it to PNG, which keeps 16 bits"),
  stranger("a PDF document", "%PDF", "Export its picture as PNG"),
  stranger("a ZIP archive", "PK\x03\x04", "Unpack it first"),
];

function stranger(name: string, text: string, remedy: string, offset = 0) {
  const wanted = Array.from(text, (character) => character.charCodeAt(0));
  return { name, remedy, begins: (bytes: Uint8Array) => wanted.every((byte, i) => bytes[offset + i] === byte) };
}

/**
 * Which format the bytes are, by content and not by the file's name.
 * @throws DataError `image-empty`, `image-format`
 */
export function sniffFormat(bytes: Uint8Array, name: string): FormatName {
  if (bytes.length === 0) {
    throw new DataError("image-empty", `${name}: expected ${readable}, got a file of 0 bytes. Copy it again from its source or remove it.`);
  }
  for (const format of Object.keys(formats) as FormatName[]) if (formats[format].recognizes(bytes)) return format;
  const known = strangers.find((candidate) => candidate.begins(bytes));
  const got = known?.name ?? (isText(bytes) ? "text" : "an unknown kind of file");
  const remedy = known?.remedy ?? "Replace it by the image itself or remove it";
  throw new DataError("image-format", `${name}: expected ${readable}, got ${got}. ${remedy}.`);
}

function isText(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 512);
  return head.every((byte) => byte >= 32 || byte === 9 || byte === 10 || byte === 13);
}
