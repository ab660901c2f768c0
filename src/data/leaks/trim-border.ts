import type { Box } from "../../images/index.js";

/** A grey image, [H, W] row-major. */
export interface Plane {
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
}

/** Share of each side that is trimmed at most. */
const mostTrimmed = 0.4;

/** Lines at the inner edge of a border that encoding may have disturbed: a block of JPEG's. */
const disturbedLines = 8;
/** Share of the image's contrast that the middle half of such a line may span, and its distance from the border's level. */
const disturbedShare = 0.15;

/**
 * The part of an image inside its flat border: outermost rows and columns of one grey level are taken away, one level
 * after another, so that an added frame and collimated edges go alike; and then up to eight more where half of the line is still
 * near the border's level, as its blocks were encoded together with what is inside.
 * @param flatSpan levels of 255 that a line may span between its 4th and 96th percentile: a marker is let pass
 * @param isThin look for a border too that is thinner than what encoding disturbed, so that none of its lines is flat
 */
export function trimBorder({ pixels, height, width }: Plane, flatSpan: number, { isThin = false }: { isThin?: boolean } = {}): Box {
  const edges = { top: 0, left: 0, bottom: height, right: width };
  const lineOf = (side: Side, inward: number): Line =>
    side === "top" || side === "bottom"
      ? { start: (side === "top" ? edges.top + inward : edges.bottom - 1 - inward) * width + edges.left, step: 1, count: edges.right - edges.left }
      : { start: edges.top * width + (side === "left" ? edges.left + inward : edges.right - 1 - inward), step: width, count: edges.bottom - edges.top };
  const cut = (side: Side, lines: number): void => void (edges[side] += side === "top" || side === "left" ? lines : -lines);
  const isLeft = (side: Side): boolean => {
    const [trimmed, length] = side === "top" ? [edges.top, height] : side === "bottom" ? [height - edges.bottom, height] : side === "left" ? [edges.left, width] : [width - edges.right, width];
    return trimmed < length * mostTrimmed;
  };
  const levels: Partial<Record<Side, number>> = {};
  for (let before = -1; before !== edges.top + edges.left - edges.bottom - edges.right; ) {
    before = edges.top + edges.left - edges.bottom - edges.right;
    for (const side of sides) {
      for (;;) {
        const [low, middle, high] = ranksOf(pixels, lineOf(side, 0), [0.04, 0.5, 0.96]) as [number, number, number];
        if (!isLeft(side) || high - low > flatSpan) break;
        levels[side] = middle;
        cut(side, 1);
      }
    }
  }
  const [darkest, brightest] = ranksOf(pixels, { start: 0, step: 1, count: pixels.length }, [0.02, 0.98]) as [number, number];
  const tolerance = disturbedShare * (brightest - darkest);
  for (const side of sides) {
    const level = levels[side] ?? (isThin ? ranksOf(pixels, lineOf(side, 0), [0.5])[0] : undefined);
    if (level === undefined) continue;
    let lines = 0;
    while (lines < disturbedLines && isLeft(side)) {
      const [lower, upper] = ranksOf(pixels, lineOf(side, lines), [0.25, 0.75]) as [number, number];
      if (upper - lower > tolerance || Math.abs((upper + lower) / 2 - level) > tolerance / 2) break;
      lines += 1;
    }
    cut(side, lines);
  }
  return { row: edges.top, column: edges.left, height: edges.bottom - edges.top, width: edges.right - edges.left };
}

const sides = ["top", "bottom", "left", "right"] as const;
type Side = (typeof sides)[number];

interface Line {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** Levels below which the given shares of a line lie. */
function ranksOf(pixels: Uint8Array, { start, step, count }: Line, shares: readonly number[]): number[] {
  const histogram = new Uint32Array(256);
  for (let i = 0, at = start; i < count; i++, at += step) histogram[pixels[at]!]! += 1;
  return shares.map((share) => {
    const wanted = Math.floor(count * share);
    let seen = 0;
    for (let level = 0; level < 256; level++) if ((seen += histogram[level]!) > wanted) return level;
    return 255;
  });
}
