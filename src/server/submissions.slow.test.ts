import assert from "node:assert/strict";
import test from "node:test";
import { noPostgres, Postgres } from "../executors/queue/postgres.testkit.js";
import { clusterVariable } from "./cluster.testkit.js";
import { besiegeReading, type Siege } from "./submissions.testkit.js";

/** Ten minutes with twenty kills where time allows; OSTEON_SIEGE_SECONDS makes it shorter. */
const seconds = Number(process.env["OSTEON_SIEGE_SECONDS"] ?? 600);

function hold(siege: Siege): void {
  console.log(JSON.stringify({ ...siege, lost: siege.lost.length, changed: siege.changed.length }));
  assert.deepEqual([siege.lost, siege.doubled, siege.changed], [[], 0, []]);
  assert.ok(siege.isChainIntact);
  assert.ok(siege.stored >= siege.acknowledged && siege.acknowledged > 0);
  assert.ok(siege.p95 < 100, `p95 ${siege.p95.toFixed(0)} ms`);
}

const siege = { readers: 50, perClass: 60, cases: 120, kills: 20, seconds, thinkMs: 2500 };

test("50 readers and 20 kills: no acknowledged read is lost, none doubled, p95 under 100 ms", { timeout: 1_800_000 }, async () => hold(await besiegeReading(siege)));

test("the same on PostgreSQL", { skip: noPostgres, timeout: 1_800_000 }, async () => {
  const postgres = await Postgres.start({ isDurable: true });
  process.env[clusterVariable] = postgres.address;
  try {
    hold(await besiegeReading(siege));
  } finally {
    delete process.env[clusterVariable];
    await postgres.stop();
  }
});
