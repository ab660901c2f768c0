import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { sql } from "kysely";
import { system, verifyChain } from "../audit/chain.js";
import { clusterVariable, newDatabase } from "../cluster.testkit.js";
import { restoreBackup, writeBackup } from "./backup.js";
import { DiskFiles } from "./files.js";
import { migrate, readSchema, schemaVersion } from "./migrate.js";
import { openDatabase } from "./open-database.js";
import { Store } from "./store.js";

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-store-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

const user = (name: string) => ({ id: name, name, name_key: name, role: "viewer", reader_group: null, state: "active", password_hash: null, settings: "{}", created_at: "2026-01-01T00:00:00.000Z", last_seen_at: null, failures: 0, locked_until: null, openid_subject: null });

/** What every store does, whatever its database. */
async function exercise(folder: string, database: string | undefined, fresh: () => Promise<string | undefined>): Promise<void> {
  const at = (name: string, url: string | undefined) => ({ folder: path.join(folder, name), ...(url !== undefined && { database: url }) });
  const store = await Store.open(at("a", database));
  // A second one is refused by name of the holder: in the folder, and at the database from another folder.
  await assert.rejects(Store.open(at("a", database)), (error: Error) => error.message.includes(`process ${process.pid} on ${os.hostname()}`));
  if (database !== undefined) await assert.rejects(Store.open(at("elsewhere", database)), (error: Error) => error.message.includes(`process ${process.pid} on`));

  // Two writers at once, all or nothing, with their notes.
  await Promise.all(["ann", "ben"].map((name) => store.write(async ({ tx, note }) => {
    await tx.insertInto("users").values(user(name)).execute();
    note({ actor: system, action: "user.make", subject: name });
  })));
  await assert.rejects(store.write(async ({ tx, note }) => {
    note({ actor: system, action: "user.make", subject: "cid" });
    await tx.insertInto("users").values(user("cid")).execute();
    await tx.insertInto("users").values(user("ann")).execute();
  }));
  // A check while somebody writes follows the log of one moment.
  let isWriting = true;
  const checking = (async () => {
    while (isWriting) assert.equal((await store.snapshot((db) => verifyChain(db))).problem, undefined);
  })();
  for (let i = 0; i < 30; i++) await store.record({ actor: system, action: "case.look", subject: String(i) });
  isWriting = false;
  await checking;
  assert.equal((await store.db.selectFrom("users").select("id").execute()).length, 2);
  const check = await verifyChain(store.db);
  assert.deepEqual([check.intact, check.entries], [true, 32]);
  assert.ok((await verifyChain(store.db, check.head)).intact);
  assert.match((await verifyChain(store.db, `32:${"0".repeat(64)}`)).problem!, /written anew/);

  // The database itself refuses changes to the log.
  await assert.rejects(store.db.updateTable("audit").set({ action: "nothing" }).where("sequence", "=", 3).execute(), /never changed/);
  await assert.rejects(store.db.deleteFrom("audit").execute(), /never changed/);

  // A backup while somebody writes is one moment; what comes later is not in it.
  const kept = await store.files.put(Buffer.from("a file"));
  await store.write(({ tx }) => tx.insertInto("files").values({ sha256: kept, bytes: 6, created_at: "" }).execute());
  const file = path.join(folder, "one.osteon-backup");
  const before = (await verifyChain(store.db)).entries;
  await Promise.all([writeBackup(store, file), ...Array.from({ length: 20 }, (_, i) => store.record({ actor: system, action: "case.look", subject: `later ${i}` }))]);
  await assert.rejects(restoreBackup(file, { ...at("a", database) }), /held by the server of process/);
  const other = await fresh();
  const counts = await restoreBackup(file, at("b", other));
  assert.equal(counts.files, 1);
  const restored = await Store.open(at("b", other));
  const again = await verifyChain(restored.db);
  assert.ok(again.intact, again.problem);
  assert.ok(again.entries > before && again.entries <= before + 21);
  assert.equal((await restored.files.get(kept)).toString(), "a file");
  await restored.close();
  await assert.rejects(restoreBackup(file, at("b", other)), /expected an empty store/);
  await appendFile(file, "x");
  const whole = await readFile(file);
  await writeFile(file, whole.subarray(0, whole.length - 40));
  const third = await fresh();
  await assert.rejects(restoreBackup(file, at("c", third)), /expected a whole backup/);

  // Somebody who changes the log past the server is found out.
  const [dropUpdate, dropDelete] = store.kind === "sqlite" ? ["drop trigger audit_no_update", "drop trigger audit_no_delete"] : ["drop trigger audit_append_only on audit", "select 1"];
  await sql.raw(dropUpdate).execute(store.db);
  await sql.raw(dropDelete).execute(store.db);
  const move = (from: number, to: number) => store.db.updateTable("audit").set({ sequence: to }).where("sequence", "=", from).execute();
  const exchange = async (a: number, b: number): Promise<void> => {
    await move(a, 0);
    await move(b, a);
    await move(0, b);
  };
  await exchange(10, 11);
  assert.match((await verifyChain(store.db)).problem!, /entry 10: .* changed/);
  await exchange(10, 11);
  assert.ok((await verifyChain(store.db)).intact);
  await store.db.deleteFrom("audit").where("sequence", ">", 40).execute();
  assert.match((await verifyChain(store.db)).problem!, /cut off at the end/);
  await store.db.deleteFrom("audit").where("sequence", "=", 20).execute();
  assert.match((await verifyChain(store.db)).problem!, /after 19, got 21/);
  await store.db.updateTable("audit").set({ subject: "eve" }).where("sequence", "=", 5).execute();
  assert.match((await verifyChain(store.db)).problem!, /entry 5/);
  await store.close();
  // A store that was closed is free.
  await (await Store.open(at("a", database))).close();
}

