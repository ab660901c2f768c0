import assert from "node:assert/strict";
import test from "node:test";
import type { StudyTask } from "../../study/index.js";
import { mapPath } from "./messages.js";
import { MemoryBudget } from "./memory-budget.js";

const taskOf = (cell: string, fold: number): StudyTask => ({ id: `${cell}-${fold}`, kind: "fold", cell, seed: 1, fold });
const holding = (bytes: number, peakBytes = bytes) => ({ memory: () => ({ bytes, peakBytes }) });

test("the first task always runs; beside it, what is known to fit and nothing else", () => {
  const budget = new MemoryBudget(100);
  const [large, small] = [taskOf("large", 1), taskOf("small", 1)];
  assert.ok(budget.admits(large));
  budget.start({ task: large, ...holding(70) });
  assert.ok(!budget.admits(small), "unknown, and less than half is free");
  budget.end(large);
  budget.start({ task: small, ...holding(20) });
  budget.end(small);
  budget.start({ task: taskOf("large", 2), ...holding(10) });
  assert.ok(budget.admits(taskOf("small", 2)), "70 expected and 20 known fit into 100");
  assert.ok(!budget.admits(taskOf("large", 3)), "70 and 70 do not, though the first holds 10 as yet");
});

test("of tasks that together hold too much the last begun is taken back, and never the only one", () => {
  const budget = new MemoryBudget(100);
  budget.start({ task: taskOf("a", 1), ...holding(90) });
  assert.equal(budget.excess(), undefined);
  budget.start({ task: taskOf("b", 1), ...holding(20) });
  assert.equal(budget.excess()?.id, "b-1");
  budget.end(taskOf("b", 1));
  assert.equal(budget.excess(), undefined);
});

test("a path is called by its name on this machine, by whole folders", () => {
  const places = [{ from: "/data", to: "/mnt/data" }];
  assert.deepEqual(["/data/a.png", "/data", "/database/a.png"].map((file) => mapPath(file, places)), ["/mnt/data/a.png", "/mnt/data", "/database/a.png"]);
});
