import type { Margin, Plane, Side } from "./contract.js";
import { sides } from "./contract.js";

/** Values this close count as one: a grey level of 8 bits, and what JPEG does to it. */
const sameValue = 2.5 / 255;
/** A collimator's edge: the mean of the lines rises by this share of the image's range within two lines or a hundredth of the way. */
const edgeRise = 0.08;
/** No margin is wider than this share of the image. */
const deepest = 0.45;

interface Line {
  readonly mean: number;
  /** Between the 5th and the 95th of a hundred. */
  readonly spread: number;
  readonly range: number;
}

/**
 * Padding and collimation on the four sides. An edge counts where all lines outside of it are nearly even and the mean
 * jumps at it: air beside a patient ends in no straight line.
 */
export function findMargins(plane: Plane, range: { readonly low: number; readonly high: number }): Record<Side, Margin> {
  return Object.fromEntries(sides.map((side) => [side, findMargin(plane, side, Math.max(range.high - range.low, 1e-6))])) as Record<Side, Margin>;
}

function findMargin(plane: Plane, side: Side, span: number): Margin {
  const along = side === "top" || side === "bottom" ? plane.height : plane.width;
  const limit = Math.floor(along * deepest);
  const lines: Line[] = [];
  for (let i = 0; i <= limit + 1 && i < along; i++) {
    lines.push(describeLine(plane, side, i));
    // Beyond the first busy lines there can be no edge of a margin.
    if (lines[i]!.spread > 0.25 * span && i > 3 && lines[i - 3]!.spread > 0.25 * span) break;
  }
  let padding = 0;
  while (padding < lines.length && lines[padding]!.range <= sameValue && Math.abs(lines[padding]!.mean - lines[0]!.mean) <= sameValue) padding += 1;
  if (padding > limit) padding = 0;
  const edge = findEdge(lines, padding, span, Math.max(2, Math.ceil(along / 100)));
  const inside = lines.slice(0, Math.max(1, edge));
  return { padding: padding / along, edge: edge / along, value: inside.reduce((sum, { mean }) => sum + mean, 0) / inside.length };
}

/** Lines outside of the last straight edge; at least the padding. */
function findEdge(lines: readonly Line[], padding: number, span: number, reach: number): number {
  let found = padding;
  for (let i = Math.max(1, padding); i + reach < lines.length; i++) {
    if (lines[i - 1]!.spread > 0.12 * span) break;
    const rise = Math.abs(lines[Math.min(lines.length - 1, i + reach - 1)]!.mean - lines[i - 1]!.mean);
    const before = Math.abs(lines[i - 1]!.mean - lines[Math.max(0, i - 1 - reach)]!.mean);
    if (rise > edgeRise * span && before < rise / 3) {
      const step = (line: number): number => Math.abs(lines[line]!.mean - lines[line - 1]!.mean);
      found = i;
      for (let line = i + 1; line < Math.min(lines.length, i + reach); line++) if (step(line) > step(found)) found = line;
      i += reach;
    }
  }
  return found;
}

function describeLine({ pixels, height, width }: Plane, side: Side, depth: number): Line {
  const row = side === "top" ? depth : height - 1 - depth;
  const column = side === "left" ? depth : width - 1 - depth;
  const horizontal = side === "top" || side === "bottom";
  const count = horizontal ? width : height;
  const step = Math.max(1, Math.floor(count / 128));
  const values = new Float32Array(Math.ceil(count / step));
  const stride = horizontal ? 1 : width;
  let least = Infinity;
  let greatest = -Infinity;
  let sum = 0;
  for (let i = 0, at = horizontal ? row * width : column; i < count; i++, at += stride) {
    const value = pixels[at]!;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    if (i % step === 0) {
      values[i / step] = value;
      sum += value;
    }
  }
  values.sort();
  const at = (share: number): number => values[Math.min(values.length - 1, Math.floor(share * values.length))]!;
  return { mean: sum / values.length, spread: at(0.95) - at(0.05), range: greatest - least };
}
