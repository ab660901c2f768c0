import assert from "node:assert/strict";
import { test } from "node:test";
import sharp from "sharp";
import { captionOfMri, captionOfRadiograph } from "./caption.js";
import { makeDiscMri } from "../mri/disc-mri.js";
import { makeRadiograph } from "../radiograph.js";
import type { PlannedImage } from "./case-recipe.js";
import { fitText, textStrokes, textWidth, wrapParts } from "./lettering.js";
import { planPhantomDataset } from "./plan-dataset.js";
import { drawContactSheet } from "./preview.js";
import { createSheet, drawText, outlineMask } from "./sheet.js";

const planned = (of: Partial<PlannedImage>): PlannedImage => ({ name: "P0001-1", patient: "P0001", study: "P0001-S1", label: "x", trueLabel: "x", hospital: "", split: "", duplicateOf: "", gamma: 1, ...of }) as PlannedImage;

test("a caption names view, posture, condition with level, grade and what was measured", () => {
  const slipped = makeRadiograph({ seed: 2, index: 3, condition: "isthmic-spondylolisthesis", view: "lumbar-lateral", posture: "flexion", grade: 2, size: 64 });
  const [view, condition, measures, rest] = captionOfRadiograph(slipped.truth, planned({ hospital: "north", split: "test" }));
  assert.deepEqual([view, condition], [["Lumbar lateral, flexion"], [`isthmic spondylolisthesis ${slipped.truth.level}`]]);
  assert.match(measures!.join(" · "), /^Meyerding I+ · slip \d+\.\d mm at L\d$/);
  assert.match(rest!.join(" · "), /^\d+ years, [FM] · hospital north · test$/);
  const bent = makeRadiograph({ seed: 2, index: 1, condition: "scoliosis", size: 64 });
  assert.match(captionOfRadiograph(bent.truth, planned({ label: "normal" })).flat().join(" · "), /^Whole spine AP · scoliosis · \w+ · [\w -]+ · Cobb \d+° [TL]\d+-[TL]\d+ · .* · labelled normal$/);
  const slice = makeDiscMri({ seed: 2, index: 1, state: "herniation", level: "L4", size: 64 });
  assert.match(captionOfMri(slice.truth, planned({})).flat().join(" · "), /^Lumbar MRI, T2 · herniation L4-L5 · Pfirrmann \d · herniation \d+\.\d mm · canal \d+\.\d mm/);
});

test("a contact sheet has a row per class with room for its words", async () => {
  const images = planPhantomDataset({ count: 6, seed: 1, study: "disc-state", size: 64 });
  const options = { title: "Title", height: 64, perRow: 1 };
  const [all, one] = await Promise.all([drawContactSheet(images, options), drawContactSheet(images, { ...options, labels: ["stenosis"] })]);
  const [sheet, row] = await Promise.all([all, one].map((file) => sharp(file).metadata()));
  assert.equal(sheet!.channels, 3);
  assert.ok(row!.height > 64 + 60 && sheet!.height > 2.2 * row!.height - 120, `${sheet!.height} ${row!.height}`);
  assert.ok(sheet!.width >= 64);
});

test("every letter of a caption has a glyph, and ink falls where the line stands", () => {
  const known = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,:;-+=/()%_'°·±?";
  const shapes = Array.from(known).map((letter) => JSON.stringify(textStrokes(letter, { x: 0, y: 0, capPx: 10 })));
  assert.equal(new Set(shapes).size, known.length);
  const sheet = createSheet(120, 40, [0, 0, 0]);
  drawText(sheet, "Hg", { x: 10, y: 25, capPx: 12, color: [255, 255, 255] });
  let [top, bottom, left, right] = [40, 0, 120, 0];
  for (let i = 0; i < sheet.data.length; i += 3) {
    if (sheet.data[i]! < 128) continue;
    const [r, k] = [Math.floor(i / 3 / 120), (i / 3) % 120];
    [top, bottom, left, right] = [Math.min(top, r), Math.max(bottom, r), Math.min(left, k), Math.max(right, k)];
  }
  // The cap reaches 12 pixels above the baseline, the descender 3.7 below it.
  assert.ok(top >= 12 && top <= 14 && bottom >= 27 && bottom <= 29, `${top}..${bottom}`);
  assert.ok(left >= 9 && right <= 10 + Math.ceil(textWidth("Hg", 12)) + 1);
});

test("words are fitted and wrapped at their parts", () => {
  assert.equal(fitText("short", 10, 500), "short");
  const cut = fitText("a very long word", 10, 60);
  assert.ok(cut.endsWith("..") && textWidth(cut, 10) <= 60);
  assert.deepEqual(wrapParts(["one", "two", "three"], 10, textWidth("one · two", 10)), ["one · two", "three"]);
});

test("an outline colors the rim of a mask alone", () => {
  const sheet = createSheet(7, 7, [0, 0, 0]);
  const region = Uint8Array.from({ length: 49 }, (_, i) => (Math.abs((i % 7) - 3) <= 1 && Math.abs(Math.floor(i / 7) - 3) <= 1 ? 255 : 0));
  outlineMask(sheet, { region, width: 7, height: 7 }, { x: 0, y: 0, color: [255, 0, 0] });
  // Of a block of 3 x 3 the rim has 8 pixels.
  assert.equal(sheet.data.filter((value, i) => i % 3 === 0 && value > 0).length, 8);
  assert.equal(sheet.data[(3 * 7 + 3) * 3], 0);
});