const { [clusterVariable]: cluster } = process.env;
const fresh = async (): Promise<string | undefined> => (cluster === undefined ? undefined : newDatabase(cluster));

test("a store keeps, chains, backs up and restores", () => inFolder(async (folder) => exercise(folder, await fresh(), fresh)));

test("a backup of the embedded database goes into PostgreSQL", { skip: cluster === undefined ? "the embedded database alone is tested here" : false }, () =>
  inFolder(async (folder) => {
    const embedded = await Store.open({ folder: path.join(folder, "embedded") });
    await embedded.write(async ({ tx, note }) => {
      await tx.insertInto("users").values(user("dora")).execute();
      note({ actor: system, action: "user.make", subject: "dora" });
    });
    const file = path.join(folder, "embedded.osteon-backup");
    await writeBackup(embedded, file);
    await embedded.close();
    const at = { folder: path.join(folder, "moved"), database: (await fresh())! };
    await restoreBackup(file, at);
    const moved = await Store.open(at);
    assert.equal((await moved.db.selectFrom("users").select("name").executeTakeFirst())?.name, "dora");
    assert.ok((await verifyChain(moved.db)).intact);
    await moved.close();
  }));

test("every schema that was released is brought up to date, and one from the future is refused", () =>
  inFolder(async (folder) => {
    for (let version = 0; version <= schemaVersion; version++) {
      const opened = await openDatabase(path.join(folder, String(version)));
      await migrate(opened, version);
      assert.equal(await readSchema(opened.db), version);
      if (version > 0) await opened.db.insertInto("facts").values({ name: "kept", value: "yes" }).execute();
      await migrate(opened);
      assert.equal(await readSchema(opened.db), schemaVersion);
      if (version > 0) assert.equal((await opened.db.selectFrom("facts").select("value").executeTakeFirst())?.value, "yes");
      await sql`update osteon_schema set version = ${schemaVersion + 1}`.execute(opened.db);
      await assert.rejects(migrate(opened), /expected schema/);
      await opened.close();
    }
  }));

test("a file is checked against its name when it is read", () =>
  inFolder(async (folder) => {
    const files = new DiskFiles(folder);
    const name = await files.put(Buffer.from("pixels"));
    assert.equal(name, await files.put(Buffer.from("pixels")));
    await writeFile(files.path(name), "pixelz");
    await assert.rejects(files.get(name), /other bytes/);
    await assert.rejects(files.localPath(name), /other bytes/);
    await assert.rejects(files.get("../../etc/passwd"), /got none/);
  }));

test("a server killed at once gives the store free, and what it acknowledged is there", { timeout: 30_000 }, () =>
  inFolder(async (folder) => {
    const child = fork(new URL("./store-holder.testkit.js", import.meta.url), [folder], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    const acknowledged = await new Promise<number>((resolve) => child.once("message", (count) => resolve(count as number)));
    await assert.rejects(Store.open({ folder }), (error: Error) => error.message.includes(`process ${child.pid}`));
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
    const store = await Store.open({ folder });
    const check = await verifyChain(store.db);
    assert.ok(check.intact && check.entries >= acknowledged);
    await store.close();
  }));
