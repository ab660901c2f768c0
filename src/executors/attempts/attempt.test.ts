import assert from "node:assert/strict";
import { link, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { DataError, InputError } from "../../base/index.js";
import type { StudyTask, StudyTasks } from "../../study/index.js";
import { inScratchFolder } from "../../study/tiny-study.testkit.js";
import { acceptedAttempt, Attempt, settleTask } from "./attempt.js";
import { countTries } from "./tries.js";
import { runAttempt } from "./run-attempt.js";

const task: StudyTask = { id: "0001-net.scratch.seed-1.fold-1", kind: "fold", cell: "net/scratch", seed: 1, fold: 1 };
const place = "tasks/net/scratch/seed-1/fold-1";

/** A study whose tasks write a word where a network would be. */
function fakeTasks(work: (folder: string, signal: AbortSignal) => Promise<string>): StudyTasks {
  return {
    tasks: [task],
    async run(_, { folder, signal }) {
      const word = await work(folder, signal!);
      await mkdir(path.join(folder, place, "checkpoints"), { recursive: true });
      await writeFile(path.join(folder, place, "checkpoints/checkpoint.osteon"), "state");
      await writeFile(path.join(folder, place, "model.onnx"), word);
      await writeFile(path.join(folder, place, "task.json"), JSON.stringify(word));
    },
    close: () => Promise.resolve(),
  };
}

const say = (word: string): StudyTasks => fakeTasks(() => Promise.resolve(word));
const options = (run: string, worker = "a") => ({ run, round: 1, worker });
const modelOf = (run: string): Promise<string> => readFile(path.join(run, place, "model.onnx"), "utf8");

test("a result is moved into the run as a whole, without checkpoints, and a task that is done is not done again", () =>
  inScratchFolder(async (run) => {
    assert.deepEqual(await runAttempt(say("first"), task, options(run)), { state: "accepted", attempt: 1 });
    assert.deepEqual((await readdir(path.join(run, place))).sort(), ["model.onnx", "task.json"]);
    assert.deepEqual(await runAttempt(say("second"), task, options(run)), { state: "accepted", attempt: 0 });
    assert.equal(await modelOf(run), "first");
  }));

test("of an attempt that was taken for dead and the one after it, the later counts, whichever ends first", () =>
  inScratchFolder(async (run) => {
    let wake = (): void => {};
    const asleep = new Promise<void>((resolve) => (wake = resolve));
    const slow = runAttempt(fakeTasks(() => asleep.then(() => "slow")), task, options(run, "slow"));
    while ((await readdir(path.join(run, "distributed/tasks", task.id)).catch(() => [])).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const fast = runAttempt(fakeTasks(async () => (wake(), await slow, "fast")), task, options(run, "fast"));
    assert.equal((await slow).state, "superseded");
    assert.deepEqual(await fast, { state: "accepted", attempt: 2 });
    assert.equal(await modelOf(run), "fast");
  }));

test("of ten attempts that hand in at once, one is accepted", () =>
  inScratchFolder(async (run) => {
    const attempts = await Promise.all(Array.from({ length: 10 }, () => Attempt.begin(task, options(run))));
    assert.deepEqual(attempts.map((attempt) => attempt!.facts.attempt).sort((a, b) => a - b), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const newest = attempts.find((attempt) => attempt!.facts.attempt === 10)!;
    for (const attempt of attempts) await say(String(attempt!.facts.attempt)).run(task, { folder: attempt!.work, writer: "x" });
    const accepted = await Promise.all([...attempts.map((attempt) => attempt!.accept()), newest.accept()]);
    assert.ok(accepted.filter(Boolean).length <= 2, "the newest, twice at most");
    assert.deepEqual([await acceptedAttempt(run, task.id), await modelOf(run)], [10, "10"]);
  }));

test("a process that dies between being accepted and moving its files leaves work that the next one finishes, wherever it died", () =>
  inScratchFolder(async (folder) => {
    for (const moved of [0, 1, 2]) {
      const run = path.join(folder, String(moved));
      const attempt = (await Attempt.begin(task, options(run)))!;
      await say("whole").run(task, { folder: attempt.work, writer: "x" });
      const fence = path.join(run, "distributed/tasks", task.id, "accepted.json");
      await writeFile(`${fence}.new`, JSON.stringify({ attempt: 1 }));
      await link(`${fence}.new`, fence);
      await mkdir(path.join(run, place), { recursive: true });
      for (const name of ["model.onnx", "task.json"].slice(0, moved)) await rename(path.join(attempt.work, place, name), path.join(run, place, name));
      assert.equal(await settleTask(run, task), true);
      assert.deepEqual([await modelOf(run), JSON.parse(await readFile(path.join(run, place, "task.json"), "utf8"))], ["whole", "whole"]);
    }
  }));

test("a result that was accepted and then removed is made again", () =>
  inScratchFolder(async (run) => {
    await runAttempt(say("first"), task, options(run));
    await rm(path.join(run, place), { recursive: true });
    assert.deepEqual(await runAttempt(say("second"), task, options(run)), { state: "accepted", attempt: 2 });
  }));

test("an attempt begins with what the one before had reached, or else with the run's own checkpoint", () =>
  inScratchFolder(async (run) => {
    await mkdir(path.join(run, place, "checkpoints"), { recursive: true });
    await writeFile(path.join(run, place, "checkpoints/checkpoint.osteon"), "of the run");
    const reached = (folder: string): Promise<string> => readFile(path.join(folder, place, "checkpoints/checkpoint.osteon"), "utf8");
    const found: string[] = [];
    const dying = fakeTasks(async (folder) => {
      found.push(await reached(folder));
      await writeFile(path.join(folder, place, "checkpoints/checkpoint.osteon"), `attempt ${found.length}`);
      await writeFile(path.join(folder, place, "checkpoints/.checkpoint.osteon.0123.tmp"), "torn");
      throw new DataError("disk", "disk: expected one, got none. Mend it.");
    });
    for (let i = 0; i < 3; i++) assert.equal((await runAttempt(dying, task, options(run))).state, "failed");
    assert.deepEqual(found, ["of the run", "attempt 1", "attempt 2"]);
    assert.match(await readFile(path.join(run, "distributed/tasks", task.id, "attempt-0003/log.txt"), "utf8"), /goes on from the checkpoint of attempt-0002\n.*failed: disk: expected one, got none/s);
  }));

test("what the caller has to mend is not tried again; what was stopped does not count as tried", () =>
  inScratchFolder(async (run) => {
    const refused = await runAttempt(fakeTasks(() => Promise.reject(new InputError("training-diverged", "training: expected a finite loss, got NaN. Lower the learning rate."))), task, options(run));
    assert.deepEqual([refused.state, refused.isFinal, refused.code], ["failed", true, "training-diverged"]);
    const stop = new AbortController();
    const stopped = await runAttempt(fakeTasks(() => (stop.abort(), Promise.reject(new Error("aborted")))), task, { ...options(run), signal: stop.signal });
    assert.equal(stopped.state, "interrupted");
    assert.equal(await countTries(run, task.id, 1), 1);
    assert.equal(await countTries(run, task.id, 2), 0);
    await Attempt.begin(task, options(run));
    assert.equal(await countTries(run, task.id, 1), 2, "an attempt without an end was killed");
  }));
