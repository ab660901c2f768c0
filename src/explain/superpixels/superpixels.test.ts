import assert from "node:assert/strict";
import test from "node:test";
import { normalImages } from "../toy-network.testkit.js";
import { felzenszwalb } from "./felzenszwalb.js";
import { gridCells } from "./grid.js";
import { superpixelMethods, superpixels } from "./index.js";
import type { Superpixels } from "./contract.js";

const [height, width] = [16, 20];

/** A bright disc on a dark ground. */
const disc = Float32Array.from({ length: height * width }, (_, p) => ((Math.floor(p / width) - 8) ** 2 + ((p % width) - 10) ** 2 < 30 ? 1 : 0));
const image = { image: disc, channels: 1, height, width };

/** Number of parts that 4- or 8-connected flooding finds. */
function floodedParts({ labels }: Superpixels, diagonal: boolean): number {
  const seen = new Uint8Array(labels.length);
  let parts = 0;
  for (let start = 0; start < labels.length; start++) {
    if (seen[start]) continue;
    parts++;
    const open = [start];
    seen[start] = 1;
    while (open.length > 0) {
      const p = open.pop()!;
      const [y, x] = [Math.floor(p / width), p % width];
      for (const [dy, dx] of [[0, 1], [0, -1], [1, 0], [-1, 0], ...(diagonal ? [[1, 1], [1, -1], [-1, 1], [-1, -1]] : [])] as [number, number][]) {
        if (y + dy < 0 || y + dy >= height || x + dx < 0 || x + dx >= width) continue;
        const q = p + dy * width + dx;
        if (seen[q] || labels[q] !== labels[p]) continue;
        seen[q] = 1;
        open.push(q);
      }
    }
  }
  return parts;
}

for (const name of Object.keys(superpixelMethods) as (keyof typeof superpixelMethods)[]) {
  test(`${name}: parts are connected, numbered without gaps and the same each time`, () => {
    const noisy = { ...image, image: normalImages(1, [1, height, width], 4).data };
    for (const divided of [image, noisy]) {
      const found = superpixels(name, divided, 12);
      assert.deepEqual(found, superpixels(name, divided, 12));
      assert.deepEqual([...new Set(found.labels)].sort((a, b) => a - b), Array.from({ length: found.count }, (_, i) => i));
      assert.equal(floodedParts(found, name === "felzenszwalb"), found.count);
    }
  });
}

test("the grid's cells, by hand", () => {
  assert.deepEqual([...gridCells({ height: 3, width: 4 }, 2, 2).labels], [0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3]);
});

test("no SLIC part crosses the border of a disc by more than a stray pixel", () => {
  const { labels, count } = superpixels("slic", image, 20);
  assert.ok(count >= 10 && count <= 30, `${count} parts`);
  let minority = 0;
  for (let part = 0; part < count; part++) {
    const inside = labels.reduce((n, label, p) => n + (label === part ? disc[p]! : 0), 0);
    const size = labels.reduce((n, label) => n + (label === part ? 1 : 0), 0);
    minority += Math.min(inside, size - inside);
  }
  assert.ok(minority <= 0.05 * labels.length, `${minority} pixels on the wrong side`);
});

test("Felzenszwalb's parts of two flat halves are the halves, without smoothing", () => {
  const halves = { ...image, image: Float32Array.from({ length: height * width }, (_, p) => (p % width < 9 ? 0 : 1)) };
  const { labels, count } = felzenszwalb(halves, { sigmaPx: 0.01 });
  assert.equal(count, 2);
  assert.ok(labels.every((label, p) => label === (p % width < 9 ? 0 : 1)));
});

test("a flat image is one Felzenszwalb part", () => {
  assert.equal(felzenszwalb({ ...image, image: new Float32Array(height * width) }).count, 1);
});

test("an unknown way to divide is refused with those there are", () => {
  assert.throws(() => superpixels("slick" as "slic", image, 9), { code: "unknown-superpixels", message: /Did you mean "slic"/ });
  assert.throws(() => superpixels("slic", image, 0), { code: "segments" });
});
