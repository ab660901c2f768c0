import { crc32 } from "./crc32.js";

/** What the chunks of a PNG file say of its pixels. */
export interface PngLayout {
  readonly width: number;
  readonly height: number;
  readonly bitDepth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA. */
  readonly colorType: number;
  readonly interlaced: boolean;
  readonly palette: Uint8Array | undefined;
  /** The tRNS chunk: opacity of palette entries, or the one grey level or color that is transparent. */
  readonly transparency: Uint8Array | undefined;
  /** The compressed pixels. */
  readonly compressed: readonly Uint8Array<ArrayBuffer>[];
}

/** A PNG file whose bytes cannot be right. */
export class PngDamage extends Error {}

/**
 * Reads the chunks of a PNG up to its end.
 * @throws PngDamage where one is cut off, or its checksum is wrong
 */
export function readChunks(bytes: Uint8Array): PngLayout {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const compressed: Uint8Array<ArrayBuffer>[] = [];
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  let ended = false;
  for (let at = 8; at + 12 <= bytes.length && !ended; ) {
    const length = view.getUint32(at);
    if (at + 12 + length > bytes.length) throw new PngDamage("unexpected end");
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const content = bytes.subarray(at + 8, at + 8 + length);
    if (["IHDR", "PLTE", "tRNS", "IDAT"].includes(type) && crc32(bytes.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length)) {
      throw new PngDamage(`wrong checksum of ${type}`);
    }
    if (type === "PLTE") palette = content;
    if (type === "tRNS") transparency = content;
    if (type === "IDAT") compressed.push(content as Uint8Array<ArrayBuffer>);
    ended = type === "IEND";
    at += 12 + length;
  }
  if (compressed.length === 0 || !ended) throw new PngDamage("unexpected end");
  return {
    width: view.getUint32(16),
    height: view.getUint32(20),
    bitDepth: bytes[24]!,
    colorType: bytes[25]!,
    interlaced: bytes[28] === 1,
    palette,
    transparency,
    compressed,
  };
}
