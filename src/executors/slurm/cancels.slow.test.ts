import assert from "node:assert/strict";
import path from "node:path";
import test from "node:test";
import { inScratchFolder } from "../../study/tiny-study.testkit.js";
import { countAttempts, drawer, figuresOf, followRun, killGroup, prepareForty, requireSame, startProgram, studyArguments, tasksInAll } from "../forty-tasks.testkit.js";
import { noSlurm, SlurmCluster } from "./slurm.testkit.js";

const cancels = 10;

test("forty tasks as an array job, of whose elements ten are cancelled, end with the results of one process", { skip: noSlurm }, (t) =>
  inScratchFolder(async (folder) => {
    await prepareForty(folder);
    const alone = await startProgram(folder, studyArguments("alone")).ended;
    assert.equal(alone.code, 0, alone.said);
    const expected = await figuresOf(path.join(folder, "alone"));

    const cluster = await SlurmCluster.start({ processors: 3 });
    const draw = drawer(5);
    const started = performance.now();
    const run = path.join(folder, "slurm");
    const leader = startProgram(folder, studyArguments("slurm", ["--executor", "slurm"]), cluster.environment);
    try {
      const cancelled = await followRun(run, {
        leader,
        disturbances: cancels,
        disturb: () => {
          const running = cluster.run("squeue", ["--noheader", "--array", "--states=RUNNING", "--format=%i"]).split("\n").filter((line) => line !== "");
          if (running.length === 0) return false;
          // Half of them by the signal that leaves no time for a checkpoint.
          try {
            cluster.run("scancel", [...(draw([true, false]) ? ["--signal=KILL", "--full"] : []), draw(running)]);
            return true;
          } catch {
            // It has ended meanwhile.
            return false;
          }
        },
      });
      const { code, said } = await leader.ended;
      assert.equal(code, 0, said);
      assert.equal(cancelled, cancels);
      await requireSame(run, expected);
      const counts = await countAttempts(run);
      assert.equal(counts.accepted, tasksInAll);
      t.diagnostic(`${cancelled} cancelled, ${counts.attempts} attempts, ${counts.wentOn} went on from another's checkpoint, ${((performance.now() - started) / 1000).toFixed(0)} s`);
    } finally {
      killGroup(leader);
      await cluster.stop();
    }
  }),
);
