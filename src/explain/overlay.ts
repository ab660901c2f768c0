import { InternalError } from "../base/index.js";
import type { Picture } from "../images/index.js";
import { signedColor, turboTable, type ColorScale } from "./color-map.js";
import { upsample, type HeatMap } from "./upsample.js";

/** Opacity at full evidence: the anatomy below must stay readable. */
const maxOpacity = 0.6;

/**
 * Lays a heat map over a grey image. Opacity grows with the size of the evidence, so that where the network sees nothing the
 * radiograph is shown as it is.
 * @param grey [H, W] in [0, 1]
 * @param map any extent, in [0, 1] or, on the signed scale, in [-1, 1]; upsampled to the image
 * @param options scale: `"evidence"` (default) or `"signed"`, blue against the score and red for it
 */
export function overlay(grey: HeatMap, map: HeatMap, { scale = "evidence" }: { readonly scale?: ColorScale } = {}): Picture {
  const { height, width } = grey;
  if (grey.values.length !== height * width) {
    throw new InternalError("overlay-size", `overlay: expected ${height * width} grey values, got ${grey.values.length}.`);
  }
  const heat = upsample(map, height, width).values;
  const data = new Uint8Array(height * width * 3);
  for (let i = 0; i < heat.length; i++) {
    const base = Math.min(1, Math.max(0, grey.values[i]!)) * 255;
    const [evidence, table, entry] = scale === "signed" ? signedEntry(heat[i]!) : plainEntry(heat[i]!);
    const opacity = maxOpacity * Math.sqrt(evidence);
    for (let channel = 0; channel < 3; channel++) {
      data[i * 3 + channel] = Math.round(base * (1 - opacity) + table[entry + channel]! * opacity);
    }
  }
  return { data, height, width, channels: 3 };
}

type Entry = readonly [size: number, table: Uint8Array, at: number];

function plainEntry(value: number): Entry {
  const evidence = Math.min(1, Math.max(0, value));
  return [evidence, turboTable, Math.round(evidence * 255) * 3];
}

/** Pure colors: over an image the opacity alone says how much. */
const poles = Uint8Array.from([...signedColor(-1), ...signedColor(1)]);

function signedEntry(value: number): Entry {
  return [Math.min(1, Math.abs(value)), poles, value < 0 ? 0 : 3];
}

/** A known region drawn over a grey image: its outline bright, the rest untouched. */
export function outline(grey: HeatMap, region: HeatMap): Picture {
  const { height, width } = grey;
  const inside = upsample(region, height, width).values;
  const isInside = (y: number, x: number): boolean =>
    y >= 0 && x >= 0 && y < height && x < width && inside[y * width + x]! >= 0.5;
  const data = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const edge = isInside(y, x) && !(isInside(y - 1, x) && isInside(y + 1, x) && isInside(y, x - 1) && isInside(y, x + 1));
      const value = Math.round(Math.min(1, Math.max(0, grey.values[i]!)) * 255);
      data.set(edge ? [64, 224, 128] : [value, value, value], i * 3);
    }
  }
  return { data, height, width, channels: 3 };
}
