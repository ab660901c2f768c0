import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import * as fc from "fast-check";
import { OsteonError } from "../../base/index.js";
import { makeImage, makeImageFolder } from "../image-folder.testkit.js";
import { loadDataset } from "../load-dataset.js";
import { attachRegions } from "./attach-regions.js";
import { cropWindow, withMargin } from "./crop-windows.js";
import { readCoco } from "./read-coco.js";
import { readLabelMe } from "./read-label-me.js";

const coco = {
  images: [{ id: 1, file_name: "normal/normal 0.png", width: 40, height: 60 }, { id: 2, file_name: "scoliosis 1.png" }],
  categories: [{ id: 1, name: "disc" }, { id: 2, name: "vertebra" }],
  annotations: [
    { image_id: 1, category_id: 1, bbox: [5, 10, 20, 8] },
    { image_id: 2, category_id: 2, bbox: [0, 0, 3, 3], segmentation: [[1, 2, 9, 2, 9, 30]] },
  ],
};
const temporary = (name: string, text: string): string => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), "osteon-regions-")), name);
  writeFileSync(file, text);
  return file;
};

test("COCO: x before y, boxes by left and top, polygons before boxes", async () => {
  const dataset = await loadDataset(await makeImageFolder(2));
  const read = await attachRegions(dataset, temporary("coco.json", JSON.stringify(coco)));
  const of = (id: string) => read.cases.find((one) => one.id === id)!;
  assert.deepEqual(of("normal/normal 0.png").boxes, [{ row: 10, column: 5, height: 8, width: 20 }]);
  assert.deepEqual(of("scoliosis/scoliosis 1.png").polygons, [[[2, 1], [2, 9], [30, 9]]]);
  assert.equal(of("scoliosis/scoliosis 1.png").boxes, undefined);
  assert.equal(of("normal/normal 1.png").boxes, undefined);
  assert.notEqual(read.sha256, dataset.sha256);
});

test("one category of several, and a misspelt one", async () => {
  const name = "coco.json";
  assert.deepEqual(readCoco(JSON.stringify(coco), { name, categories: ["disc"] }).map(({ file }) => file), ["normal/normal 0.png"]);
  assert.throws(() => readCoco(JSON.stringify(coco), { name, categories: ["disk"] }), { code: "annotation-category", message: /Did you mean "disc"/ });
});

test("LabelMe: polygons, rectangles in any order of corners, circles; points are passed over", () => {
  const text = JSON.stringify({
    imagePath: "..\\images\\a.png", imageHeight: 60, imageWidth: 40,
    shapes: [
      { label: "disc", points: [[30, 20], [10, 5]], shape_type: "rectangle" },
      { label: "disc", points: [[0, 0], [4, 0], [4, 4]] },
      { label: "lesion", points: [[10, 10], [13, 14]], shape_type: "circle" },
      { label: "disc", points: [[1, 1]], shape_type: "point" },
    ],
  });
  const read = readLabelMe(text, { name: "a.json" });
  assert.deepEqual(read.boxes, [{ row: 5, column: 10, height: 15, width: 20 }]);
  assert.deepEqual(read.polygons[0], [[0, 0], [0, 4], [4, 4]]);
  assert.ok(read.polygons[1]!.every(([row, column]) => Math.abs(Math.hypot(row - 10, column - 10) - 5) < 1e-9));
  assert.equal(readLabelMe(text, { name: "a.json", categories: ["lesion"] }).polygons.length, 1);
});

test("a folder of LabelMe files and masks, by the images' names", async () => {
  const images = await makeImageFolder(2);
  const folder = mkdtempSync(path.join(tmpdir(), "osteon-regions-"));
  mkdirSync(path.join(folder, "normal"));
  writeFileSync(path.join(folder, "anything.json"), JSON.stringify({ imagePath: "scoliosis 0.png", shapes: [{ label: "x", points: [[0, 0], [4, 0], [4, 4]] }] }));
  writeFileSync(path.join(folder, "normal", "normal 1.png"), await makeImage("mask"));
  const read = await attachRegions(await loadDataset(images), folder);
  assert.equal(read.cases.filter(({ polygons }) => polygons !== undefined).length, 1);
  assert.equal(read.cases.find(({ id }) => id === "normal/normal 1.png")!.region, path.join(folder, "normal", "normal 1.png"));
});

test("names that fit no image or two are told", async () => {
  const dataset = await loadDataset(await makeImageFolder(1));
  const other = { ...coco, images: [{ id: 1, file_name: "knee.png" }, { id: 2, file_name: "hip.png" }] };
  await assert.rejects(attachRegions(dataset, temporary("coco.json", JSON.stringify(other))), { code: "annotations-none" });
  const twice = { ...dataset, cases: dataset.cases.map((one, i) => ({ ...one, id: `${i}/a.png` })) };
  const vague = { images: [{ id: 1, file_name: "a.png" }], annotations: [{ image_id: 1, bbox: [0, 0, 1, 1] }] };
  await assert.rejects(attachRegions(twice, temporary("coco.json", JSON.stringify(vague))), { code: "annotation-image" });
});

test("any text is read or refused with one of our errors", () => {
  const check = (read: () => unknown): void => {
    try {
      read();
    } catch (error) {
      assert.ok(error instanceof OsteonError && error.code.startsWith("annotation"), String(error));
    }
  };
  const texts = fc.oneof(fc.json(), fc.string(), fc.nat(JSON.stringify(coco).length).map((end) => JSON.stringify(coco).slice(0, end)));
  fc.assert(fc.property(texts, (text) => {
    check(() => readCoco(text, { name: "x.json" }));
    check(() => readLabelMe(text, { name: "x.json" }));
  }));
});

test("a crop is the square around the region with its margin in share, pixels or millimetres", async () => {
  const one = { id: "a", fields: { spacing_mm: "0.5" }, boxes: [{ row: 10, column: 20, height: 10, width: 30 }] };
  const square = { row: -5, column: 15, height: 40, width: 40 };
  assert.deepEqual(await cropWindow(one, { px: 5 }), square);
  assert.deepEqual(await cropWindow(one, { mm: 2.5 }), square);
  assert.deepEqual(await cropWindow(one, { share: 1 / 6 }), square);
  assert.deepEqual(withMargin(one.boxes[0]!, 5), square);
  assert.equal(await cropWindow({ id: "b", fields: {} }, { px: 5 }), undefined);
  await assert.rejects(cropWindow({ ...one, fields: {} }, { mm: 1 }), { code: "crop-spacing" });
});
