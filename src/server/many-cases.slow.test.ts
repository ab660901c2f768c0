import assert from "node:assert/strict";
import test from "node:test";
import { noPostgres, Postgres } from "../executors/queue/postgres.testkit.js";
import { clusterVariable } from "./cluster.testkit.js";
import { fillStore, timeLists } from "./many-cases.testkit.js";
import { cellOfRun, idOfRun, withTestServer } from "./server.testkit.js";

async function exercise(): Promise<void> {
  await withTestServer({}, async (server) => {
    const dataset = await fillStore(server, { study: idOfRun, cell: cellOfRun, count: 100_000 });
    const lists = await timeLists(server.people.researcher, { study: idOfRun, cell: cellOfRun, dataset });
    const slowest = lists.sort((a, b) => b.ms - a.ms).slice(0, 5);
    console.log(slowest.map(({ what, ms, total }) => `${what}: ${ms.toFixed(0)} ms of ${total}`).join("\n"));
    assert.ok(slowest[0]!.ms < 200, `${slowest[0]!.what} took ${slowest[0]!.ms.toFixed(0)} ms`);
  });
}

test("100,000 cases: every list under 200 ms", { timeout: 300_000 }, exercise);

test("the same on PostgreSQL", { skip: noPostgres, timeout: 300_000 }, async () => {
  const postgres = await Postgres.start();
  process.env[clusterVariable] = postgres.address;
  try {
    await exercise();
  } finally {
    delete process.env[clusterVariable];
    await postgres.stop();
  }
});
