import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import type { Preprocessing } from "../images/index.js";
import { decodeImage, prepare } from "../images/index.js";
import type { Batch, BatchStream } from "./batches.js";
import { orderedBatches, trainingBatches } from "./batches.js";
import { createDataPool } from "./data-pool.js";
import { makeImageFolder } from "./image-folder.testkit.js";
import { loadDataset } from "./load-dataset.js";
import { measureNormalization, prepareImages } from "./prepare-images.js";

const preprocessing: Preprocessing = { channels: "grey", size: 32, resize: "letterbox", mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.4], fill: 0.1 };
const augmentation = { flip: { probability: 0.5 }, rotation: { maxDeg: 10 }, noise: { maxStd: 0.05 } };
const pool = createDataPool({ workers: 1 });
const many = createDataPool({ workers: 3 });
const folder = await makeImageFolder(7);
const cacheRoot = mkdtempSync(path.join(tmpdir(), "osteon-cache-"));
after(async () => {
  await Promise.all([pool.close(), many.close()]);
  for (const one of [folder, cacheRoot]) rmSync(one, { recursive: true, force: true });
});
const { cases } = await loadDataset(folder);
const all = cases.map((_, i) => i);
const prepared = await prepareImages(cases, { preprocessing, pool });

async function collect(stream: BatchStream): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of stream) batches.push(batch);
  return batches;
}

test("ordered batches hold prepare() of every case once, the last batch smaller", async () => {
  const batches = await collect(orderedBatches(prepared, all, { batchSize: 4, pool }));
  assert.deepEqual(batches.map(({ images }) => images.shape), [[4, 3, 32, 32], [4, 3, 32, 32], [4, 3, 32, 32], [2, 3, 32, 32]]);
  assert.deepEqual(batches.flatMap(({ cases: list }) => list), all);
  for (const { images, cases: list } of batches) {
    for (const [n, index] of list.entries()) {
      const expected = prepare(await decodeImage(cases[index]!.file), preprocessing);
      assert.deepEqual(images.data.slice(n * 3072, (n + 1) * 3072), expected);
    }
  }
});

test("an epoch drops what does not fill a batch, visits no case twice and differs from the next epoch", async () => {
  const epoch = async (number: number) => collect(trainingBatches(prepared, all, { batchSize: 4, pool, seed: 7, epoch: number, augmentation }));
  const [first, second] = [await epoch(0), await epoch(1)];
  for (const batches of [first, second]) {
    assert.deepEqual(batches.map(({ cases: list }) => list.length), [4, 4, 4]);
    assert.equal(new Set(batches.flatMap(({ cases: list }) => list)).size, 12);
  }
  assert.notDeepEqual(first.map((batch) => batch.cases), second.map((batch) => batch.cases));
});

test("the same bits whatever the number of workers and prefetched batches", async () => {
  const options = { batchSize: 4, seed: "s", epoch: 3, augmentation };
  const one = await collect(trainingBatches(prepared, all, { ...options, pool, prefetch: 1 }));
  const three = await collect(trainingBatches(prepared, all, { ...options, pool: many, prefetch: 6 }));
  assert.deepEqual(one, three);
});

test("going on within an epoch gives the batches that were left", async () => {
  const options = { batchSize: 4, seed: 1, epoch: 2, augmentation, pool };
  const whole = await collect(trainingBatches(prepared, all, options));
  assert.deepEqual(await collect(trainingBatches(prepared, all, { ...options, firstBatch: 2 })), whole.slice(2));
  assert.deepEqual(await collect(trainingBatches(prepared, all, { ...options, firstBatch: 3 })), []);
});

test("a case's augmentation does not depend on the other cases of its batch", async () => {
  const find = (batches: Batch[], index: number) => {
    for (const { images, cases: list } of batches) if (list.includes(index)) return images.data.slice(list.indexOf(index) * 3072, (list.indexOf(index) + 1) * 3072);
    return undefined;
  };
  const options = { seed: 1, epoch: 0, augmentation, pool };
  const wide = await collect(trainingBatches(prepared, all, { ...options, batchSize: 14 }));
  const narrow = await collect(trainingBatches(prepared, [5, 3], { ...options, batchSize: 1 }));
  for (const index of [5, 3]) assert.deepEqual(find(narrow, index), find(wide, index));
  const plain = await collect(trainingBatches(prepared, [5], { ...options, batchSize: 1, augmentation: { rotation: { maxDeg: 0 } } }));
  assert.deepEqual(plain[0]!.images.data, (await collect(orderedBatches(prepared, [5], { batchSize: 1, pool })))[0]!.images.data);
  assert.notDeepEqual(find(narrow, 5), plain[0]!.images.data);
});

test("fewer cases than a batch make one batch of what there is; none is refused", async () => {
  const batches = await collect(trainingBatches(prepared, [1, 2], { batchSize: 16, pool, seed: 1, epoch: 0 }));
  assert.deepEqual(batches.map(({ cases: list }) => [...list].sort((a, b) => a - b)), [[1, 2]]);
  assert.throws(() => trainingBatches(prepared, [], { batchSize: 4, pool, seed: 1, epoch: 0 }), { code: "no-training-cases" });
  assert.throws(() => orderedBatches(prepared, all, { batchSize: 0, pool }), { code: "batch-size" });
  assert.throws(() => trainingBatches(prepared, all, { batchSize: 4, pool, seed: 1, epoch: 0, augmentation: { noise: { maxStd: 9 } } }), { code: "augmentation-strength" });
  assert.deepEqual(await collect(orderedBatches(prepared, [], { batchSize: 4, pool })), []);
});

