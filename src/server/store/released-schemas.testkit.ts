import { randomUUID } from "node:crypto";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beginSession } from "../people/sessions.js";
import { hashPassword } from "../people/passwords.js";
import { cellOfRun, idOfRun, labelsOfRun, password, withTestServer, type TestServer } from "../server.testkit.js";
import { tableNames, writeBackup } from "./backup.js";
import { schemaVersion } from "./migrate.js";

/** Puts rows into every table, as people do who work with it. */
export async function fillEveryTable({ bench, people }: TestServer): Promise<void> {
  const { administrator, researcher, reader } = people;
  const hash = await hashPassword(password);
  await bench.store.write(async ({ tx }) => {
    await tx.updateTable("users").set({ password_hash: hash }).where("id", "=", researcher.id).execute();
    await beginSession(tx, researcher.id, "a browser");
    await tx.insertInto("passkeys").values({ id: "passkey-1", user_id: researcher.id, name: "key", credential_id: "Y3JlZGVudGlhbA", public_key: "cHVibGlj", counter: 3, transports: "[]", created_at: "2026-01-01T00:00:00.000Z", last_used_at: null }).execute();
  });
  await researcher.call("makeToken", { body: { name: "script", scopes: ["read"] } });
  await administrator.call("makeUser", { body: { name: "Invited", role: "viewer" } });
  const bytes = Buffer.from("case,label\n");
  const upload = await researcher.call("makeUpload", { body: { name: "a.csv", size: bytes.length } });
  await researcher.call("sendUpload", { params: { upload: upload.id }, query: { offset: 0 }, bytes: new Uint8Array(bytes).buffer });
  const { id: dataset } = await researcher.call("importDataSet", { body: { name: "Shapes", from: { kind: "csv", path: "labels.csv" } } });
  await bench.jobs.idle();
  const [first] = (await researcher.call("dataCases", { params: { dataset } })).items;
  await researcher.call("changeLabel", { params: { dataset, case: first!.key }, body: { label: labelsOfRun[1]!, reason: "seen again" }, ifMatch: '"v1"' });
  const [seen] = (await researcher.call("cases", { params: { study: idOfRun } })).items;
  await researcher.call("makeAnnotation", { body: { study: idOfRun, case: seen!.key, title: "a box", note: "", shapes: [{ kind: "box", box: { row: 1, column: 2, height: 3, width: 4 } }] } });
  const [model] = (await researcher.call("models")).items;
  await researcher.call("retireModel", { params: { model: model!.id }, body: { note: "old" } });
  const { id: reading } = await researcher.call("makeReading", { body: { title: "Reading", study: idOfRun, cell: cellOfRun, cases: { count: 3 }, readers: [reader.id], conditions: ["alone", "heat-map"] } });
  await researcher.call("openReading", { params: { reading } });
  const [session] = await reader.call("assignments");
  const { item } = await reader.call("nextItem", { params: { assignment: session!.id } });
  await reader.call("submitRead", { params: { item: item!.id }, body: { submission: randomUUID(), label: labelsOfRun[0]!, confidence: 70, seconds: 3 } });
  for (const table of tableNames) if ((await bench.store.db.selectFrom(table).selectAll().limit(1).execute()).length === 0) throw new Error(`no row in ${table}`);
}

// Run once when a schema is about to be released: node dist/server/store/released-schemas.testkit.js
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await withTestServer({}, async (server) => {
    await fillEveryTable(server);
    await writeBackup(server.bench.store, path.resolve("test/fixtures/server", `schema-${schemaVersion}.osteon-backup`));
  });
}
