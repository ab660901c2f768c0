import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { gunzipSync, inflateSync } from "node:zlib";
import type { RouteFacts } from "./contract/route.js";
import { routes } from "./contract/routes.js";
import { cellOfRun, idOfRun, labelsOfRun, withTestServer, type TestServer } from "./server.testkit.js";

/** What a reader is told, whole: status, headers and bytes. */
interface Told {
  readonly request: string;
  readonly status: number;
  readonly headers: string;
  readonly bytes: Buffer;
}

/** Values that stand nowhere but in what a reader must not know. */
const secrets = ["0.7318264", "0.2681736", "PATIENT-4711", "Opinion of another", "Seen by Otto", "Otto Otherreader", "83.125", "square-", "stripes-", "predictions.csv", "Reason-of-change"] as const;

/** Bytes, and what is packed in them: compressed, or in base64. */
function* layersOf(bytes: Buffer, depth = 0): Generator<string> {
  const text = bytes.toString("latin1");
  yield text;
  if (depth === 2) return;
  for (const unpack of [gunzipSync, inflateSync]) {
    try {
      yield* layersOf(unpack(bytes), depth + 1);
    } catch {
      // Not packed this way.
    }
  }
  for (const [found] of text.matchAll(/[A-Za-z0-9+/_-]{24,}={0,2}/g)) yield* layersOf(Buffer.from(found, "base64"), depth + 1);
}

function requireBlind({ request, headers, bytes }: Told, known: readonly string[]): void {
  const told = [headers, ...layersOf(bytes)];
  for (const secret of known) assert.ok(!told.some((text) => text.includes(secret)), `${request} tells ${secret}`);
}

/** Kinds of a PNG file's parts: pixels, and nothing in words. */
function partsOfPng(bytes: Buffer): string[] {
  const kinds: string[] = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) kinds.push(bytes.toString("latin1", at + 4, at + 8));
  return kinds;
}

/** Asks every route, and every page that might be a file, with every name there is. */
async function askEverything({ app }: TestServer, token: string, ids: Readonly<Record<string, readonly string[]>>): Promise<Told[]> {
  const told: Told[] = [];
  const ask = async (method: string, url: string, payload?: string, type = "application/json"): Promise<void> => {
    const answer = await app.inject({ method: method as "GET", url, headers: { host: "localhost", authorization: `Bearer ${token}`, ...(payload !== undefined && { "content-type": type }) }, ...(payload !== undefined && { payload }) });
    const { date: _, "keep-alive": __, connection: ___, ...headers } = answer.headers;
    told.push({ request: `${method} ${url}`, status: answer.statusCode, headers: JSON.stringify(headers), bytes: answer.rawPayload });
  };
  const all = [...new Set(Object.values(ids).flat())];
  for (const { method, path: pattern, produces, consumes } of Object.values(routes) as RouteFacts[]) {
    const names = [...pattern.matchAll(/:([A-Za-z]+)/g)].map(([, name]) => name!);
    // Every name where the route wants one of its kind; for the rest of the path the first of its kind.
    const fills = names.length === 0 ? [{}] : [...(ids[names[0]!] ?? []), ...all.filter((id) => id.length % 3 === names.length % 3)].map((id) => Object.fromEntries(names.map((name, i) => [name, i === 0 ? id : ids[name]?.[0] ?? id])));
    for (const fill of fills as Record<string, string>[]) {
      const address = `/api/v1${pattern.replaceAll(/:([A-Za-z]+)/g, (_, name: string) => fill[name]!).replace("*", "predictions.csv")}`;
      const query = `?cell=${encodeURIComponent(cellOfRun)}&study=${idOfRun}&a=${idOfRun}&b=${idOfRun}&kind=sr&offset=0&limit=50&path=run`;
      if (produces === "text/event-stream" || method === "GET") await ask("GET", `${address}${query}`);
      else await ask(method, `${address}${query}`, consumes === undefined ? "{}" : "x", consumes);
    }
  }
  // The same addresses in other ways, and what lies on the disk under its own name.
  for (const id of ids["item"]!) for (const method of ["HEAD", "PUT", "DELETE", "OPTIONS"]) await ask(method, `/api/v1/reading/items/${id}/image`);
  for (const file of ["", "run/results.json", "run/predictions.csv", "labels.csv", "images/square-0.png", ".osteon/workbench.sqlite", "..%2frun%2fresults.json", `studies/${idOfRun}/cases/${ids["case"]![0]!}`]) await ask("GET", `/${file}`);
  return told;
}

