import { renderFrame } from "../pixels/render-frame.js";
import { breakLines, cellWidth, drawLetters, lineHeight } from "./dot-letters.js";
import type { ResultPrediction } from "./contract.js";
import { defaultThreshold, mapOnImage, regionOf } from "./place-map.js";
import { modelTitle } from "./result-frame.js";
import type { SourceImage } from "./source-image.js";

/** Red, green, blue per pixel. */
export interface BurnedPicture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Opacity at full evidence: the anatomy below must stay readable. */
const strongest = 0.6;
/** Shorter sides are enlarged in whole steps until letters fit below them. */
const readableSide = 384;

/** From red to yellow for evidence, from blue to cyan for evidence against: never as colorless as bone or air. */
function colorOf(value: number): [number, number, number] {
  const share = Math.min(1, Math.abs(value));
  const [full, rising] = [Math.round(190 + 65 * share), Math.round(235 * share)];
  return value < 0 ? [0, rising, full] : [full, rising, 0];
}

/** Colors of -1 to 1 in steps of 1/256; the first is none. */
const colorTable = Uint8Array.from({ length: 3 * 512 }, (_, i) => colorOf((Math.floor(i / 3) - 256) / 255)[i % 3]!);

/** Draws the border of the region that the other objects tell of, so that all show the same. */
function drawBorder({ data, width }: BurnedPicture, region: Uint8Array, { thickness, height }: { readonly thickness: number; readonly height: number }): void {
  const isInside = (y: number, x: number): boolean => y >= 0 && x >= 0 && y < height && x < width && region[y * width + x] === 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (region[y * width + x] !== 1) continue;
      const isBorder = !(isInside(y - thickness, x) && isInside(y + thickness, x) && isInside(y, x - thickness) && isInside(y, x + thickness));
      if (isBorder) data.set([0, 230, 230], 3 * (y * width + x));
    }
  }
}

/** The image's pixels scaled by whole or broken factors, sampled bilinearly, or averaged where many become one. */
function scaled(pixels: Float32Array, from: { rows: number; columns: number }, to: { height: number; width: number }): Float32Array {
  const result = new Float32Array(to.height * to.width);
  const [tall, wide] = [from.rows / to.height, from.columns / to.width];
  const [stepsY, stepsX] = [Math.max(1, Math.round(tall)), Math.max(1, Math.round(wide))];
  const axis = (count: number, size: number, scale: number, steps: number): Int32Array =>
    Int32Array.from({ length: count * steps }, (_, i) => Math.min(size - 1, Math.max(0, Math.floor(((Math.floor(i / steps) + ((i % steps) + 0.5) / steps) * scale)))));
  const [ys, xs] = [axis(to.height, from.rows, tall, stepsY), axis(to.width, from.columns, wide, stepsX)];
  const share = 1 / (stepsY * stepsX);
  for (let y = 0; y < to.height; y++) {
    for (let x = 0; x < to.width; x++) {
      let sum = 0;
      for (let j = y * stepsY; j < (y + 1) * stepsY; j++) {
        const start = ys[j]! * from.columns;
        for (let i = x * stepsX; i < (x + 1) * stepsX; i++) sum += pixels[start + xs[i]!]!;
      }
      result[y * to.width + x] = sum * share;
    }
  }
  return result;
}

/** Size of the picture: square pixels, enlarged in whole steps or shrunk to the longest side. */
function pictureSize({ rows, columns, pixelAspect }: SourceImage, longestSidePx: number): { height: number; width: number } {
  const square = pixelAspect > 1 ? { height: rows * pixelAspect, width: columns } : { height: rows, width: columns / pixelAspect };
  const shorter = Math.min(square.height, square.width);
  const longer = Math.max(square.height, square.width);
  const enlarged = Math.max(1, Math.min(Math.ceil(readableSide / shorter), Math.floor(longestSidePx / longer)));
  const factor = longer * enlarged > longestSidePx ? longestSidePx / longer : enlarged;
  return { height: Math.max(1, Math.round(square.height * factor)), width: Math.max(1, Math.round(square.width * factor)) };
}

