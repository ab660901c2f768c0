import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import { pngBytes } from "./images.testkit.js";
import { placement } from "./placement.js";
import { defaultPreprocessing } from "./preprocessing.js";
import { boundingBox, boxesToMask, boxOfMask, loadRegion, polygonsToMask } from "./region.js";

const folder = mkdtempSync(path.join(tmpdir(), "osteon-region-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const place = placement(40, 20, { ...defaultPreprocessing, size: 20 });

test("boxes become a mask, overlaps count once and partly covered pixels by their share (worked by hand)", () => {
  const mask = boxesToMask([{ row: 0, column: 0, height: 1, width: 2 }, { row: 0, column: 1, height: 1.5, width: 1 }], { height: 2, width: 3 });
  assert.deepEqual([...mask], [1, 1, 0, 0, 0.5, 0]);
});

test("a mask file and the boxes that draw it give the same region in the network frame", async () => {
  const file = path.join(folder, "mask.png");
  writeFileSync(file, pngBytes(20, 40, 8, 0, Uint8Array.from({ length: 800 }, (_, i) => (i >= 400 && i % 20 >= 10 ? 255 : 0))));
  const fromMask = await loadRegion({ mask: file, name: "case 1" }, place);
  const fromBoxes = await loadRegion({ boxes: [{ row: 20, column: 10, height: 20, width: 10 }], name: "case 1" }, place);
  assert.deepEqual(fromMask, fromBoxes);
  // 20 x 10 image at columns 5 to 14: the region is its lower right quarter, less the antialiased seam.
  assert.deepEqual([fromMask[19 * 20 + 14], fromMask[19 * 20 + 15], fromMask[0]], [1, 0, 0]);
  assert.ok(Math.abs(fromMask.reduce((sum, value) => sum + value, 0) - 50) < 1);
});

test("regions that do not fit or hold nothing are refused by name", async () => {
  const file = path.join(folder, "other.png");
  writeFileSync(file, pngBytes(20, 20, 8, 0, new Uint8Array(400)));
  await assert.rejects(loadRegion({ mask: file, name: "case 2" }, place), { code: "region-size", message: /^case 2: expected a mask of the radiograph's size 20 x 40, got 20 x 20/ });
  await assert.rejects(loadRegion({ boxes: [{ row: 30, column: 0, height: 11, width: 5 }], name: "case 2" }, place), { code: "region-size" });
  await assert.rejects(loadRegion({ boxes: [], name: "case 2" }, place), { code: "region-empty" });
});

test("a polygon holds the pixels whose centers it holds (worked by hand)", () => {
  const triangle = [[0, 0], [4, 0], [0, 4]] as const;
  const mask = polygonsToMask([triangle], { height: 4, width: 4 });
  assert.deepEqual([...mask], [1, 1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
});

test("a rectangle is the same as box and as polygon; a ring within a ring is a hole", () => {
  const rectangle = [[1, 2], [1, 5], [3, 5], [3, 2]] as const;
  const size = { height: 6, width: 7 };
  assert.deepEqual(polygonsToMask([rectangle], size), boxesToMask([{ row: 1, column: 2, height: 2, width: 3 }], size));
  assert.deepEqual(boundingBox({ polygons: [rectangle] }), { row: 1, column: 2, height: 2, width: 3 });
  assert.deepEqual(boxOfMask(polygonsToMask([rectangle], size), size), { row: 1, column: 2, height: 2, width: 3 });
  assert.equal(boxOfMask(new Float32Array(42), size), undefined);
  assert.equal(boundingBox({}), undefined);
});

test("outlines that leave the image are cut at its edge", () => {
  const mask = polygonsToMask([[[-5, -5], [-5, 50], [50, 50], [50, -5]]], { height: 3, width: 3 });
  assert.ok(mask.every((value) => value === 1));
});
