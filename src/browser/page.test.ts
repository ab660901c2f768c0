import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { seededRandom } from "../base/index.js";
import { predictImages } from "../cli/predict-images.js";
import { syntheticFiles } from "../dicom/synthetic.testkit.js";
import { decodeImage } from "../images/index.js";
import { pngBytes } from "../images/images.testkit.js";
import { readBundle } from "../models/index.js";
import { ask, correlation, inScratchFolder, makeModel, noBrowser, openPage, openPrograms, waitFor, withPages } from "./browser.testkit.js";
import { tuneBundle } from "./tune-bundle.js";

/** What a page gives back of a prediction. */
interface Answer {
  readonly label: string;
  readonly probabilities: Record<string, number>;
  readonly map: number[];
  readonly pixels: number[];
}

const open = openPrograms({ threads: 1, dicomCodecs: true });

/** Files of every kind that a page reads. */
async function pictures(): Promise<{ title: string; bytes: Uint8Array }[]> {
  const random = seededRandom("page");
  const [width, height] = [61, 47];
  const grey = Uint8Array.from({ length: width * height }, (_, i) => 120 + 80 * Math.sin((i % width) / 7) + random.integer(30));
  const color = Uint8Array.from({ length: width * height * 3 }, (_, i) => 120 + 80 * Math.sin(i / 50) + random.integer(30));
  const asGrey = sharp(grey, { raw: { width, height, channels: 1 } }).toColourspace("b-w");
  const asColor = sharp(color, { raw: { width, height, channels: 3 } });
  return [
    { title: "PNG", bytes: pngBytes(70, 120, 8, 0, Uint8Array.from({ length: 70 * 120 }, (_, i) => (i % 70 < 30 ? 150 : 60) + random.integer(40))) },
    { title: "16-bit PNG", bytes: pngBytes(width, height, 16, 0, Uint16Array.from({ length: width * height }, () => random.integer(65_536))) },
    { title: "grey JPEG", bytes: await asGrey.clone().jpeg({ quality: 70 }).toBuffer() },
    { title: "color JPEG", bytes: await asColor.clone().jpeg().toBuffer() },
    { title: "turned JPEG", bytes: await asColor.clone().withMetadata({ orientation: 6 }).jpeg({ progressive: true }).toBuffer() },
    ...syntheticFiles(random, 48, 64).map(({ title, bytes }) => ({ title: `DICOM, ${title}`, bytes })),
  ];
}