/** The lines below the picture. */
function captionOf({ classes, decided, map, model }: ResultPrediction): string[] {
  const sorted = [...classes].sort((a, b) => Number(b.label === decided) - Number(a.label === decided) || b.probability - a.probability);
  const told = sorted.slice(0, 4).map(({ label, probability }) => `${label} ${probability.toFixed(3)}`);
  return [
    told.join("   "),
    ...(map === undefined ? [] : [`${map.method} of ${map.label}, outline at ${map.threshold ?? defaultThreshold} of its peak`]),
    `${modelTitle(model)}, SHA-256 ${model.sha256.toLowerCase().slice(0, 12)}`,
    "Result of an algorithm. For research; not a medical device.",
  ];
}

/**
 * The image as stored with the heat map laid over it, and a caption below: nothing of the image is hidden by text.
 * @throws what `renderFrame` throws
 */
export function burnIn(source: SourceImage, prediction: ResultPrediction, longestSidePx = 1280): BurnedPicture {
  const { file, frame, rows, columns } = source;
  const rendered = renderFrame(file, { frame, orientation: "stored" });
  const { height: imageHeight, width } = pictureSize(source, longestSidePx);
  const grey = scaled(rendered.pixels, { rows, columns }, { height: imageHeight, width });
  const { map } = prediction;
  const [sx, sy] = [width / columns, imageHeight / rows];
  const heat = map === undefined ? undefined : mapOnImage({ ...map, toImage: [map.toImage[0] * sx, map.toImage[1] * sx, map.toImage[2] * sx, map.toImage[3] * sy, map.toImage[4] * sy, map.toImage[5] * sy] }, { rows: imageHeight, columns: width });

  const scale = Math.max(1, Math.round(width / (cellWidth * 50)));
  const margin = 2 * scale;
  const lines = captionOf(prediction).flatMap((line) => breakLines(line, Math.max(8, Math.floor((width - 2 * margin) / (cellWidth * scale)))));
  const bar = heat === undefined ? 0 : lineHeight * scale;
  const height = imageHeight + 2 * margin + bar + lines.length * lineHeight * scale;
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < grey.length; i++) {
    const base = 255 * grey[i]!;
    const value = heat?.[i] ?? 0;
    const opacity = strongest * Math.sqrt(Math.min(1, Math.abs(value)));
    const entry = 3 * (256 + Math.round(255 * Math.min(1, Math.max(-1, value))));
    for (let k = 0; k < 3; k++) data[3 * i + k] = base * (1 - opacity) + colorTable[entry + k]! * opacity + 0.5;
  }
  const picture = { data, width, height };
  if (heat !== undefined) drawBorder(picture, regionOf(heat, map!.threshold), { thickness: Math.max(1, Math.round(Math.max(width, imageHeight) / 600)), height: imageHeight });
  if (bar > 0) drawBar(picture, { row: imageHeight + margin, scale, margin, signed: map!.signed === true });
  lines.forEach((text, n) => drawLetters(picture, { text, row: imageHeight + margin + bar + n * lineHeight * scale, column: margin, scale, color: n === 0 ? [255, 255, 255] : [190, 190, 190] }));
  return picture;
}

/** The scale of colors with its ends. */
function drawBar(picture: BurnedPicture, { row, scale, margin, signed }: { row: number; scale: number; margin: number; signed: boolean }): void {
  const low = signed ? "-1" : "0";
  const from = margin + (low.length + 0.5) * cellWidth * scale;
  const to = Math.min(picture.width - margin - 2 * cellWidth * scale, from + 40 * cellWidth * scale);
  drawLetters(picture, { text: low, row, column: margin, scale, color: [190, 190, 190] });
  drawLetters(picture, { text: "1", row, column: Math.round(to + 0.5 * cellWidth * scale), scale, color: [190, 190, 190] });
  for (let x = Math.ceil(from); x < to; x++) {
    const share = (x - from) / (to - from);
    const color = colorOf(signed ? 2 * share - 1 : share);
    for (let y = row; y < row + 7 * scale; y++) picture.data.set(color, 3 * (y * picture.width + x));
  }
}
