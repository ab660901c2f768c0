import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import { fileURLToPath } from "node:url";
import { float32, seededRandom } from "../../base/index.js";
import { augment } from "../augment.js";
import { decodeImage } from "../decode-image.js";
import { pngBytes } from "../images.testkit.js";
import type { Preprocessing } from "../preprocessing.js";
import { fitToFrame, normalize, prepare } from "../prepare.js";
import { createImagePool } from "./image-pool.js";
import type { testTasks } from "./pool.testkit.js";
import { WorkerPool } from "./worker-pool.js";

const file = new URL("./pool.testkit.js", import.meta.url);
const open = (workers = 2, queueLimit?: number) => new WorkerPool<typeof testTasks>(file, { workers, queueLimit });

test("results come back to their callers, in any number and order", async () => {
  const pool = open(2, 3);
  const results = await Promise.all(Array.from({ length: 40 }, (_, i) => pool.run("double", i)));
  assert.deepEqual(results, Array.from({ length: 40 }, (_, i) => 2 * i));
  assert.deepEqual(await pool.run("halves", Float32Array.of(2, 4)), Float32Array.of(1, 2));
  await pool.close();
});

test("an error keeps its class, code and message on the way out of the worker", async () => {
  const pool = open(1);
  await assert.rejects(pool.run("refuse", "a.png"), { name: "DataError", code: "image-empty", exitCode: 3, message: /^a\.png: expected/ });
  await assert.rejects(pool.run("stumble", undefined), { name: "InternalError", code: "worker-task", message: /x is not a function/ });
  assert.equal(await pool.run("double", 4), 8);
  await pool.close();
});

test("a worker that dies fails its job by name and is replaced; other jobs are done", async () => {
  const pool = open(2);
  const settled = await Promise.allSettled([
    pool.run("exit", 3, { subject: "b.png" }),
    ...Array.from({ length: 6 }, (_, i) => pool.run("double", i)),
    pool.run("throwLater", undefined, { subject: "c.png" }),
    pool.run("double", 9),
  ]);
  const [crash] = settled;
  assert.ok(crash.status === "rejected");
  const { code, message } = crash.reason as Error & { code: string };
  assert.equal(code, "worker-crashed");
  assert.match(message, /^b\.png: expected a worker thread to finish it, got a crash \(exit code 3\)\. Run again/);
  assert.match(String((settled[7] as PromiseRejectedResult).reason), /c\.png: .*outside of any task/);
  assert.deepEqual([...settled.slice(1, 7), settled[8]!].map((one) => (one as PromiseFulfilledResult<number>).value), [0, 2, 4, 6, 8, 10, 18]);
  await pool.close();
});

test("an abort rejects waiting and running jobs at once and leaves the pool usable", async () => {
  const pool = open(1);
  const controller = new AbortController();
  const jobs = [pool.run("wait", 60, { signal: controller.signal }), pool.run("wait", 1, { signal: controller.signal })];
  setTimeout(() => controller.abort(new Error("stopped by the user")), 10);
  for (const job of await Promise.allSettled(jobs)) assert.match(String((job as PromiseRejectedResult).reason), /stopped by the user/);
  await assert.rejects(pool.run("double", 1, { signal: controller.signal }), /stopped by the user/);
  assert.equal(await pool.run("double", 5), 10);
  await pool.close();
});

test("close fails unfinished jobs, refuses new ones and may be repeated", async () => {
  const pool = open(1, 2);
  const jobs = [pool.run("wait", 10_000), pool.run("wait", 1), pool.run("wait", 1)];
  const settled = Promise.allSettled(jobs);
  setTimeout(() => void pool.close(), 30);
  for (const job of await settled) assert.equal(((job as PromiseRejectedResult).reason as { code: string }).code, "pool-closed");
  await assert.rejects(pool.run("double", 1), { code: "pool-closed" });
  await pool.close();
});

test("a pool closed while a result is on its way is waited for to the end", () => {
  const url = new URL("./worker-pool.js", import.meta.url).href;
  const program = `
    import { WorkerPool } from ${JSON.stringify(url)};
    const pool = new WorkerPool(new URL(${JSON.stringify(file.href)}), { workers: 1 });
    await pool.run("double", 1);
    const job = pool.run("double", 2).catch(() => {});
    await null;
    // The thread answers while this one is busy.
    for (const end = performance.now() + 20; performance.now() < end; );
    await pool.close();
    await job;
    console.log("closed");`;
  const { status, stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { timeout: 10_000, encoding: "utf8" });
  assert.deepEqual([status, stdout], [0, "closed\n"]);
});

test("runAll settles every payload in order and counts what is done", async () => {
  const pool = open(2, 2);
  const counts: number[] = [];
  const settled = await pool.runAll("double", [1, 2, 3, 4, 5], { onSettled: (done) => counts.push(done) });
  assert.deepEqual(settled.map((one) => (one as PromiseFulfilledResult<number>).value), [2, 4, 6, 8, 10]);
  assert.deepEqual(counts, [1, 2, 3, 4, 5]);
  await pool.close();
});

test("neither a closed nor an idle pool keeps a process alive", () => {
  const url = new URL("./worker-pool.js", import.meta.url).href;
  for (const ending of ["await pool.close();", ""]) {
    const program = `import { WorkerPool } from ${JSON.stringify(url)}; const pool = new WorkerPool(new URL(${JSON.stringify(file.href)}), { workers: 2 }); if (await pool.run("double", 2) !== 4) process.exit(1); ${ending}`;
    const { status, signal } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { timeout: 10_000, cwd: path.dirname(fileURLToPath(file)) });
    assert.deepEqual([status, signal], [0, null]);
  }
});

const folder = mkdtempSync(path.join(tmpdir(), "osteon-pool-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const preprocessing: Preprocessing = { channels: "grey", size: 24, resize: "letterbox", mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.4], fill: 0.1 };

test("image workers give what decodeImage, prepare and augment give, bit for bit", async () => {
  const random = seededRandom("pool");
  const name = path.join(folder, "image 1.png");
  writeFileSync(name, pngBytes(50, 70, 16, 0, Uint16Array.from({ length: 3500 }, () => random.integer(65536))));
  const pool = createImagePool({ workers: 1 });
  const image = await decodeImage(name);
  const prepared = await pool.run("prepare", { file: name, name: "image 1.png", preprocessing });
  assert.deepEqual(prepared.pixels, prepare(image, preprocessing));
  assert.deepEqual([prepared.placement.height, prepared.source.bitDepth, prepared.sha256.length], [70, 16, 64]);
  const frame = fitToFrame(image, preprocessing);
  const recipe = { rotation: { maxDeg: 20 }, noise: { maxStd: 0.1 } };
  const { images } = await pool.run("batch", { frames: [frame, frame], preprocessing, augmentation: { recipe, keys: [[1, "a"], [1, "b"]] } });
  const expected = ["a", "b"].map((key) => normalize(augment(float32([1, 24, 24], frame), recipe, { random: seededRandom(1, key), fill: 0.1 }).data, preprocessing));
  assert.deepEqual([images.subarray(0, 1728), images.subarray(1728)], expected);
  await assert.rejects(pool.run("fit", { file: path.join(folder, "none.png"), name: "none.png", preprocessing }), { name: "NotFoundError", code: "file-missing", message: /^none\.png/ });
  await pool.close();
});