/** Changes everything that a reader must not know, and nothing else: truth, the network's answers and maps, reads, notes and corrections of others. */
async function changeSecrets({ bench: { store }, root }: TestServer): Promise<void> {
  const swap = (label: string): string => labelsOfRun[1 - labelsOfRun.indexOf(label)]!;
  const [cases, predictions] = [await store.db.selectFrom("study_cases").selectAll().execute(), await store.db.selectFrom("predictions").selectAll().execute()];
  await store.write(async ({ tx }) => {
    for (const one of cases) await tx.updateTable("study_cases").set({ label: swap(one.label), patient: "PATIENT-4711" }).where("key", "=", one.key).execute();
    for (const one of predictions) await tx.updateTable("predictions").set({ label: swap(one.label), predicted: swap(one.predicted), correct: 1 - one.correct, confidence: 0.7318264, relevance: 0.7318264, elsewhere: 1, uncertain: 1, probabilities: JSON.stringify([[0.2681736, 0.7318264], [1]]) }).where("case_key", "=", one.case_key).execute();
    // What was read of the run is read again.
    await tx.updateTable("studies").set({ summary: JSON.stringify({ labels: labelsOfRun, cases: 1, cells: 1, question: "Opinion of another" }) }).execute();
  });
  for (const fold of [1, 2]) {
    const file = path.join(root, "run", "tasks", ...cellOfRun.split("/"), "seed-1", `fold-${fold}`, "task.json");
    const record = JSON.parse(await readFile(file, "utf8")) as { maps: { values: string } };
    record.maps.values = Buffer.from(new Float32Array(Buffer.from(record.maps.values, "base64").length / 4).fill(0.7318264).buffer).toString("base64");
    await writeFile(file, JSON.stringify(record));
  }
}

