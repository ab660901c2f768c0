import assert from "node:assert/strict";
import test from "node:test";
import { Canvas, shorten, textWidth, wrap } from "./canvas.js";
import { drawContactSheet } from "./contact-sheet.js";
import { glyphsOf } from "./stroke-font.js";

const grey = { data: new Uint8Array(40 * 30 * 3).fill(90), height: 40, width: 30, channels: 3 } as const;

test("a sheet holds every tile whole, and grows by a row where they do not fit in one", () => {
  const tile = { title: "Grad-CAM", lines: ["0.5 s"], picture: grey };
  const sheetOf = (count: number) => drawContactSheet({ title: "film.png", lines: ["Predicted: normal."], tiles: Array.from({ length: count }, () => tile), scales: ["evidence", "signed"], notes: [], columns: 3 });
  const [three, four] = [sheetOf(3), sheetOf(4)];
  assert.equal(three.width, four.width);
  assert.ok(four.height >= three.height + 40);
  const pixels = ({ data }: { data: Uint8Array }) => data.reduce((count, value, i) => count + Number(i % 3 === 0 && value === 90 && data[i + 1] === 90 && data[i + 2] === 90), 0);
  assert.ok(pixels(four) - pixels(three) >= 1200 && pixels(three) >= 3600);
});

test("text is drawn within its width, above its baseline, and letters of other alphabets as boxes", () => {
  const canvas = new Canvas(40, 200, [255, 255, 255]);
  canvas.text("Spine 12", { x: 10, y: 30, height: 14, color: [0, 0, 0] });
  const dark: [number, number][] = [];
  canvas.picture.data.forEach((value, i) => i % 3 === 0 && value < 128 && dark.push([Math.floor(i / 600), (i / 3) % 200]));
  assert.ok(dark.length > 100);
  assert.ok(dark.every(([row, column]) => row >= 14 && row <= 37 && column >= 10 && column <= 11 + textWidth("Spine 12", 14)));
  assert.equal(glyphsOf("脊")[0]!.strokes.length, 1);
  assert.ok(glyphsOf("ö")[0]!.strokes.length > glyphsOf("o")[0]!.strokes.length);
  assert.equal(glyphsOf("ß").length, 2);
});

test("long text is shortened or wrapped to its width", () => {
  const text = "a long name of a film that does not fit";
  assert.match(shorten(text, 10, 120), /^a long.*\.\.\.$/);
  assert.ok(textWidth(shorten(text, 10, 120), 10) <= 120);
  assert.equal(wrap(text, 10, 120).join(" "), text);
  assert.ok(wrap(text, 10, 120).every((line) => textWidth(line, 10) <= 120));
});
