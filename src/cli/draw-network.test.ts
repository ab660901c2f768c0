import assert from "node:assert/strict";
import test from "node:test";
import { buildNetwork, outlineNetwork } from "../models/index.js";
import { drawNetwork, shortCount } from "./draw-network.js";

test("a network is drawn from the image to the logits, repeated blocks once: ResNet-34's third layer by hand", () => {
  const drawing = drawNetwork(outlineNetwork(buildNetwork("resnet34", { classes: 4 })), [3, 224, 224]);
  const lines = drawing.split("\n");
  assert.equal(lines[0], "○ image  3 x 224 x 224");
  assert.equal(lines.at(-1), "● logits  4");
  const from = lines.findIndex((line) => line.startsWith("├─ layer3:"));
  assert.match(lines[from]!, /layer3: 256 x 14 x 14; 6\.82 M parameters, 1\.34 G multiply-adds/);
  assert.deepEqual(lines.slice(from + 1, from + 10).map((line) => line.replaceAll(/ {2,}/g, "  ")), [
    "│  layer3.0.conv1  conv 3x3 /2, 128 to 256 · norm · relu  256 x 14 x 14",
    "│  layer3.0.conv2  conv 3x3, 256 to 256 · norm  256 x 14 x 14",
    "│  layer3.0.downsample.0  conv 1x1 /2, 128 to 256 · norm  256 x 14 x 14",
    "│  layer3.0.add  add · relu  256 x 14 x 14",
    "│  ┌ layer3.1.conv1  conv 3x3, 256 to 256 · norm · relu  256 x 14 x 14",
    "│  │ layer3.1.conv2  conv 3x3, 256 to 256 · norm  256 x 14 x 14",
    "│  └ layer3.1.add  add · relu  256 x 14 x 14",
    "│  5 times, the last from layer3.5.conv1 on",
    "│",
  ]);
  assert.ok(lines.every((line) => line.length <= 100));
});

test("every layer of a network is drawn or counted as a repetition", () => {
  for (const name of ["vgg16_bn", "densenet121", "efficientnet_v2_s", "mobilenet_v2"] as const) {
    const stages = outlineNetwork(buildNetwork(name, { classes: 4 }));
    const lines = drawNetwork(stages, [3, 224, 224]).split("\n");
    let drawn = 0;
    let block = 0;
    for (const line of lines) {
      const repeated = /^│ {4}(\d+) times/.exec(line);
      if (repeated) {
        drawn += block * (Number(repeated[1]) - 1);
        block = 0;
      } else if (/^│ {2}[┌│└╶] /.test(line)) {
        drawn++;
        block++;
      } else if (/^│ {4}\S/.test(line)) drawn++;
    }
    assert.equal(drawn, stages.reduce((sum, { layers }) => sum + layers.length, 0), name);
  }
});

test("numbers are shortened to three digits", () => {
  assert.deepEqual([0, 999, 1000, 23_250, 7_978_856, 56_079_699_008].map(shortCount), ["0", "999", "1.00 k", "23.3 k", "7.98 M", "56.1 G"]);
});
