import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { seededRandom } from "../../base/index.js";
import { DiskQueue } from "./queue.js";
import { readQueue } from "./read-queue.js";
import type { QueueRecord } from "./record.js";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "osteon-queue-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const options = { reserveBytes: 0, setup: "one" };
const origin = (instance: string): { instance: string; origin: string } => ({ instance, origin: "test" });
const record = (id: string): QueueRecord => ({ id, receivedAt: "2026-01-01T00:00:00.000Z", origin: "test", setup: "one" });

test("an image goes from received to done, and coming again it is the one that is there", () =>
  inFolder(async (folder) => {
    const queue = await DiskQueue.open(folder, options);
    await queue.accept(Buffer.from("pixels"), { ...origin("1.2.3"), head: Buffer.from("head ") });
    await queue.accept(Buffer.from("pixels"), origin("1.2.3"));
    assert.deepEqual(queue.counts(), { received: 1, outgoing: 0, done: 0, refused: 0, failed: 0 });
    const id = queue.next()!;
    assert.equal(String((await queue.image(id)).bytes), "head pixels");
    await queue.toOutgoing(id, { ...record(id), results: [{ kind: "sr", sopClass: "1", instance: "2", series: "3", study: "secret-study" }] }, [Buffer.from("a"), Buffer.from("b")]);
    await queue.accept(Buffer.from("pixels"), origin("1.2.3"));
    assert.equal(queue.next(), undefined);
    assert.deepEqual((await queue.outgoing(id)).files.map(String), ["a", "b"]);
    assert.deepEqual([queue.isResult("2"), queue.isResult("1.2.3")], [true, false]);
    await queue.settle(id, "done", (await queue.outgoing(id)).record);
    await queue.accept(Buffer.from("pixels"), origin("1.2.3"));
    assert.deepEqual(queue.counts(), { received: 0, outgoing: 0, done: 1, refused: 0, failed: 0 });
    assert.deepEqual(await readdir(path.join(folder, "received")), []);
    // Nothing that is kept names the instance or its study.
    const kept = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const entry of kept.filter((one) => one.isFile())) assert.doesNotMatch(entry.name + await readFile(path.join(entry.parentPath, entry.name), "latin1"), /1\.2\.3|secret-study/);
    await queue.close();
  }));

test("another content under the same name is another image; another setup judges again; what failed is tried again when it comes again", () =>
  inFolder(async (folder) => {
    const queue = await DiskQueue.open(folder, options);
    for (const content of ["one", "two"]) await queue.accept(Buffer.from(content), origin("1.2.3"));
    assert.equal(queue.find("1.2.3").length, 2);
    const [first, second] = queue.find("1.2.3").map(({ id }) => id) as [string, string];
    await queue.settle(first, "failed", { ...record(first), reasons: ["no pixels"] });
    await queue.settle(second, "done", record(second));
    assert.equal((await stat(path.join(folder, "failed", first.slice(0, 2), `${first}.dcm`))).size, 3);
    await queue.accept(Buffer.from(first === queue.find("1.2.3")[0]!.id ? "one" : "two"), origin("1.2.3"));
    assert.equal(queue.next(), first);
    await queue.settle(first, "refused", { ...record(first), reasons: ["rule a: modality MR, wanted DX"] });
    await queue.close();
    const other = await DiskQueue.open(folder, { ...options, setup: "two" });
    for (const content of ["one", "two"]) await other.accept(Buffer.from(content), origin("1.2.3"));
    assert.equal(other.counts().received, 2);
    await other.close();
  }));

test("what an ended process left between two steps is put right at the next start", () =>
  inFolder(async (folder) => {
    const queue = await DiskQueue.open(folder, options);
    for (const instance of ["1", "2", "3", "4", "5"]) await queue.accept(Buffer.from(instance), origin(instance));
    const id = (instance: string): string => queue.find(instance)[0]!.id;
    const received = (instance: string): string => path.join(folder, "received", `${id(instance)}.dcm`);
    const keep = path.join(folder, "keep");
    for (const instance of ["1", "2", "3", "4"]) await cp(received(instance), path.join(keep, instance), { recursive: true });
    await queue.toOutgoing(id("1"), { ...record(id("1")), results: [{ kind: "sr", sopClass: "1", instance: "result of 1", series: "3" }] }, [Buffer.from("r")]);
    await queue.toOutgoing(id("2"), record(id("2")), [Buffer.from("r")]);
    await cp(path.join(folder, "outgoing", id("2")), path.join(keep, "out"), { recursive: true });
    await queue.settle(id("2"), "done", record(id("2")));
    await queue.settle(id("3"), "refused", record(id("3")));
    await queue.settle(id("4"), "failed", record(id("4")));
    // The earlier state as well as the later one, and pieces of what was being written.
    for (const instance of ["1", "2", "3", "4"]) await cp(path.join(keep, instance), received(instance));
    await cp(path.join(keep, "out"), path.join(folder, "outgoing", id("2")), { recursive: true });
    await writeFile(path.join(folder, "incoming", "x.part"), "half");
    await cp(path.join(keep, "out"), path.join(folder, "work", id("5")), { recursive: true });
    await queue.close();
    const again = await DiskQueue.open(folder, options);
    assert.deepEqual(again.counts(), { received: 1, outgoing: 1, done: 1, refused: 1, failed: 1 });
    assert.deepEqual([again.next(), again.nextOutgoing()], [id("5"), id("1")]);
    assert.equal((await again.outgoing(id("1"))).record.recovered, true);
    assert.ok(again.isResult("result of 1"));
    assert.deepEqual([await readdir(path.join(folder, "incoming")), await readdir(path.join(folder, "work")), await readdir(path.join(folder, "received"))], [[], [], [`${id("5")}.dcm`]]);
    await again.close();
  }));

