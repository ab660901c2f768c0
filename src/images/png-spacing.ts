import { png } from "./formats/png.js";

/** Pixels per inch that programs write where they know nothing. */
const screenDensities = [72, 96];

/**
 * Size of a pixel by a PNG's pHYs chunk, in millimetres [row, column]; none where it is absent, without a unit, or the density of a
 * screen (72 or 96 per inch), which says nothing of the radiograph.
 * @see W3C, Portable Network Graphics (PNG) Specification, Third Edition, 2025, section 11.3.4.3
 */
export function pngSpacingMm(bytes: Uint8Array): readonly [row: number, column: number] | undefined {
  if (!png.recognizes(bytes)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 21 <= bytes.length; at += 12 + view.getUint32(at)) {
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === "IDAT") return undefined;
    if (type !== "pHYs") continue;
    const [perMetreX, perMetreY, unit] = [view.getUint32(at + 8), view.getUint32(at + 12), bytes[at + 16]];
    const isScreen = screenDensities.some((density) => Math.abs(perMetreX - density / 0.0254) < 1);
    return unit === 1 && perMetreX > 0 && perMetreY > 0 && !isScreen ? [1000 / perMetreY, 1000 / perMetreX] : undefined;
  }
  return undefined;
}
