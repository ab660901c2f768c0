import assert from "node:assert/strict";
import test from "node:test";
import { seededRandom } from "../../base/index.js";
import { simplify, traceOutlines } from "./trace-outline.js";

const mask = (...lines: string[]): { mask: Uint8Array; size: { rows: number; columns: number } } => ({
  mask: Uint8Array.from(lines.join(""), (letter) => (letter === "#" ? 1 : 0)),
  size: { rows: lines.length, columns: lines[0]!.length },
});

/** Area within closed edges, by the shoelace formula. */
function areaOf(points: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < points.length; i += 2) {
    const [x, y, nx, ny] = [points[i]!, points[i + 1]!, points[(i + 2) % points.length]!, points[(i + 3) % points.length]!];
    sum += x * ny - nx * y;
  }
  return sum / 2;
}

test("outlines worked by hand: a pixel, an L, two parts that touch at a corner, the larger first", () => {
  const one = mask("...", ".#.", "...");
  assert.deepEqual(traceOutlines(one.mask, one.size), [{ outline: [1, 1, 2, 1, 2, 2, 1, 2], area: 1 }]);
  const ell = mask("#..", "##.");
  assert.deepEqual(traceOutlines(ell.mask, ell.size)[0]!.outline, [0, 0, 1, 0, 1, 1, 2, 1, 2, 2, 0, 2]);
  const two = mask("#..", ".##");
  assert.deepEqual(traceOutlines(two.mask, two.size).map(({ area }) => area), [2, 1]);
});

test("the area within an outline is the part's area with its holes filled", () => {
  const ring = mask("####", "#..#", "####");
  const [traced] = traceOutlines(ring.mask, ring.size);
  assert.deepEqual([traced!.area, areaOf(traced!.outline)], [10, 12]);
  const random = seededRandom("outline");
  for (let n = 0; n < 40; n++) {
    const size = { rows: 9, columns: 13 };
    const noise = Uint8Array.from({ length: 117 }, () => (random.uniform() < 0.6 ? 1 : 0));
    for (const { outline, area } of traceOutlines(noise, size)) assert.ok(areaOf(outline) >= area && outline.every((value, i) => value >= 0 && value <= (i % 2 === 0 ? 13 : 9)));
  }
});

test("a simplified outline stays within the tolerance and has fewer points", () => {
  const size = { rows: 80, columns: 80 };
  const disc = Uint8Array.from({ length: 6400 }, (_, i) => (((i % 80) - 40) ** 2 + (Math.floor(i / 80) - 40) ** 2 < 900 ? 1 : 0));
  const [{ outline, area }] = traceOutlines(disc, size) as [ReturnType<typeof traceOutlines>[number]];
  const plain = simplify(outline, 1);
  assert.ok(plain.length < outline.length / 3);
  assert.ok(Math.abs(areaOf(plain) - area) < 0.05 * area);
});
