import { tableOf, type ColorMapName } from "./colormaps.js";

/** A map as it is colored: values in -1..1, [height, width]. */
export interface HeatValues {
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly signed: boolean;
}

export interface HeatStyle {
  readonly colors: ColorMapName;
  /** Evidence below it is not shown, 0..1. */
  readonly threshold: number;
}

/** float32 little-endian in base64. */
export function decodeValues(base64: string): Float32Array {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

/** Longer side that a map is drawn with: thresholds of coarse maps then have smooth edges. */
const drawnSide = 384;

/** Extent that a map is drawn with. */
export function drawnExtent({ height, width }: Pick<HeatValues, "height" | "width">): { height: number; width: number } {
  const scale = Math.max(1, drawnSide / Math.max(height, width));
  return { height: Math.round(height * scale), width: Math.round(width * scale) };
}

/** Bilinear between the centers of pixels, the edge carried outwards. */
export function enlarge({ values, height, width, signed }: HeatValues): HeatValues {
  const { height: h, width: w } = drawnExtent({ height, width });
  if (h === height && w === width) return { values, height, width, signed };
  const out = new Float32Array(h * w);
  const place = (i: number, n: number, m: number): [number, number, number] => {
    const at = Math.min(m - 1, Math.max(0, ((i + 0.5) * m) / n - 0.5));
    const low = Math.min(m - 1, Math.floor(at));
    return [low, Math.min(m - 1, low + 1), at - low];
  };
  const columns = Array.from({ length: w }, (_, x) => place(x, w, width));
  for (let y = 0; y < h; y++) {
    const [top, bottom, down] = place(y, h, height);
    for (let x = 0; x < w; x++) {
      const [left, right, across] = columns[x]!;
      const upper = values[top * width + left]! * (1 - across) + values[top * width + right]! * across;
      const lower = values[bottom * width + left]! * (1 - across) + values[bottom * width + right]! * across;
      out[y * w + x] = upper * (1 - down) + lower * down;
    }
  }
  return { values: out, height: h, width: w, signed };
}

/** RGBA of a map, [height, width, 4]: opaque from the threshold on, clear below. */
export function paintHeat({ values, height, width, signed }: HeatValues, { colors, threshold }: HeatStyle): Uint8ClampedArray<ArrayBuffer> {
  const table = tableOf(signed ? "balance" : colors);
  const pixels = new Uint8ClampedArray(height * width * 4);
  for (let i = 0; i < values.length; i++) {
    const value = Math.min(1, Math.max(-1, values[i]!));
    if (Math.abs(value) < threshold || value === 0) continue;
    const step = Math.round((signed ? (value + 1) / 2 : Math.max(0, value)) * 255);
    pixels[4 * i] = table[3 * step]!;
    pixels[4 * i + 1] = table[3 * step + 1]!;
    pixels[4 * i + 2] = table[3 * step + 2]!;
    pixels[4 * i + 3] = 255;
  }
  return pixels;
}