test("leaving the loop early, an abort and a closed pool end the stream without a stray error", async () => {
  for await (const batch of trainingBatches(prepared, all, { batchSize: 2, pool, seed: 1, epoch: 0 })) {
    assert.equal(batch.cases.length, 2);
    break;
  }
  const controller = new AbortController();
  const stream = trainingBatches(prepared, all, { batchSize: 2, pool, seed: 1, epoch: 0, signal: controller.signal });
  controller.abort(new Error("stopped by the user"));
  await assert.rejects(collect(stream), /stopped by the user/);
  const closing = createDataPool({ workers: 1 });
  const last = orderedBatches(prepared, all, { batchSize: 2, pool: closing });
  await closing.close();
  await assert.rejects(collect(last), { code: "pool-closed" });
});

test("the time a consumer waited is counted", async () => {
  const stream = trainingBatches(prepared, all, { batchSize: 2, pool, seed: 1, epoch: 0, augmentation });
  for await (const batch of stream) {
    assert.ok(batch.cases.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.ok(stream.waitedMs > 0 && stream.waitedMs < 1000, `${stream.waitedMs}`);
});

test("normalization measured on some cases is the mean and deviation of their pixels without the border", async () => {
  const { mean, std } = measureNormalization(prepared, [0, 3]);
  const values: number[] = [];
  for (const index of [0, 3]) {
    const { top, left, rows, columns } = prepared.placements[index]!;
    for (let i = top; i < top + rows; i++) for (let j = left; j < left + columns; j++) values.push(prepared.frames[index]![i * 32 + j]!);
  }
  const expected = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - expected) ** 2, 0) / values.length);
  assert.equal(mean.length, 3);
  assert.ok(Math.abs(mean[1]! - expected) < 1e-9 && Math.abs(std[2]! - deviation) < 1e-9);
  const [batch] = await collect(orderedBatches(prepared, [0], { batchSize: 1, pool, normalization: { mean, std } }));
  assert.equal(batch!.images.data[0], Math.fround((Math.fround(0.1) - mean[0]!) * (1 / std[0]!)));
});

test("the cache gives the same bits, is keyed by content and preprocessing, and mean and std do not matter", async () => {
  const cacheDirectory = path.join(cacheRoot, "a");
  const first = await prepareImages(cases, { preprocessing, pool, cacheDirectory });
  const second = await prepareImages(cases, { preprocessing: { ...preprocessing, mean: [0], std: [1] }, pool, cacheDirectory });
  assert.deepEqual([first.fromCache, second.fromCache], [0, 14]);
  assert.deepEqual(first.frames, prepared.frames);
  assert.deepEqual(second.frames, prepared.frames);
  assert.deepEqual(second.placements, prepared.placements);
  const other = await prepareImages(cases, { preprocessing: { ...preprocessing, resize: "stretch" }, pool, cacheDirectory });
  assert.equal(other.fromCache, 0);
});

test("a cache file cut, altered or emptied is found, rebuilt and told", async () => {
  const cacheDirectory = path.join(cacheRoot, "b");
  await prepareImages(cases, { preprocessing, pool, cacheDirectory });
  const files = readdirSync(cacheDirectory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  assert.equal(files.length, 14);
  const bytes = readFileSync(files[0]!);
  writeFileSync(files[0]!, bytes.subarray(0, bytes.length - 9));
  const altered = readFileSync(files[1]!);
  altered[2000]! ^= 1;
  writeFileSync(files[1]!, altered);
  writeFileSync(files[2]!, "");
  const again = await prepareImages(cases, { preprocessing, pool, cacheDirectory });
  assert.deepEqual(again.frames, prepared.frames);
  assert.deepEqual([again.fromCache, again.warnings.map(({ code }) => code)], [11, ["cache-rebuilt"]]);
  assert.match(again.warnings[0]!.message, /^3 prepared images/);
  assert.deepEqual((await prepareImages(cases, { preprocessing, pool, cacheDirectory })).warnings, []);
});

test("a cache folder that cannot be written is one clear error", async () => {
  const file = path.join(cacheRoot, "a file");
  writeFileSync(file, "");
  await assert.rejects(prepareImages(cases, { preprocessing, pool, cacheDirectory: path.join(file, "cache") }), { name: "DataError", code: "file-enotdir" });
});

test("an image that vanished or broke after the check stops the preparation by name", async () => {
  await assert.rejects(prepareImages([...cases, { id: "gone.png", file: path.join(folder, "gone.png") }], { preprocessing, pool }), { code: "file-missing", message: /^gone\.png/ });
  const broken = path.join(cacheRoot, "broken.png");
  writeFileSync(broken, readFileSync(cases[0]!.file).subarray(0, 900));
  await assert.rejects(prepareImages([{ id: "broken.png", file: broken }], { preprocessing, pool }), { code: "image-damaged", message: /^broken\.png/ });
});