test("a page predicts, explains and trains further as the program does, and sends nothing", { skip: noBrowser }, async (t) => {
  await inScratchFolder(async (folder) => {
    const file = await makeModel(folder, "resnet18-tiny", 64);
    const images = await pictures();
    await withPages(file, folder, {}, async (browser, url) => {
      const { page: library, errors: uncaught } = await openPage(browser, `${url}page.css`);
      await t.test("every kind of image gives the program's pixels, label, probabilities and map", async () => {
        const lists = JSON.stringify(images.map(({ bytes }) => [...bytes]));
        const answers = await ask<Answer[]>(library, `${open} const answers = []; for (const list of ${lists}) answers.push(answerOf(await model.predict(bytesOf(list)))); return answers;`);
        for (const [i, { title, bytes }] of images.entries()) {
          const expected = await decodeImage(bytes);
          assert.deepEqual(Float32Array.from(answers[i]!.pixels), expected.pixels, title);
          const named = path.join(folder, `image-${i}`);
          await writeFile(named, bytes);
          const [prediction] = (await predictImages(file, [named])).predictions;
          assert.equal(answers[i]!.label, prediction!.label, title);
          for (const [label, value] of Object.entries(prediction!.probabilities)) assert.ok(Math.abs(answers[i]!.probabilities[label]! - value) < 1e-5, `${title}: ${label}`);
          assert.ok(correlation(answers[i]!.map, [...prediction!.map.values]) >= 0.999, title);
        }
      });

      await t.test("training in the page learns new labels, and the file it gives is the same model in the program", async () => {
        const random = seededRandom("examples");
        const examples = Array.from({ length: 8 }, (_, n) => {
          const pixels = Uint8Array.from({ length: 64 * 64 }, (__, i) => (n % 2 === 0) === i % 64 < 32 ? 200 + random.integer(40) : random.integer(40));
          return { label: n % 2 === 0 ? "left" : "right", bytes: [...pngBytes(64, 64, 8, 0, pixels)] };
        });
        const told = await ask<{ file: number[]; losses: number[]; labels: string[]; tasks: string[]; answer: Answer }>(
          library,
          `${open} const examples = ${JSON.stringify(examples)}.map(({ label, bytes }) => ({ label, image: bytesOf(bytes) })); const tasks = new Set();
          const tuned = await model.tune(examples, { part: "head", epochs: 8, batchSize: 4, learningRate: 0.1, onProgress: ({ task }) => tasks.add(task) });
          return { file: [...tuned.file], losses: tuned.history.map(({ loss }) => loss), labels: tuned.model.metadata.labels, tasks: [...tasks], answer: answerOf(await tuned.model.predict(examples[0].image)) };`,
        );
        assert.deepEqual(told.labels, ["left", "right"]);
        assert.deepEqual(told.tasks, ["reading images", "training"]);
        const byProgram = await tuneBundle(await readBundle(file), examples.map(({ label, bytes }) => ({ label, image: Uint8Array.from(bytes) })), { part: "head", epochs: 8, batchSize: 4, learningRate: 0.1 });
        told.losses.forEach((loss, epoch) => assert.ok(Math.abs(loss - byProgram.history[epoch]!.loss) < 1e-3, `epoch ${epoch}: ${loss} and ${byProgram.history[epoch]!.loss}`));
        assert.ok(told.losses.at(-1)! < 0.5 * told.losses[0]!, told.losses.join(" "));
        const saved = path.join(folder, "tuned.onnx");
        await writeFile(saved, Uint8Array.from(told.file));
        const image = path.join(folder, "left.png");
        await writeFile(image, Uint8Array.from(examples[0]!.bytes));
        const [prediction] = (await predictImages(saved, [image])).predictions;
        assert.equal(prediction!.label, "left");
        assert.equal(told.answer.label, "left");
        assert.ok(Math.abs(told.answer.probabilities["left"]! - prediction!.probabilities["left"]!) < 1e-4);
        assert.ok(correlation(told.answer.map, [...prediction!.map.values]) >= 0.999);
        const refused = await ask<string>(library, `${open} return model.tune([{ label: "one", image: new Uint8Array(0) }]).then(() => "trained", (error) => error.code);`);
        assert.equal(refused, "tune-examples");
        assert.deepEqual(uncaught, []);
        await library.close();
      });

      await t.test("the page shows it, asks nothing of anybody once it is loaded, and the browser refuses whatever would", async () => {
        const { page, requests, errors } = await openPage(browser, url);
        await waitFor(page, 'document.documentElement.dataset.ready === "true"');
        const loaded = requests.length;
        assert.ok(requests.every((request) => request.startsWith(url)), requests.join(" "));
        await page.setInputFiles("#files", [path.join(folder, "image-0"), path.join(folder, "image-2")]);
        await waitFor(page, 'document.querySelectorAll("#list .quiet").length === 2 && !document.getElementById("list").textContent.includes("…")');
        const [prediction] = (await predictImages(file, [path.join(folder, "image-0")])).predictions;
        assert.equal(await page.textContent("#label"), prediction!.label);
        assert.equal(await page.evaluate("crossOriginIsolated"), true);
        await page.setInputFiles("#files", { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no image") });
        await page.waitForSelector("#failure:not([hidden])", { state: "attached" });
        assert.match((await page.textContent("#failure"))!, /^notes\.txt: expected a PNG, JPEG or DICOM image, got text/);
        const tries = ["fetch('/model.onnx')", "fetch('https://example.org/')", "new Promise((go, no) => { const image = new Image(); image.onload = go; image.onerror = () => no(new Error('refused')); image.src = '/x.png?' + Math.random(); })", "import('/page.js?again')"];
        for (const attempt of tries) assert.equal(await page.evaluate(`${attempt}.then(() => "went out", () => "refused")`), "refused", attempt);
        assert.equal(await page.evaluate("navigator.sendBeacon('/x', 'pixels') && new Promise((go) => setTimeout(() => go('sent'), 50))").then(() => requests.slice(loaded).filter((request) => request.endsWith("/x")).length), 0);
        assert.deepEqual(requests.slice(loaded).filter((request) => !tries.some((attempt) => attempt.includes(new URL(request).pathname))), []);
        assert.deepEqual(errors, []);
      });
    });
  });
});
