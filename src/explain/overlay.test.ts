import assert from "node:assert/strict";
import test from "node:test";
import { turboColor } from "./color-map.js";
import { outline, overlay } from "./overlay.js";

const flat = (value: number, size = 8) => ({ height: size, width: size, values: new Float32Array(size * size).fill(value) });

test("without evidence the radiograph is shown as it is", () => {
  assert.ok(overlay(flat(0.5), flat(0, 2)).data.every((value) => value === 128));
});

test("full evidence is red and still shows the image below", () => {
  const [red, green, blue] = overlay(flat(0.5), flat(1, 2)).data;
  assert.ok(red! > green! + 40 && red! > blue! + 40);
  assert.notDeepEqual(overlay(flat(0.9), flat(1, 2)).data, overlay(flat(0.1), flat(1, 2)).data);
});

test("the color map runs from blue over green to red", () => {
  const dominant = (t: number) => turboColor(t).indexOf(Math.max(...turboColor(t)));
  assert.deepEqual([0.1, 0.5, 0.9].map(dominant), [2, 1, 0]);
});

test("a region is drawn by its edge alone", () => {
  const region = flat(0);
  for (let y = 2; y < 6; y++) for (let x = 2; x < 6; x++) region.values[y * 8 + x] = 1;
  const { data } = outline(flat(0.5), region);
  const green = Array.from({ length: 64 }, (_, i) => data[i * 3 + 1] === 224);
  assert.equal(green.filter(Boolean).length, 12);
  assert.equal(green[3 * 8 + 3], false);
});

test("on the signed scale evidence against is blue, evidence for is red, and zero leaves the image", () => {
  const tone = (value: number) => [...overlay(flat(0.5), flat(value, 2), { scale: "signed" }).data.subarray(0, 3)] as [number, number, number];
  const [against, nothing, forIt] = [tone(-1), tone(0), tone(1)];
  assert.deepEqual(nothing, [128, 128, 128]);
  assert.ok(against[2] > against[0] + 40 && forIt[0] > forIt[2] + 40);
});
