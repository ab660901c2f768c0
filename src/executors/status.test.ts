import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { runCli } from "../cli/cli.testkit.js";
import { statusTable } from "../cli/status-table.js";
import type { StudyTask } from "../study/index.js";
import { inScratchFolder } from "../study/tiny-study.testkit.js";
import { Attempt } from "./attempts/attempt.js";
import { giveUp } from "./attempts/give-up.js";
import { beginRound, updateRound } from "./attempts/round.js";
import { studyStatus, taskLog } from "./status.js";

const tasks: StudyTask[] = [1, 2, 3, 4].map((fold) => ({ id: `000${fold}-net.scratch.seed-1.fold-${fold}`, kind: "fold", cell: "net/scratch", seed: 1, fold }));

async function makeRun(run: string): Promise<void> {
  await mkdir(path.join(run, "distributed"), { recursive: true });
  await writeFile(path.join(run, "plan.json"), "{}");
  await writeFile(path.join(run, "distributed/tasks.json"), JSON.stringify(tasks));
  const [done, running, bad] = tasks as [StudyTask, StudyTask, StudyTask, StudyTask];
  const round = await beginRound(run, { executor: "queue", attempts: 2 });
  const options = { run, round: round.round, worker: "pc-1" };
  const first = (await Attempt.begin(done, options))!;
  await mkdir(path.join(first.work, "tasks/net/scratch/seed-1/fold-1"), { recursive: true });
  await writeFile(path.join(first.work, "tasks/net/scratch/seed-1/fold-1/task.json"), "{}");
  assert.ok(await first.accept());
  await first.end({ state: "accepted" });
  await (await Attempt.begin(running, options))!.beat({ task: "net · scratch", done: 3, total: 10, unit: "steps" });
  for (let i = 0; i < 2; i++) await (await Attempt.begin(bad, { ...options, worker: "pc-2" }))!.end({ state: "lost", reason: "its process was ended by SIGKILL" });
  await giveUp(run, bad, { round: round.round, attempts: 2, reason: "its process was ended by SIGKILL" });
  await updateRound(run, round, { state: "failed", message: "1 tasks given up" });
}

test("a study's folder tells which tasks are done, by whom, how far the others are and why one was given up", () =>
  inScratchFolder(async (run) => {
    await makeRun(run);
    const status = await studyStatus(run);
    assert.deepEqual([status.state, status.executor, status.counts], ["failed", "queue", { waiting: 1, running: 1, finished: 1, "given-up": 1 }]);
    assert.deepEqual(status.tasks.map(({ state, attempts, worker, reason }) => [state, attempts, worker, reason]), [
      ["finished", 1, "pc-1", undefined],
      ["running", 1, "pc-1", undefined],
      ["given-up", 2, "pc-2", "its process was ended by SIGKILL"],
      ["waiting", 0, undefined, undefined],
    ]);
    assert.deepEqual(status.tasks[1]!.progress, { task: "net · scratch", done: 3, total: 10, unit: "steps" });
    assert.deepEqual(status.workers.map(({ worker, accepted, failed, task }) => [worker, accepted, failed, task]), [["pc-1", 1, 0, tasks[1]!.id], ["pc-2", 0, 2, undefined]]);
    const text = statusTable(status);
    for (const line of [/1 of 4 tasks finished, 1 running, 1 waiting, 1 given up/, /given-up +0003.* pc-2 +after 2 attempts: its process was ended by SIGKILL/, /running +0002.*3 of 10 steps/]) assert.match(text, line);
    assert.equal((await taskLog(run, "3")).match(/lost: its process was ended by SIGKILL/g)?.length, 2);
  }));

test("the command line shows the same, for people and for machines, and names what is no run", () =>
  inScratchFolder(async (folder) => {
    await makeRun(path.join(folder, "run"));
    const asJson = await runCli(["study", "status", "run", "--json"], { folder });
    assert.deepEqual(JSON.parse(asJson.stdout), JSON.parse(JSON.stringify(await studyStatus(path.join(folder, "run")))));
    assert.match((await runCli(["study", "status", "run", "--log", "0003"], { folder })).stdout, /attempt 2 by pc-2/);
    const none = await runCli(["study", "status", "elsewhere"], { folder });
    assert.deepEqual([none.code, none.stderr.includes("expected the folder of a study's run")], [2, true]);
    const refusals = [
      [["--executor", "queue"], /expected --database or OSTEON_DATABASE, got neither/],
      [["--executor", "queue", "--database", "mysql://x"], /expected an address such as postgres:/],
      [["--jobs", "0"], /--jobs: expected a whole number from 1/],
      [["--executor", "slurm", "--cores", "2"], /--cores: expected with another executor, got slurm/],
      [["--machine-memory", "-1"], /--machine-memory: expected a number of GiB above 0/],
      [["--machine-memory", "Infinity"], /--machine-memory: expected a number of GiB above 0/],
      [["--executor", "slurm", "--machine-memory", "2"], /--machine-memory: expected with another executor, got slurm/],
    ] as const;
    await writeFile(path.join(folder, "r.yaml"), "study: x\nnetworks: [mobilenet_v2-tiny]\nregimes: {scratch: {}}\nimage: {size: 32}\n");
    for (const [words, message] of refusals) {
      const { code, stderr } = await runCli(["study", "run", "r.yaml", "--data", "x.csv", ...words], { folder });
      assert.equal(code, 2);
      assert.match(stderr, message);
    }
    const { code, stderr } = await runCli(["serve", ".", "--machine-memory", "0"], { folder });
    assert.deepEqual([code, stderr.includes("--machine-memory: expected a number of GiB above 0")], [2, true]);
  }));
