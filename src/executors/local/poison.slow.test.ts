import assert from "node:assert/strict";
import path from "node:path";
import test from "node:test";
import { DataError } from "../../base/index.js";
import { readTaskList } from "../../study/index.js";
import { readResults } from "../../study/tasks/read-results.testkit.js";
import { inScratchFolder, lastingFiles, makeShapeTable, studyOptions, tinyRecipe } from "../../study/tiny-study.testkit.js";
import { readAttempts } from "../attempts/read-attempts.js";
import { startStudy, StudyStopped, type StartOptions } from "../start-study.js";
import { studyStatus, taskLog } from "../status.js";

const recipe = { ...tinyRecipe, networks: ["mobilenet_v2-tiny"], regimes: { scratch: { epochs: 12 } }, validation: { folds: 4 }, explanation: { examples: 0 } };

test("a task whose process dies each time is given up with its log, the others are done, and the next start makes a whole of it", () =>
  inScratchFolder(async (folder) => {
    const data = await makeShapeTable(folder, { perClass: 12 });
    const [one, many] = ["one", "many"].map((name) => path.join(folder, name)) as [string, string];
    await startStudy({ study: studyOptions({ data, out: one, recipe }) }).finished;

    const options: StartOptions = { study: studyOptions({ data, out: many, recipe }), executor: { kind: "local", jobs: 2, cores: 4 }, attempts: 2 };
    const handle = startStudy(options);
    const killed = new Set<number>();
    // So often that a process dies right after its attempt began.
    const killer = setInterval(() => {
      void (async () => {
        const [first] = await readTaskList(many);
        const last = first && (await readAttempts(many, first.id)).at(-1);
        if (last === undefined || last.end !== undefined || killed.has(last.facts.pid)) return;
        killed.add(last.facts.pid);
        process.kill(last.facts.pid, "SIGKILL");
      })().catch(() => undefined);
    }, 1);
    await assert.rejects(handle.finished, (error) => {
      assert.ok(error instanceof DataError && error.code === "tasks-given-up", String(error));
      assert.match(error.message, /expected all 4 tasks of the study to be done, got 1 given up:\n- mobilenet_v2-tiny · scratch · seed 1, fold 1, after 2 attempts: its process was ended by SIGKILL, as happens when memory runs out \(log: distributed\/tasks\/0001-.*\/attempt-0002\/log\.txt\)/);
      return true;
    });
    clearInterval(killer);
    assert.equal(killed.size, 2);
    const { state, counts, tasks } = await studyStatus(many);
    assert.deepEqual([state, counts], ["failed", { waiting: 0, running: 0, finished: 3, "given-up": 1 }]);
    assert.equal((await taskLog(many, tasks[0]!.id)).match(/lost: its process was ended by SIGKILL/g)?.length, 2);

    await startStudy(options).finished;
    assert.deepEqual(await lastingFiles(many), await lastingFiles(one));
    assert.deepEqual(await readResults(many), await readResults(one));
  }));

test("a study that is stopped, or whose starter dies, ends after a checkpoint and goes on with another executor", () =>
  inScratchFolder(async (folder) => {
    const data = await makeShapeTable(folder, { perClass: 12 });
    const long = { ...recipe, regimes: { scratch: { epochs: 60 } }, validation: { folds: 2 } };
    const out = path.join(folder, "run");
    const study = studyOptions({ data, out, recipe: long, checkpointSeconds: 600 });
    const handle = startStudy({ study, executor: { kind: "local", jobs: 2, cores: 4 } });
    // Epochs are noted as they end; signs of life come too seldom for tasks of two seconds.
    for (;;) {
      const status = await studyStatus(out).catch(() => undefined);
      if (status?.tasks.some(({ state, history }) => state === "running" && history !== undefined)) break;
      assert.notEqual(status?.counts.finished, 2, "all is done before the study could be stopped");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await handle.stop();
    await assert.rejects(handle.finished, StudyStopped);
    assert.equal((await studyStatus(out)).state, "stopped");
    await startStudy({ study, executor: { kind: "local", jobs: 3, cores: 4 } }).finished;
    const { tasks } = await studyStatus(out);
    const logs = await Promise.all(tasks.map(({ id }) => taskLog(out, id)));
    assert.ok(logs.some((log) => /interrupted.*goes on from the checkpoint of attempt-0001/s.test(log)), logs.join("\n"));
    const alone = path.join(folder, "alone");
    await startStudy({ study: { ...study, out: alone } }).finished;
    assert.deepEqual(await lastingFiles(out), await lastingFiles(alone));
  }));
