import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import sharp from "sharp";
import { seededRandom } from "../base/index.js";
import { inScratchFolder, makeShape, makeShapeTable } from "../study/tiny-study.testkit.js";
import { runCli } from "./cli.testkit.js";

interface Answer {
  readonly predictions: { file: string; scope: { verdict: string; distance: number } }[];
  readonly declined: { file: string; scope: { reasons: string[] } }[];
}

test("a model just trained declines noise with the reason, accepts its own kind, notes both, and its log can be followed; an exported model does the same", async () => {
  await inScratchFolder(async (folder) => {
    const table = await makeShapeTable(folder, { perClass: 24 });
    const osteon = (...argv: string[]) => runCli(argv, { folder });
    const trained = await osteon("train", table, "--network", "mobilenet_v2-tiny", "--regime", "scratch", "--size", "32", "--epochs", "2", "--threads", "1", "--out", "model");
    assert.equal(trained.code, 0, trained.stderr);
    await mkdir(path.join(folder, "new"));
    const random = seededRandom("noise");
    const [fresh, noise] = [Array.from({ length: 20 }, (_, i) => `new/fresh-${i}.png`), Array.from({ length: 5 }, (_, i) => `new/noise-${i}.png`)];
    for (const [i, file] of fresh.entries()) await writeFile(path.join(folder, file), await makeShape(i % 2 === 0 ? "square" : "stripes", `fresh ${i}`));
    for (const file of noise) await sharp(Uint8Array.from({ length: 40 * 48 }, () => random.integer(256)), { raw: { width: 40, height: 48, channels: 1 } }).png().toFile(path.join(folder, file));
    const explained = await osteon("explain", "--model", "model/model.onnx", "--methods", "layer-cam", "--export", "exported.onnx");
    assert.equal(explained.code, 0, explained.stderr);
    for (const model of ["model/model.onnx", "exported.onnx"]) {
      const { stdout, stderr, code } = await osteon("predict", model, ...fresh, ...noise, "--json", "--log", `${model}.log`);
      assert.equal(code, 0, stderr);
      const { predictions, declined } = JSON.parse(stdout) as Answer;
      assert.ok(predictions.filter(({ file }) => file.includes("fresh")).length >= 18, `${declined.map(({ file }) => file).join()} declined`);
      assert.deepEqual(declined.filter(({ file }) => file.includes("noise")).map(({ file }) => file), noise);
      assert.match(declined.at(-1)!.scope.reasons[0]!, /^distance [\d.]+ above [\d.]+$/);
      const log = await readFile(path.join(folder, `${model}.log`), "utf8");
      assert.equal(log.trim().split("\n").length, 25);
      assert.doesNotMatch(log, /fresh|noise|png/);
    }
    const all = await osteon("predict", "model/model.onnx", ...noise, "--accept-out-of-scope");
    assert.match(all.stderr, /noise-0\.png: out of scope, predicted all the same: distance/);
    const followed = await osteon("monitor", "model/model.onnx", "model/model.onnx.log", "--page", "drift.html");
    assert.match(followed.stdout, /5 of 25 images declined|6 of 25|7 of 25/);
    assert.match(await readFile(path.join(folder, "drift.html"), "utf8"), /Evidence of a change after each image/);
  });
});
