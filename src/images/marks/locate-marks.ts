import { resizeBilinear } from "../resample.js";
import type { Margin, Mark, Plane, Side } from "./contract.js";
import { findLines } from "./find-lines.js";
import { findMargins } from "./find-margins.js";
import { findMarkers } from "./find-markers.js";

export interface LocatedMarks {
  readonly marks: readonly Mark[];
  readonly margins: Readonly<Record<Side, Margin>>;
}

/** Longer side at which small objects, and thin lines, are looked for. Smaller images are taken as they are. */
const working = { markers: 512, lines: 1024 };

/** The image's range of values without its extreme thousandths; at least a tenth. */
export function rangeOf({ pixels }: Plane): { low: number; high: number } {
  const step = Math.max(1, Math.floor(pixels.length / 8000));
  const sample = new Float32Array(Math.ceil(pixels.length / step));
  for (let i = 0; i < sample.length; i++) sample[i] = pixels[i * step]!;
  sample.sort();
  const low = sample[Math.floor(0.002 * sample.length)]!;
  const high = sample[Math.min(sample.length - 1, Math.floor(0.998 * sample.length))]!;
  return high - low >= 0.1 ? { low, high } : { low: Math.max(0, high - 0.1), high };
}

function reduce(plane: Plane, longest: number): { plane: Plane; scale: number } {
  const longer = Math.max(plane.height, plane.width);
  if (longer <= longest) return { plane, scale: 1 };
  const size = { height: Math.max(1, Math.round((plane.height * longest) / longer)), width: Math.max(1, Math.round((plane.width * longest) / longer)) };
  return { plane: { pixels: resizeBilinear(plane.pixels, plane, size), ...size }, scale: longer / longest };
}

/** Reduced by taking the greatest (or least) of every f x f pixels: thin strokes keep their value, which averaging would take. */
function reduceToExtremes({ pixels, height, width }: Plane, factor: number, pick: "greatest" | "least"): Plane {
  if (factor === 1) return { pixels, height, width };
  const [rows, columns] = [Math.ceil(height / factor), Math.ceil(width / factor)];
  const sign = pick === "greatest" ? 1 : -1;
  const reduced = new Float32Array(rows * columns).fill(-Infinity);
  for (let row = 0; row < height; row++) {
    const base = Math.floor(row / factor) * columns;
    for (let to = base, column = 0; column < width; to++) {
      const end = Math.min(width, column + factor);
      let best = reduced[to]!;
      for (; column < end; column++) {
        const value = sign * pixels[row * width + column]!;
        if (value > best) best = value;
      }
      reduced[to] = best;
    }
  }
  if (sign < 0) for (let i = 0; i < reduced.length; i++) reduced[i] = -reduced[i]!;
  return { pixels: reduced, height: rows, width: columns };
}

/** Films shown with air white carry dark letters; on the others, small dark spots are gas. */
function hasBrightBackground({ pixels, height, width }: Plane, { low, high }: { low: number; high: number }): boolean {
  const border: number[] = [];
  for (let row = 0; row < height; row += 2) for (const column of [0, 1, 2, 3]) border.push(pixels[row * width + Math.min(column, width - 1)]!, pixels[(row + 1) * width - 1 - Math.min(column, width - 1)]!);
  border.sort((a, b) => a - b);
  return border[border.length >> 1]! > (low + high) / 2;
}

/** Whether a blob is a piece of a line, which is told already. */
function liesOn({ row, column, height, width }: Mark, { ends }: Mark): boolean {
  const [[r0, c0], [r1, c1]] = ends!;
  const [dr, dc] = [r1 - r0, c1 - c0];
  const [r, c] = [row + height / 2, column + width / 2];
  const t = Math.min(1, Math.max(0, ((r - r0) * dr + (c - c0) * dc) / (dr * dr + dc * dc)));
  return Math.hypot(r - r0 - t * dr, c - c0 - t * dc) < Math.min(height, width) / 2 + 2;
}

function enlarge(mark: Mark, scale: number): Mark {
  if (scale === 1) return mark;
  const { row, column, height, width, ends, ...rest } = mark;
  return {
    ...rest,
    row: row * scale,
    column: column * scale,
    height: height * scale,
    width: width * scale,
    ...(ends && { ends: ends.map(([r, c]) => [r * scale, c * scale] as const) as unknown as NonNullable<Mark["ends"]> }),
  };
}

/**
 * Finds what is not the patient: letters, lead markers and other small objects of extreme value, straight lines drawn
 * on the image, padding and straight edges along the sides. Meant for statistics over many images: now and then a
 * button is taken for a letter, and a letter on a busy background is missed.
 * @returns marks in pixels of the image, the clearest first
 */
export function locateMarks(image: Plane): LocatedMarks {
  const range = rangeOf(image);
  const fine = reduce(image, working.lines);
  const lines = findLines(fine.plane, range).map((mark) => enlarge(mark, fine.scale));
  const factor = Math.max(1, Math.ceil(Math.max(fine.plane.height, fine.plane.width) / working.markers - 0.25));
  const planes = {
    bright: reduceToExtremes(fine.plane, factor, "greatest"),
    ...(hasBrightBackground(fine.plane, range) && { dark: reduceToExtremes(fine.plane, factor, "least") }),
  };
  const markers = findMarkers(planes, range)
    .map((mark) => enlarge(mark, fine.scale * factor))
    .filter((marker) => !lines.some((line) => liesOn(marker, line)));
  return { marks: [...markers, ...lines], margins: findMargins(image, range) };
}
