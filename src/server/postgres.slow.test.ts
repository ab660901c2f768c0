import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import test from "node:test";
import { noPostgres, Postgres } from "../executors/queue/postgres.testkit.js";
import { clusterVariable } from "./cluster.testkit.js";

// The tests of store and routes run on the embedded database; here the same files run on PostgreSQL.
for (const file of ["store/store", "store/released-schemas", "server", "uploads", "reading", "blind.slow", "authorization", "hostile"]) {
  test(`${file}: everything holds on PostgreSQL too`, { skip: noPostgres, timeout: 600_000 }, async () => {
    const postgres = await Postgres.start();
    try {
      const child = spawn(process.execPath, ["--test", fileURLToPath(new URL(`./${file}.test.js`, import.meta.url))], { env: { ...process.env, [clusterVariable]: postgres.address, NODE_TEST_CONTEXT: undefined }, stdio: ["ignore", "pipe", "inherit"] });
      let said = "";
      child.stdout.on("data", (text: Buffer) => (said += text.toString()));
      const code = await new Promise((resolve) => child.once("exit", resolve));
      assert.equal(code, 0, said);
      assert.match(said, /# fail 0/);
    } finally {
      await postgres.stop();
    }
  });
}
