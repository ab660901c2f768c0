import assert from "node:assert/strict";
import test from "node:test";
import type { Progress } from "../base/index.js";
import { runCli } from "./cli.testkit.js";
import { createProgressDisplay } from "./progress-display.js";

const step = (done: number, total = 100, task = "training"): Progress => ({ task, done, total, unit: "steps", note: "loss 0.500" });

test("in a pipe a task says when it begins, every ten seconds with the time left, and when it ends", () => {
  let [written, nowMs] = ["", 0];
  const display = createProgressDisplay({ write: (text) => (written += text) }, { now: () => nowMs });
  for (let done = 0; done <= 100; done++) {
    display.show(step(done));
    nowMs += 250;
  }
  assert.deepEqual(written.trimEnd().split("\n"), [
    "training: 0 of 100 steps, ? left, loss 0.500",
    "training: 40 of 100 steps, 15 s left, loss 0.500",
    "training: 80 of 100 steps, 5 s left, loss 0.500",
    "training: 100 of 100 steps, took 25 s, loss 0.500",
  ]);
});

test("the time left of a resumed task counts from where it went on", () => {
  let [written, nowMs] = ["", 0];
  const display = createProgressDisplay({ write: (text) => (written += text) }, { now: () => nowMs });
  display.show(step(90));
  nowMs = 20_000;
  display.show(step(95));
  assert.match(written, /95 of 100 steps, 20 s left/);
});

test("long times are said in minutes and hours", () => {
  let [written, nowMs] = ["", 0];
  const display = createProgressDisplay({ write: (text) => (written += text) }, { now: () => nowMs });
  display.show(step(0, 1000));
  nowMs = 100_000;
  display.show(step(100, 1000));
  nowMs = 2_000_000;
  display.show(step(200, 1000));
  assert.match(written, /100 of 1000 steps, 15 min 0 s left/);
  assert.match(written, /200 of 1000 steps, 2 h 13 min left/);
});

test("in a terminal there are bars with percent and time left, and nothing is left of them at the end", async () => {
  let [written, nowMs] = ["", 0];
  const terminal = { isTTY: true, columns: 100, rows: 30, write: (text: string) => (written += text), on: () => terminal, removeListener: () => terminal };
  const display = createProgressDisplay(terminal, { now: () => nowMs });
  display.show(step(0));
  nowMs = 10_000;
  display.show(step(40));
  display.show(step(1, 4, "study"));
  display.line("warning: a remark");
  await new Promise((resolve) => setTimeout(resolve, 250));
  display.stop();
  assert.match(written, /█+░+ 40 % training · 40 of 100 steps · 15 s left · loss 0\.500/);
  assert.match(written, /25 % study · 1 of 4 steps/);
  assert.match(written, /warning: a remark\n/);
  const hidden = written.split("\u001b[?25l").length - 1;
  const shown = written.split("\u001b[?25h").length - 1;
  assert.ok(hidden > 0 && shown > 0 && written.lastIndexOf("\u001b[?25h") > written.lastIndexOf("\u001b[?25l"), "the cursor is given back");
});

test("a command that shows no bar writes no control characters into a terminal", async () => {
  const result = await runCli(["data", "inspect", "does-not-exist.csv"], { terminal: true });
  assert.equal(result.code, 3);
  assert.match(result.stderr, /^error: .*does-not-exist\.csv.*\n$/);
});