test("what a reader is told by every route stays the same, bit for bit, when all they must not know changes", () =>
  withTestServer({}, async (server) => {
    const { people: { reader, researcher, administrator }, bench } = server;
    const other = await server.invite("reader", "Otto Otherreader", "orthopaedists");
    const { id: dataset } = await researcher.call("importDataSet", { body: { name: "Shapes", from: { kind: "csv", path: "labels.csv" } } });
    await bench.jobs.idle();
    const { items: cases } = await researcher.call("cases", { params: { study: idOfRun } });
    const { items: dataCases } = await researcher.call("dataCases", { params: { dataset } });
    const { id: reading } = await researcher.call("makeReading", { body: { title: "Reading", study: idOfRun, cell: cellOfRun, cases: { count: 4 }, readers: [reader.id, other.id], conditions: ["alone", "heat-map"], marks: true, washOutDays: 1 } });
    await researcher.call("openReading", { params: { reading } });
    const own = (await reader.call("assignments")).map(({ id }) => id);
    const theirs = (await other.call("assignments")).map(({ id }) => id);
    const { token } = await reader.call("makeToken", { body: { name: "every route", scopes: ["read", "write", "run", "manage"] } });
    const { item } = await reader.call("nextItem", { params: { assignment: own[0]! } });
    assert.equal(item!.condition, "alone");
    const items = await bench.store.db.selectFrom("items").select("id").orderBy("position").limit(6).execute();
    const note = await researcher.call("makeAnnotation", { body: { study: idOfRun, case: cases[0]!.key, title: "a region", note: "", shapes: [{ kind: "box", box: { row: 1, column: 2, height: 3, width: 4 } }] } });
    const { id: upload } = await researcher.call("makeUpload", { body: { name: "a.zip", size: 10 } });
    const { items: models } = await researcher.call("models");
    const ids = {
      study: [idOfRun], case: [cases[0]!.key, cases[9]!.key, dataCases[0]!.key], dataset: [dataset], annotation: [note.id], reading: [reading], assignment: [...own, ...theirs], item: [item!.id, ...items.map(({ id }) => id)], model: [models[0]!.id],
      user: [reader.id, other.id, administrator.id], upload: [upload], session: ["no-such-session"], token: ["no-such-token"], passkey: ["no-such-key"],
    };

    const before = await askEverything(server, token, ids);
    await changeSecrets(server);
    const shown = await other.call("nextItem", { params: { assignment: theirs[0]! } });
    await other.call("submitRead", { params: { item: shown.item!.id }, body: { submission: randomUUID(), label: labelsOfRun[0]!, confidence: 83.125, seconds: 83.125 } });
    await researcher.call("changeAnnotation", { params: { annotation: note.id }, body: { title: "Opinion of another", note: "Seen by Otto", shapes: note.shapes }, ifMatch: '"v1"' });
    await researcher.call("changeLabel", { params: { dataset, case: dataCases[0]!.key }, body: { label: labelsOfRun[1]!, reason: "Reason-of-change" }, ifMatch: '"v1"' });
    await researcher.call("retireModel", { params: { model: models[0]!.id }, body: { note: "Opinion of another" } });
    const after = await askEverything(server, token, ids);

    assert.ok(before.length > 300, `${before.length} requests`);
    assert.deepEqual(after.map(({ request, status, headers }) => [request, status, headers]), before.map(({ request, status, headers }) => [request, status, headers]));
    const seen = new Set<string>();
    for (const [i, told] of after.entries()) {
      // A challenge is drawn anew each time.
      if (!told.request.includes("/passkey/options")) assert.ok(told.bytes.equals(before[i]!.bytes), told.request);
      const text = `${told.headers}${told.bytes.toString("latin1")}`;
      if (!seen.has(text)) requireBlind(told, [...secrets, ...cases.map(({ key }) => key)]);
      seen.add(text);
    }
    const answered = after.filter(({ status, request }) => status < 300 && request.includes("/api/v1/"));
    // Own sessions, the case in front with its picture, one's own page, and what is open to all.
    assert.deepEqual([...new Set(answered.map(({ request }) => request.replace(/\?.*/, "").replace(own[0]!, "MINE").replace(item!.id, "IN-FRONT")))].sort(), ["GET /api/v1/auth", "GET /api/v1/health", "GET /api/v1/me", "GET /api/v1/openapi.json", "GET /api/v1/reading/assignments", "GET /api/v1/reading/items/IN-FRONT/image", "HEAD /api/v1/reading/items/IN-FRONT/image", "PATCH /api/v1/me", "POST /api/v1/auth/passkey/options", "POST /api/v1/reading/assignments/MINE/next"]);
    const picture = answered.find(({ request }) => request.includes("/image"))!;
    assert.deepEqual([...new Set(partsOfPng(picture.bytes))].filter((kind) => !["IHDR", "IDAT", "IEND", "pHYs"].includes(kind)), []);

    // After the read nothing is told either, and the next case comes as this one did.
    const done = await reader.send("submitRead", { params: { item: item!.id }, body: { submission: randomUUID(), label: labelsOfRun[0]!, confidence: 50, seconds: 1 } });
    requireBlind({ request: "a read", status: done.status, headers: JSON.stringify([...done.headers]), bytes: Buffer.from(await done.arrayBuffer()) }, secrets);
    const next = await reader.send("nextItem", { params: { assignment: own[0]! } });
    requireBlind({ request: "the next case", status: next.status, headers: JSON.stringify([...next.headers]), bytes: Buffer.from(await next.arrayBuffer()) }, secrets);
  }));
