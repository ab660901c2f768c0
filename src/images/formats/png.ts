import type { ImageFormat, ImageHeader } from "./contract.js";
import { exifOrientation } from "./exif.js";

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Portable Network Graphics: lossless, 1 to 16 bits per sample. */
export const png: ImageFormat = {
  title: "PNG",
  summary: "Lossless, grey or color, up to 16 bits per sample; a palette is expanded.",
  reference: "W3C, Portable Network Graphics (PNG) Specification, Third Edition, 2025",
  extensions: ["png"],
  lossy: false,
  recognizes: (bytes) => signature.every((byte, i) => bytes[i] === byte),
  readHeader(bytes): ImageHeader | undefined {
    if (bytes.length < 33) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const colorType = bytes[25]!;
    const chunks = chunksBeforePixels(bytes, view);
    return {
      width: view.getUint32(16),
      height: view.getUint32(20),
      // A palette's entries have 8 bits whatever the width of its indices.
      bitDepth: colorType === 3 ? 8 : bytes[24]!,
      color: colorType === 0 || colorType === 4 ? "grey" : "rgb",
      alpha: colorType >= 4 || chunks.transparency,
      orientation: chunks.orientation,
      frames: chunks.frames,
    };
  },
};

/**
 * Walks the chunks up to the first pixels, where an animation (acTL) and transparency (tRNS) are declared, and an
 * orientation (eXIf) as far as it is honored.
 */
function chunksBeforePixels(bytes: Uint8Array, view: DataView): { frames: number; transparency: boolean; orientation: number } {
  let orientation = 1;
  let frames = 1;
  let transparency = false;
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === "IDAT" || type === "IEND") break;
    if (type === "tRNS") transparency = true;
    if (type === "acTL") frames = view.getUint32(at + 8);
    if (type === "eXIf") orientation = exifOrientation(bytes.subarray(at + 8, at + 8 + length)) ?? 1;
    at += 12 + length;
  }
  return { frames, transparency, orientation };
}
