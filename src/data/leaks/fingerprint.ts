import { resizeBilinear, type Size } from "../../images/index.js";
import { trimBorder, type Plane } from "./trim-border.js";

/** Side of the square that images are compared in, border trimmed and stretched to it. */
export const side = 96;
/** Cells per side of a descriptor, and orientations per cell. */
const cells = 8;
const orientations = 4;
export const descriptorLength = cells * cells * orientations;

/** Parts of a side that another image may be a cut of: whole, and without a twentieth or a tenth of its start, its end, or both. */
const spans = [[0, 1], [0, 0.95], [0.05, 1], [0, 0.9], [0.05, 0.95], [0.1, 1], [0.1, 0.9]] as const;
export interface Window {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}
/**
 * The whole image first, then what a cut may leave of it. Rows and columns are cut independently: where a margin was trimmed from the image, but was
 * cut away from its copy, one axis may be whole and the other a tenth shorter at either end.
 */
export const windows: readonly Window[] = spans.flatMap(([top, bottom]) => spans.map(([left, right]) => ({ top, left, bottom, right })));

/** A part of a part, in shares of the whole. */
export function partOf(outer: Window, { top, left, bottom, right }: Window): Window {
  const [height, width] = [outer.bottom - outer.top, outer.right - outer.left];
  return { top: outer.top + top * height, left: outer.left + left * width, bottom: outer.top + bottom * height, right: outer.left + right * width };
}

/** Pixels that an image is kept in at most, inside its border and of its own proportions. */
export const keptPixels = 12_000;

/** An image as the audit keeps it. */
export interface KeptImage extends Size {
  /** [H, W] */
  readonly pixels: Uint8Array;
}

/**
 * The image inside its border, reduced to 12,000 pixels where it has more; and the part of it inside what is nearly a
 * border: air whose noise is lost when an image is encoded anew or reduced. Copies have one of the two in common.
 */
export function keepInside(plane: Plane): { kept: KeptImage; frames: Window[] } {
  const box = trimBorder(plane, strictSpan);
  const inside = new Float32Array(box.height * box.width);
  for (let row = 0; row < box.height; row++) {
    const start = (box.row + row) * plane.width + box.column;
    for (let column = 0; column < box.width; column++) inside[row * box.width + column] = plane.pixels[start + column]!;
  }
  const scale = Math.min(1, Math.sqrt(keptPixels / (box.height * box.width)));
  const size = { height: Math.max(8, Math.floor(box.height * scale)), width: Math.max(8, Math.floor(box.width * scale)) };
  const near = trimBorder(plane, lenientShare * contrastOf(plane), { isThin: true });
  const inner = {
    top: (near.row - box.row) / box.height,
    left: (near.column - box.column) / box.width,
    bottom: (near.row + near.height - box.row) / box.height,
    right: (near.column + near.width - box.column) / box.width,
  };
  const isOther = Math.max(inner.top, inner.left, 1 - inner.bottom, 1 - inner.right) > leastMargin;
  return { kept: { ...size, pixels: toBytes(resizeBilinear(inside, box, size)) }, frames: isOther ? [windows[0]!, inner] : [windows[0]!] };
}

/** Levels of 255 that a line of a border may span; and of what is nearly one, as a share of the image's contrast. */
const [strictSpan, lenientShare] = [3, 0.12];
/** Share of a side from which the second frame is another than the first. */
const leastMargin = 0.02;

/** Span of the levels from the 2nd to the 98th percentile. */
function contrastOf({ pixels }: Plane): number {
  const counts = new Uint32Array(256);
  for (let i = 0; i < pixels.length; i++) counts[pixels[i]!]! += 1;
  const rank = (share: number): number => {
    let seen = 0;
    for (let level = 0; level < 256; level++) if ((seen += counts[level]!) > share * pixels.length) return level;
    return 255;
  };
  return rank(0.98) - rank(0.02);
}

/** A kept image stretched to [96, 96], its grey levels spread: percentile 1 to 0, 99 to 255, the median to 128. */
export function makeThumbnail({ pixels, height, width }: KeptImage): Uint8Array {
  return spreadLevels(resizeBilinear(new Float32Array(pixels), { height, width }, { height: side, width: side }));
}

function spreadLevels(values: Float32Array): Uint8Array {
  const histogram = new Uint32Array(256);
  const levels = toBytes(values);
  for (let i = 0; i < levels.length; i++) histogram[levels[i]!]! += 1;
  const at = (share: number): number => {
    let seen = 0;
    for (let level = 0; level < 256; level++) if ((seen += histogram[level]!) > share * (levels.length - 1)) return level;
    return 255;
  };
  const [low, high] = [at(0.01), Math.max(at(0.99), at(0.01) + 4)];
  const middle = Math.min(0.95, Math.max(0.05, (at(0.5) - low) / (high - low)));
  // A power moves the median to the middle, so that a change of gamma leaves little trace.
  const power = Math.min(2.5, Math.max(0.4, Math.log(0.5) / Math.log(middle)));
  const mapped = Float32Array.from({ length: 256 }, (_, level) => 255 * Math.min(1, Math.max(0, (level - low) / (high - low))) ** power);
  // Between two levels by a straight line, as a thumbnail is finer than its bytes.
  const spread = new Uint8Array(values.length);
  for (let i = 0; i < spread.length; i++) {
    const below = Math.min(254, Math.max(0, Math.floor(values[i]!)));
    const part = Math.min(1, Math.max(0, values[i]! - below));
    spread[i] = Math.round((1 - part) * mapped[below]! + part * mapped[below + 1]!);
  }
  return spread;
}

function toBytes(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.round(values[i]!);
  return bytes;
}

/** Lines of a window's grid of cells, and its corners. */
const lines = cells + 1;

