import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { seededRandom } from "../base/index.js";
import { predictImages } from "../cli/predict-images.js";
import { ask, correlation, inScratchFolder, makeModel, noBrowser, openPage, openPrograms, softwareGpu, withPages } from "./browser.testkit.js";

interface Told {
  readonly device: string;
  readonly threads: number;
  readonly label: string;
  readonly map: number[];
  readonly milliseconds: number[];
}

/** A film with a few bones' worth of structure. */
async function makeFilm(file: string): Promise<string> {
  const random = seededRandom("film");
  const [width, height] = [1000, 1500];
  const pixels = Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return 50 + 120 * Math.exp(-(((x - 500 - 80 * Math.sin(y / 240)) / 70) ** 2)) * (0.7 + 0.3 * Math.cos(y / 18)) + random.integer(12);
  });
  await writeFile(file, await sharp(pixels, { raw: { width, height, channels: 1 } }).png().toBuffer());
  return file;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

test("mobilenet_v2 at 224 in a page: the program's label and map, in under 150 ms with two threads", { skip: noBrowser }, async (t) => {
  await inScratchFolder(async (folder) => {
    const model = await makeModel(folder, "mobilenet_v2", 224);
    const film = await makeFilm(path.join(folder, "film.png"));
    await withPages(model, folder, {}, async (browser, url) => {
      const { page } = await openPage(browser, `${url}page.css`);
      await writeFile(path.join(folder, "page/film.png"), await sharp(film).toBuffer());
      const told = await ask<Told>(
        page,
        `${openPrograms({ threads: 2 })} const milliseconds = []; let last; for (let i = 0; i < 40; i++) { last = await model.predict("/film.png"); if (i >= 10) milliseconds.push(last.milliseconds.predict); }
        return { device: model.device, threads: model.threads, label: last.label, map: [...last.map.values], milliseconds };`,
      );
      const [expected] = (await predictImages(model, [film])).predictions;
      assert.deepEqual([told.device, told.threads, told.label], ["cpu", 2, expected!.label]);
      assert.ok(correlation(told.map, [...expected!.map.values]) >= 0.999);
      const least = Math.min(...told.milliseconds);
      t.diagnostic(`prediction with map: least ${least.toFixed(0)} ms, median ${median(told.milliseconds).toFixed(0)} ms of ${told.milliseconds.length}, 2 threads; map's correlation ${correlation(told.map, [...expected!.map.values]).toFixed(6)}`);
      assert.ok(least < 150, `${least} ms`);

      const tuned = await ask<{ seconds: number; losses: number[] }>(
        page,
        `${openPrograms({ threads: 2 })} const draw = (left) => { const canvas = new OffscreenCanvas(400, 500); const c = canvas.getContext("2d"); c.fillStyle = "#223"; c.fillRect(0, 0, 400, 500); c.fillStyle = "#ddd"; c.fillRect(left ? 40 : 240, 40, 120, 420); return canvas.convertToBlob(); };
        const examples = []; for (let i = 0; i < 8; i++) examples.push({ label: i % 2 ? "left" : "right", image: await draw(i % 2 === 1) });
        const started = performance.now(); const { history } = await model.tune(examples, { part: "last-stage", epochs: 4, batchSize: 4 });
        return { seconds: (performance.now() - started) / 1000, losses: history.map(({ loss }) => loss) };`,
      );
      t.diagnostic(`last stage, 8 images, 4 epochs: ${tuned.seconds.toFixed(1)} s`);
      assert.ok(tuned.losses.every(Number.isFinite));
    });
  });
});

test("a small network in a page gives the same on WebGPU", { skip: noBrowser }, async (t) => {
  await inScratchFolder(async (folder) => {
    const model = await makeModel(folder, "resnet18-tiny", 64);
    const film = await makeFilm(path.join(folder, "film.png"));
    await withPages(model, folder, { args: softwareGpu }, async (browser, url) => {
      const { page } = await openPage(browser, `${url}page.css`);
      if (!(await page.evaluate<boolean>("navigator.gpu?.requestAdapter().then((adapter) => adapter !== null) ?? Promise.resolve(false)"))) return t.skip("the browser has no WebGPU");
      await writeFile(path.join(folder, "page/film.png"), await sharp(film).toBuffer());
      const told = await ask<Told>(page, `${openPrograms({ device: "webgpu" })} const p = await model.predict("/film.png"); return { device: model.device, label: p.label, map: [...p.map.values] };`);
      const [expected] = (await predictImages(model, [film])).predictions;
      assert.deepEqual([told.device, told.label], ["webgpu", expected!.label]);
      assert.ok(correlation(told.map, [...expected!.map.values]) >= 0.999);
    });
  });
});
