import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import test from "node:test";
import { stringify } from "yaml";
import { figuresOf, startProgram } from "../../executors/forty-tasks.testkit.js";
import { osteonVersion } from "../../cli/version.js";
import { createClient } from "../contract/client.js";
import type { StudyEvent, Task } from "../contract/studies.js";
import { withTestServer, type TestServer } from "../server.testkit.js";

const recipe = { study: "api", title: "Squares and stripes", networks: ["mobilenet_v2-tiny"], regimes: { scratch: { epochs: 12, earlyStopping: { fraction: 0.25, patience: 12 } } }, training: { batchSize: 8 }, image: { size: 32 }, validation: { folds: 2 }, explanation: { examples: 1 } };

/** Listens to a study as a page does. */
async function listen(address: string, token: string, study: string): Promise<{ readonly events: StudyEvent[]; readonly close: () => void }> {
  const gone = new AbortController();
  const answer = await fetch(`${address}/api/v1/studies/${study}/events`, { headers: { authorization: `Bearer ${token}` }, signal: gone.signal });
  assert.equal(answer.headers.get("content-type"), "text/event-stream; charset=utf-8");
  const events: StudyEvent[] = [];
  const reading = async (): Promise<void> => {
    let text = "";
    for await (const part of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += part;
      const blocks = text.split("\n\n");
      text = blocks.pop()!;
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data !== undefined) events.push(JSON.parse(data) as StudyEvent);
      }
    }
  };
  void reading().catch(() => {});
  return { events, close: () => gone.abort() };
}

/** Waits for what is to come; the events so far are told where it does not. */
async function until(what: string, events: readonly StudyEvent[], isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 900; i++) {
    if (isSo()) return;
    await wait(200);
  }
  assert.fail(`waited for ${what}, got ${JSON.stringify(events.slice(-12))}`);
}

const tasksIn = (events: readonly StudyEvent[]): Task[] => events.flatMap((event) => (event.event === "task" ? [event.task] : []));
const statesIn = (events: readonly StudyEvent[]): string[] => events.flatMap((event) => (event.event === "state" ? [event.state] : []));

async function exercise(server: TestServer): Promise<void> {
  const { bench, root, people: { researcher, viewer } } = server;
  const address = await server.listen(0);
  const { id: dataset } = await researcher.call("importDataSet", { body: { name: "Shapes", from: { kind: "csv", path: "labels.csv" } } });
  await bench.jobs.idle();
  await assert.rejects(researcher.call("startStudy", { body: { recipe: "study: [", dataset } }));
  const started = await researcher.call("startStudy", { body: { recipe: stringify(recipe), dataset } });
  const params = { study: started.id };
  const { token } = await viewer.call("makeToken", { body: { name: "page", scopes: ["read"] } });
  assert.ok((await createClient({ base: address, token }).call("studies")).items.some(({ id, state }) => id === started.id && state !== "finished"));
  // What is not in the recipe is said at once; a second study waits for the first, and can be called off meanwhile.
  await assert.rejects(researcher.call("startStudy", { body: { recipe: stringify(recipe), dataset, regimes: ["scrach"] } }), /"scratch"|scratch/);
  const second = await researcher.call("startStudy", { body: { recipe: stringify(recipe), dataset } });
  assert.equal(second.state, "queued");
  assert.equal((await researcher.call("stopStudy", { params: { study: second.id } })).state, "stopped");
  const page = await listen(address, token, started.id);

  // Curves come while it trains: stop it in the middle of one.
  await until("the third epoch of a fold", page.events, () => tasksIn(page.events).some(({ history }) => (history?.length ?? 0) >= 3));
  await researcher.call("stopStudy", { params });
  await until("the study to stop", page.events, () => statesIn(page.events).at(-1) === "stopped");
  assert.equal((await viewer.call("study", { params })).state, "stopped");
  page.close();
  const [first] = (await viewer.call("studyTasks", { params })).filter(({ history }) => history !== undefined);
  assert.ok(first!.history!.length < 12 && first!.history!.every(({ epoch, loss, validationLoss }, i) => epoch === i + 1 && loss > 0 && validationLoss! > 0));

  // A page that comes back has the curves so far at once; the study goes on from its checkpoint.
  const again = await listen(address, token, started.id);
  await until("the curves so far", again.events, () => tasksIn(again.events).some(({ id, history }) => id === first!.id && history?.length === first!.history!.length));
  await researcher.call("resumeStudy", { params });
  await assert.rejects(researcher.call("resumeStudy", { params }));
  await researcher.call("resumeStudy", { params: { study: second.id } });
  await until("the study to finish", again.events, () => ["finished", "failed"].includes(statesIn(again.events).at(-1)!));
  assert.equal(statesIn(again.events).at(-1), "finished", JSON.stringify(await viewer.call("study", { params })));
  await until("its last tasks", again.events, () => tasksIn(again.events).filter(({ state }) => state === "finished").length >= 2);
  again.close();
  // The one that waited begins by itself.
  const third = await listen(address, token, second.id);
  await until("the study that waited", third.events, () => tasksIn(third.events).some(({ state }) => state === "running"));
  await researcher.call("stopStudy", { params: { study: second.id } });
  await until("it to stop", third.events, () => statesIn(third.events).at(-1) === "stopped");
  third.close();
  assert.match(await (await researcher.send("taskLog", { params, query: { task: first!.id } })).text(), /goes on from/);

  // Oracle: the same study by the command line, in one process and one go.
  const study = await viewer.call("study", { params });
  const [cell] = study.table;
  const { folds } = await viewer.call("studyCell", { params, query: { cell: cell!.id } });
  const after = await viewer.call("studyTasks", { params });
  for (const { fold, history } of folds) {
    const live = after.find((task) => task.fold === fold)!.history!;
    assert.deepEqual(live.map(({ epoch, loss, validationLoss }) => [epoch, loss, validationLoss]), history.map(({ epoch, loss, validationLoss }) => [epoch, loss, validationLoss]));
  }
  const { folder } = await bench.catalog.row(started.id);
  const file = path.join(root, "api.yaml");
  await writeFile(file, stringify(recipe));
  const alone = await startProgram(root, ["study", "run", "api.yaml", "--data", "labels.csv", "--out", "alone"]).ended;
  assert.equal(alone.code, 0, alone.said);
  assert.deepEqual(await figuresOf(path.join(root, folder)), await figuresOf(path.join(root, "alone")));
}

test("a study started, stopped and gone on with by the API shows its curves live, and ends as on the command line", { timeout: 600_000 }, () => withTestServer({ perClass: 12, version: osteonVersion() }, exercise));
