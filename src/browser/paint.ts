import { turboColor, upsample } from "../explain/index.js";
import { resizeBilinear, toImageFrame, type Placement } from "../images/index.js";
import type { PaintedMap, Prediction } from "./contract.js";

const table = Array.from({ length: 256 }, (_, i) => turboColor(i / 255).map((channel) => Math.round(channel * 255)));

/** Extent of the image when its longer side is at most `longSide`. */
function extentFor({ height, width }: { readonly height: number; readonly width: number }, longSide: number): { height: number; width: number } {
  const scale = Math.min(1, longSide / Math.max(height, width));
  return { height: Math.max(1, Math.round(height * scale)), width: Math.max(1, Math.round(width * scale)) };
}

/** The image itself as RGBA, reduced where it is larger than wanted. */
export function paintImage({ image }: Pick<Prediction, "image">, { longSide = 1600 }: { readonly longSide?: number } = {}): PaintedMap {
  const size = extentFor(image, longSide);
  const plane = image.height * image.width;
  const planes = Array.from({ length: image.channels }, (_, c) => resizeBilinear(image.pixels.subarray(c * plane, (c + 1) * plane), image, size));
  const pixels = new Uint8ClampedArray(size.height * size.width * 4).fill(255);
  for (let i = 0; i < size.height * size.width; i++) for (let c = 0; c < 3; c++) pixels[4 * i + c] = 255 * planes[c % planes.length]![i]!;
  return { pixels, ...size };
}

/**
 * The heat map as RGBA, to be laid over the image: opacity is the square root of the evidence, so that where the network sees
 * nothing the image is shown as it is.
 */
export function paintMap({ map, frame, placement, image }: Pick<Prediction, "map" | "frame" | "placement" | "image">, { longSide = 1600 }: { readonly longSide?: number } = {}): PaintedMap {
  const size = extentFor(image, longSide);
  const pixels = new Uint8ClampedArray(size.height * size.width * 4);
  if (map.values.length === 0) return { pixels, ...size };
  const square = upsample(map, frame.height, frame.width);
  const place: Placement = { ...placement, ...size };
  const heat = toImageFrame(square.values, square, place);
  for (let i = 0; i < heat.length; i++) {
    const evidence = Math.min(1, Math.abs(heat[i]!));
    pixels.set(table[Math.round(evidence * 255)]!, 4 * i);
    pixels[4 * i + 3] = Math.round(255 * Math.sqrt(evidence));
  }
  return { pixels, ...size };
}
