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
const drawnSide = 256;

/** Extent that a map is drawn with. */
export function drawnExtent({ height, width }: Pick<HeatValues, "height" | "width">): { height: number; width: number } {
  const scale = Math.max(1, drawnSide / Math.max(height, width));
  return { height: Math.round(height * scale), width: Math.round(width * scale) };
}

/** Where each of `n` drawn pixels lies among `m` values: the two beside it, and how far it is from the first. */
function places(n: number, m: number): { readonly low: Uint32Array; readonly high: Uint32Array; readonly way: Float32Array } {
  const [low, high, way] = [new Uint32Array(n), new Uint32Array(n), new Float32Array(n)];
  for (let i = 0; i < n; i++) {
    const at = Math.min(m - 1, Math.max(0, ((i + 0.5) * m) / n - 0.5));
    low[i] = Math.floor(at);
    high[i] = Math.min(m - 1, low[i]! + 1);
    way[i] = at - low[i]!;
  }
  return { low, high, way };
}

/** Bilinear between the centers of pixels, the edge carried outwards. */
export function enlarge({ values, height, width, signed }: HeatValues): HeatValues {
  const { height: h, width: w } = drawnExtent({ height, width });
  if (h === height && w === width) return { values, height, width, signed };
  const [across, down] = [places(w, width), places(h, height)];
  // Along the rows first: each row of values is used by many rows of the picture.
  const wide = new Float32Array(height * w);
  for (let y = 0; y < height; y++) for (let x = 0; x < w; x++) {
    const left = values[y * width + across.low[x]!]!;
    wide[y * w + x] = left + (values[y * width + across.high[x]!]! - left) * across.way[x]!;
  }
  const out = new Float32Array(h * w);
  for (let y = 0; y < h; y++) {
    const [top, bottom, way] = [down.low[y]! * w, down.high[y]! * w, down.way[y]!];
    for (let x = 0; x < w; x++) out[y * w + x] = wide[top + x]! + (wide[bottom + x]! - wide[top + x]!) * way;
  }
  return { values: out, height: h, width: w, signed };
}

/** RGBA of a map, [height, width, 4]: opaque from the threshold on, clear below. */
export function paintHeat({ values, height, width, signed }: HeatValues, { colors, threshold }: HeatStyle): Uint8ClampedArray<ArrayBuffer> {
  const table = tableOf(signed ? "balance" : colors);
  const shades = Uint32Array.from({ length: table.length / 3 }, (_, step) => 0xff_00_00_00 | (table[3 * step + 2]! << 16) | (table[3 * step + 1]! << 8) | table[3 * step]!);
  const pixels = new Uint32Array(height * width);
  for (let i = 0; i < values.length; i++) {
    const value = Math.min(1, Math.max(-1, values[i]!));
    if (Math.abs(value) < threshold || value === 0) continue;
    pixels[i] = shades[Math.round((signed ? (value + 1) / 2 : Math.max(0, value)) * 255)]!;
  }
  return new Uint8ClampedArray(pixels.buffer);
}
