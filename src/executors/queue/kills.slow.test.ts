import assert from "node:assert/strict";
import path from "node:path";
import test from "node:test";
import { inScratchFolder } from "../../study/tiny-study.testkit.js";
import { countAttempts, drawer, figuresOf, followRun, killGroup, prepareForty, requireSame, startProgram, studyArguments, tasksInAll, type Program } from "../forty-tasks.testkit.js";
import { noPostgres, Postgres } from "./postgres.testkit.js";

const kills = 10;

test("forty tasks on three workers, of whom ten are killed, end with the results of one process", { skip: noPostgres }, (t) =>
  inScratchFolder(async (folder) => {
    await prepareForty(folder);
    const alone = await startProgram(folder, studyArguments("alone")).ended;
    assert.equal(alone.code, 0, alone.said);
    const expected = await figuresOf(path.join(folder, "alone"));

    const server = await Postgres.start();
    const draw = drawer(4);
    const workers = new Map<string, Program>();
    let born = 0;
    const hire = (): void => {
      const name = `worker-${(born += 1)}`;
      workers.set(name, startProgram(folder, ["worker", "--database", server.address, "--name", name]));
    };
    const started = performance.now();
    const run = path.join(folder, "queue");
    const leader = startProgram(folder, studyArguments("queue", ["--executor", "queue", "--database", server.address]));
    try {
      for (let i = 0; i < 3; i++) hire();
      const killed = await followRun(run, {
        leader,
        disturbances: kills,
        disturb: () => {
          const name = draw([...workers.keys()]);
          killGroup(workers.get(name)!);
          workers.delete(name);
          hire();
          return true;
        },
      });
      const { code, said } = await leader.ended;
      assert.equal(code, 0, said);
      assert.equal(killed, kills);
      await requireSame(run, expected);
      const counts = await countAttempts(run);
      assert.equal(counts.accepted, tasksInAll);
      t.diagnostic(`${killed} kills, ${counts.attempts} attempts, ${counts.wentOn} went on from another's checkpoint, ${((performance.now() - started) / 1000).toFixed(0)} s`);
    } finally {
      killGroup(leader);
      for (const worker of workers.values()) killGroup(worker);
      await server.stop();
    }
  }),
);