test("a disk without room refuses with 0xA700 and acknowledges nothing", () =>
  inFolder(async (folder) => {
    const queue = await DiskQueue.open(folder, { ...options, reserveBytes: Number.MAX_SAFE_INTEGER });
    const intake = queue.intake(origin("1.2.3"));
    assert.equal(await intake.write(Buffer.from("pixels")), 0xa700);
    assert.equal(await intake.finish(), 0xa700);
    await intake.discard();
    await assert.rejects(queue.accept(Buffer.from("pixels"), origin("1.2.3")), { code: "queue-full" });
    assert.deepEqual([queue.counts().received, await readdir(path.join(folder, "incoming"))], [0, []]);
    await queue.close();
  }));

test("the same object on several lines at once is one", () =>
  inFolder(async (folder) => {
    const queue = await DiskQueue.open(folder, options);
    await Promise.all(Array.from({ length: 8 }, () => queue.accept(Buffer.from("same"), origin("1.2.3"))));
    assert.equal(queue.counts().received, 1);
    await queue.hold(queue.next()!);
    assert.equal(queue.next(), undefined);
    await queue.close();
  }));

/** Takes images 0, 1, 2 ..., tells each on standard output once it is acknowledged, and works on them meanwhile. */
const program = (module: string): string => `
  import { DiskQueue } from ${JSON.stringify(module)};
  import { appendFileSync, readFileSync } from "node:fs";
  const [folder, told] = process.argv.slice(1);
  const queue = await DiskQueue.open(folder, { reserveBytes: 0, setup: "one" });
  const record = (id) => ({ id, receivedAt: "", origin: "test", setup: "one", results: [{ kind: "sr", sopClass: "1", instance: id, series: "3", study: "4" }] });
  let acknowledged = readFileSync(told, "utf8").split("\\n").length - 1;
  const take = async () => { for (;;) { await queue.accept(Buffer.from("image " + acknowledged), { instance: String(acknowledged), origin: "test" }); appendFileSync(told, acknowledged + "\\n"); acknowledged++; } };
  const work = async () => { for (;;) {
    const id = queue.next();
    if (id === undefined) { await new Promise(setImmediate); continue; }
    const { bytes } = await queue.image(id);
    await queue.beginAttempt(id);
    const number = Number(String(bytes).slice(6));
    if (number % 5 === 1) await queue.settle(id, "refused", record(id));
    else if (number % 5 === 2) await queue.settle(id, "failed", record(id));
    else await queue.toOutgoing(id, record(id), [bytes, bytes]);
  } };
  const send = async () => { for (;;) {
    const id = queue.nextOutgoing();
    if (id === undefined) { await new Promise(setImmediate); continue; }
    await queue.settle(id, "done", (await queue.outgoing(id)).record);
  } };
  await Promise.all([take(), work(), send()]);`;

test("after every kill what was acknowledged is there, once", () =>
  inFolder(async (folder) => {
    const module = new URL("./queue.js", import.meta.url).href;
    const [told, place] = [path.join(folder, "told"), path.join(folder, "queue")];
    await writeFile(told, "");
    const random = seededRandom("kills");
    for (let kill = 0; kill < 2; kill++) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", program(module), place, told], { stdio: ["ignore", "ignore", "inherit"] });
      const before = (await stat(told)).size;
      while ((await stat(told)).size === before && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 10));
      await new Promise((resolve) => setTimeout(resolve, random.integer(120)));
      child.kill("SIGKILL");
      await new Promise((resolve) => child.once("exit", resolve));
    }
    const acknowledged = (await readFile(told, "utf8")).split("\n").length - 1;
    const queue = await DiskQueue.open(place, options);
    for (let i = 0; i < acknowledged; i++) assert.equal(queue.find(String(i)).length, 1, `image ${i}`);
    const { received, outgoing, done, refused, failed } = queue.counts();
    const all = received + outgoing + done + refused + failed;
    // The one that was being acknowledged may be there, too.
    assert.ok(all === acknowledged || all === acknowledged + 1, `${all} of ${acknowledged}`);
    assert.ok(all > 0);
    await queue.close();
    const { counts, records } = await readQueue(place, { states: ["done"], limit: 3 });
    assert.deepEqual([counts.done, records.length], [done, Math.min(3, done)]);
  }));
