import assert from "node:assert/strict";
import { cp, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { verifyChain } from "../audit/chain.js";
import { clusterVariable, newDatabase } from "../cluster.testkit.js";
import { cellOfRun, inProcess, makeRunFolder, openTestServer, password } from "../server.testkit.js";
import { createClient } from "../contract/client.js";
import { restoreBackup, tableNames } from "./backup.js";
import { readSchema, schemaVersion } from "./migrate.js";

// Each file is a store as the release with that schema left it, with rows in every table: released-schemas.testkit.ts wrote it.
const released = [1];

for (const schema of released) {
  test(`a store of schema ${schema} is brought up to date, and what people did is there`, async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-released-"));
    try {
      const { [clusterVariable]: cluster } = process.env;
      const root = path.join(folder, "work");
      const database = cluster === undefined ? undefined : await newDatabase(cluster);
      const place = { root, ...(database !== undefined && { database }) };
      const file = path.join(folder, "kept.osteon-backup");
      await cp(path.resolve(`test/fixtures/server/schema-${schema}.osteon-backup`), file);
      await restoreBackup(file, { folder: path.join(root, ".osteon"), ...(database !== undefined && { database }) });
      await makeRunFolder(root);
      const server = await openTestServer(place, { names: ["Adam", "Rob", "Ruth", "Vera"] });
      const { db } = server.bench.store;
      assert.equal(await readSchema(db), schemaVersion);
      for (const table of tableNames) if (table !== "sessions") assert.ok((await db.selectFrom(table).selectAll().limit(1).execute()).length === 1, `no row in ${table}`);
      assert.ok((await verifyChain(db)).intact);
      const rosa = createClient({ fetch: inProcess(server.app) });
      rosa.setCsrf((await rosa.call("signIn", { body: { name: "Rosa", password } })).csrf);
      const [reading] = (await rosa.call("readings")).items;
      assert.deepEqual([reading!.done, reading!.total, reading!.cell], [1, 6, cellOfRun]);
      assert.match(await (await rosa.send("readsCsv", { params: { reading: reading!.id } })).text(), /\nRita,images\/\w+-\d\.png,square,70,radiologists,\w+,3,1\n$/);
      const [dataset] = (await rosa.call("dataSets")).items;
      const changed = await rosa.call("dataCases", { params: { dataset: dataset!.id }, query: { changed: "true" } });
      assert.deepEqual(changed.items.map(({ label, importedLabel, version }) => [label, importedLabel, version]), [["stripes", "square", 2]]);
      assert.equal((await rosa.call("models", { query: { state: "retired" } })).total, 1);
      assert.equal((await rosa.call("annotations", { query: { study: reading!.study } })).items[0]!.title, "a box");
      await server.close();
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  });
}