/** Share of each orientation of edge in 8 x 8 cells of the thumbnail's windows, whichever side of an edge is bright. */
export class Fingerprint {
  /** [side + 1, side + 1, orientation]: sums over all rows and columns before. */
  readonly #sums: Float64Array;
  /** Sums up to the corners of a window's cells, [lines, lines, orientation]. */
  readonly #corners = new Float64Array(lines * lines * orientations);

  constructor(thumbnail: Uint8Array) {
    this.#sums = integrateAll(edgePlanes(thumbnail));
  }

  /** [cell row, cell column, orientation], of mean zero and length 1. */
  describe({ top, left, bottom, right }: Window, into: Float32Array = new Float32Array(descriptorLength)): Float32Array {
    const corners = this.#corners;
    const [height, width] = [((bottom - top) * side) / cells, ((right - left) * side) / cells];
    for (let row = 0; row < lines; row++) for (let column = 0; column < lines; column++) this.#sumTo(top * side + row * height, left * side + column * width, (row * lines + column) * orientations);
    for (let row = 0; row < cells; row++) {
      for (let column = 0; column < cells; column++) {
        const above = (row * lines + column) * orientations;
        const below = above + lines * orientations;
        const at = (row * cells + column) * orientations;
        for (let o = 0; o < orientations; o++) {
          const total = corners[below + orientations + o]! - corners[above + orientations + o]! - corners[below + o]! + corners[above + o]!;
          into[at + o] = Math.sqrt(Math.max(0, total));
        }
      }
    }
    return toUnit(into);
  }

  /** Sums of everything above y and left of x, between the grid's points by straight lines, into the corners from `at`. */
  #sumTo(y: number, x: number, at: number): void {
    const row = Math.min(side - 1, Math.floor(y));
    const column = Math.min(side - 1, Math.floor(x));
    const [v, u] = [y - row, x - column];
    const [sums, stride] = [this.#sums, (side + 1) * orientations];
    const i = row * stride + column * orientations;
    for (let o = i; o < i + orientations; o++) {
      const upper = sums[o]! + u * (sums[o + orientations]! - sums[o]!);
      const lower = sums[o + stride]! + u * (sums[o + stride + orientations]! - sums[o + stride]!);
      this.#corners[at + o - i] = upper + v * (lower - upper);
    }
  }
}

/** Where each number of a descriptor stands in the mirror image's. */
export const mirroredPlaces: Int32Array = Int32Array.from({ length: descriptorLength }, (_, i) => {
  const [cell, o] = [Math.floor(i / orientations), i % orientations];
  const [row, column] = [Math.floor(cell / cells), cell % cells];
  return (row * cells + cells - 1 - column) * orientations + [0, 1, 3, 2][o]!;
});

function toUnit(values: Float32Array): Float32Array {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const mean = sum / values.length;
  let square = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]! - mean;
    values[i] = value;
    square += value * value;
  }
  const length = Math.sqrt(square) || 1;
  for (let i = 0; i < values.length; i++) values[i]! /= length;
  return values;
}

/** Share of the mean length of all gradients that is added to the mean around: where there is little else than the noise of air, it counts little. */
const floorShare = 1.5;

/** Squared gradient along four directions over its length, against the mean length around. */
function edgePlanes(thumbnail: Uint8Array): Float32Array[] {
  const size = side * side;
  const planes = Array.from({ length: orientations }, () => new Float32Array(size));
  const strength = new Float32Array(size);
  const [gx, gy] = [new Float32Array(size), new Float32Array(size)];
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const i = row * side + column;
      gx[i] = thumbnail[row * side + Math.min(side - 1, column + 1)]! - thumbnail[row * side + Math.max(0, column - 1)]!;
      gy[i] = thumbnail[Math.min(side - 1, row + 1) * side + column]! - thumbnail[Math.max(0, row - 1) * side + column]!;
      strength[i] = Math.sqrt(gx[i] * gx[i] + gy[i] * gy[i]);
    }
  }
  const floor = floorShare * (strength.reduce((a, b) => a + b, 0) / size) + 1e-3;
  const sums = integrate(strength);
  const reach = 8;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const i = row * side + column;
      if (strength[i] === 0) continue;
      const top = Math.max(0, row - reach);
      const bottom = Math.min(side, row + reach + 1);
      const left = Math.max(0, column - reach);
      const right = Math.min(side, column + reach + 1);
      const stride = side + 1;
      const around = (sums[bottom * stride + right]! - sums[top * stride + right]! - sums[bottom * stride + left]! + sums[top * stride + left]!) / ((bottom - top) * (right - left));
      const scale = 1 / (strength[i]! * (around + floor));
      const x = gx[i]!;
      const y = gy[i]!;
      planes[0]![i] = x * x * scale;
      planes[1]![i] = y * y * scale;
      planes[2]![i] = 0.5 * (x + y) ** 2 * scale;
      planes[3]![i] = 0.5 * (x - y) ** 2 * scale;
    }
  }
  return planes;
}

/** The running sums of all planes, side by side. */
function integrateAll(planes: readonly Float32Array[]): Float64Array {
  const all = new Float64Array((side + 1) ** 2 * orientations);
  planes.forEach((plane, o) => integrate(plane).forEach((sum, i) => (all[i * orientations + o] = sum)));
  return all;
}

function integrate(plane: Float32Array): Float64Array {
  const stride = side + 1;
  const sums = new Float64Array(stride * stride);
  for (let row = 0; row < side; row++) {
    let line = 0;
    for (let column = 0; column < side; column++) {
      line += plane[row * side + column]!;
      sums[(row + 1) * stride + column + 1] = sums[row * stride + column + 1]! + line;
    }
  }
  return sums;
}
