import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import test from "node:test";
import { DicomWebClient, type DicomWebOptions } from "./client.js";
import { readAll } from "./request.js";
import { encodeMultipart } from "./multipart.js";
import { textIn } from "./json-model.js";
import { retryAfterMs, waitMs } from "./back-off.js";
import { WorklistClient } from "./worklist.js";

type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

/** A server of this machine that answers as told, and the client on it. */
async function withServer(answer: Answer, options: DicomWebOptions, work: (client: DicomWebClient, requests: string[]) => Promise<void>): Promise<void> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    void readAll(request, 1e8, "request").then((body) => answer(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = new DicomWebClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}/dicom-web/`, { backOff: { firstWaitMs: 5, maxWaitMs: 200 }, ...options });
  try {
    await work(client, requests);
  } finally {
    client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const reply = (response: ServerResponse, value: unknown, status = 200): void => void response.writeHead(status, { "content-type": "application/dicom+json" }).end(JSON.stringify(value));
const study = (i: number): unknown => ({ "0020000D": { vr: "UI", Value: [`1.2.${i}`] }, "00100010": { vr: "PN", Value: [{ Alphabetic: "A^B" }] } });
async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

test("a search asks page after page, with limits, fuzzy matching and encoded values", () =>
  withServer(
    (request, response) => {
      const url = new URL(request.url!, "http://x");
      const [offset, limit] = [Number(url.searchParams.get("offset")), Number(url.searchParams.get("limit"))];
      reply(response, Array.from({ length: 25 }, (_, i) => study(i)).slice(offset, offset + limit));
    },
    {},
    async (client, requests) => {
      assert.equal((await all(client.search({ level: "studies", pageSize: 10 }))).length, 25);
      assert.equal(requests.length, 3);
      const some = await all(client.search({ level: "studies", pageSize: 10, limit: 12, fuzzy: true, match: { PatientName: "M ü*", StudyDate: "20240101-20241231" }, include: ["StudyDescription"] }));
      assert.deepEqual([some.length, textIn(some[0]!, "StudyInstanceUID"), textIn(some[0]!, "PatientName")], [12, "1.2.0", "A^B"]);
      assert.match(requests[3]!, /PatientName=M%20%C3%BC\*&StudyDate=20240101-20241231&includefield=StudyDescription&fuzzymatching=true&limit=10&offset=0/);
      assert.match(requests[4]!, /limit=2&offset=10/);
      await assert.rejects(all(client.search({ level: "studies", match: { PatientNam: "x" } })), /PatientNam: expected a keyword/);
    },
  ));

test("a server that ignores paging ends the search instead of being asked for ever", () =>
  withServer((_, response) => reply(response, [study(1), study(2)]), {}, async (client, requests) => {
    assert.equal((await all(client.search({ level: "studies", pageSize: 2 }))).length, 2);
    assert.equal(requests.length, 2);
  }));

test("an empty answer with status 204 is no match", () =>
  withServer((_, response) => void response.writeHead(204).end(), {}, async (client) => assert.deepEqual(await all(client.search({ level: "instances", study: "1.2" })), [])));

test("a server that is busy is asked again when it says so, and given up after the tries allowed", () => {
  let count = 0;
  return withServer(
    (_, response) => {
      count += 1;
      if (count === 1) response.writeHead(503, { "retry-after": "0" }).end();
      else if (count === 2) response.writeHead(429).end();
      else if (count === 3) response.destroy();
      else if (count === 4) reply(response, [study(1)]);
      else response.writeHead(500).end();
    },
    {},
    async (client, requests) => {
      assert.equal((await all(client.search({ level: "studies" }))).length, 1);
      assert.equal(requests.length, 4);
      await assert.rejects(all(client.search({ level: "studies" })), { code: "dicomweb-status", message: /status 500/ });
      assert.equal(requests.length, 9);
    },
  );
});

test("what will not change is not asked twice, and errors tell no address below the server's", () =>
  withServer(
    (request, response) => void response.writeHead(request.url!.includes("401") ? 401 : request.url!.includes("302") ? 302 : 404, { location: "http://elsewhere.example/" }).end(),
    { credentials: { kind: "basic", user: "u", password: "secret-word" } },
    async (client, requests) => {
      await assert.rejects(client.metadata({ study: "1.401" }), (error: Error) => error.message.includes("Check user") && !/secret|1\.401/.test(error.message));
      await assert.rejects(client.metadata({ study: "1.302" }), { code: "dicomweb-moved" });
      await assert.rejects(client.metadata({ study: "1.404" }), { code: "dicomweb-missing" });
      assert.equal(requests.length, 3);
      await assert.rejects(client.bulkData("http://elsewhere.example/bulk"), { code: "dicomweb-address" });
      await assert.rejects(client.metadata({ study: "1.2/../../x" }), { code: "dicom-uid" });
      assert.equal(requests.length, 3);
    },
  ));

test("credentials travel in the header, and never in clear to another machine", async () => {
  const seen: (string | undefined)[] = [];
  const answer: Answer = (request, response) => {
    seen.push(request.headers.authorization);
    reply(response, []);
  };
  await withServer(answer, { credentials: { kind: "basic", user: "ü", password: "p:w" } }, async (client) => void (await all(client.search({ level: "studies" }))));
  await withServer(answer, { credentials: { kind: "bearer", token: "t0ken" } }, async (client) => void (await all(client.search({ level: "studies" }))));
  assert.deepEqual(seen, [`Basic ${Buffer.from("ü:p:w").toString("base64")}`, "Bearer t0ken"]);
  assert.throws(() => new DicomWebClient("http://pacs.example/dicom-web", { credentials: { kind: "bearer", token: "t" } }), /expected https/);
  assert.throws(() => new DicomWebClient("http://user:gh0st@localhost/"), (error: Error) => !error.message.includes("gh0st"));
});

test("files come out of multipart answers, pictures and bulk data as they are", () => {
  const files = [Buffer.from("first\r\n--"), Buffer.from("second")];
  return withServer(
    (request, response) => {
      const { parts, contentType } = encodeMultipart(files, "edge");
      if (request.url!.endsWith("/rendered")) response.writeHead(200, { "content-type": "image/jpeg" }).end("JPEG");
      else response.writeHead(200, { "content-type": contentType }).end(Buffer.concat(parts));
    },
    {},
    async (client) => {
      assert.deepEqual((await all(client.retrieve({ study: "1.2" }))).map(String), files.map(String));
      assert.equal(String(await client.bulkData("../bulk/1")), "first\r\n--");
      assert.equal(String(await client.rendered({ study: "1.2", series: "1.3", instance: "1.4" })), "JPEG");
    },
  );
});

test("storing says of each object whether the server has it", () =>
  withServer(
    (request, response, body) => {
      assert.match(request.headers["content-type"]!, /^multipart\/related; type="application\/dicom"; boundary=/);
      assert.ok(body.includes("DICM-two"));
      const item = (uid: string, reason?: number): unknown => ({ "00081155": { vr: "UI", Value: [uid] }, ...(reason !== undefined && { "00081197": { vr: "US", Value: [reason] } }) });
      reply(response, { "00081199": { vr: "SQ", Value: [item("1.1")] }, "00081198": { vr: "SQ", Value: [item("1.2", 0xa700)] } }, 202);
    },
    {},
    async (client) => assert.deepEqual(await client.store([Buffer.from("DICM-one"), Buffer.from("DICM-two")]), { stored: ["1.1"], failed: [{ instance: "1.2", reason: 0xa700 }] }),
  ));

test("answers that are no DICOM JSON are refused", async () => {
  for (const text of ["<html>", '"text"', "[1]", "[[]]"]) {
    await withServer((_, response) => void response.end(text), {}, async (client) =>  (await assert.rejects(all(client.search({ level: "studies" })), { code: "dicom-json" })));
  }
});

test("a work item is found, claimed once, followed up and completed", () => {
  const item = { state: "SCHEDULED", transaction: "", output: {} as unknown };
  return withServer(
    (request, response, body) => {
      const told = body.length === 0 ? {} : (JSON.parse(body.toString()) as Record<string, { Value: string[] }>);
      const transaction = told["00081195"]?.Value[0] ?? "";
      if (request.method === "GET") {
        return reply(response, item.state !== "SCHEDULED" ? [] : [{ "00080018": { vr: "UI", Value: ["1.9"] }, "00741000": { vr: "CS", Value: ["SCHEDULED"] }, "00404021": { vr: "SQ", Value: [{ "0020000D": { vr: "UI", Value: ["1.2"] }, "00081199": { vr: "SQ", Value: [{ "00081155": { vr: "UI", Value: ["1.2.3"] } }] } }] } }]);
      }
      if (item.transaction !== "" && item.transaction !== transaction) return void response.writeHead(409).end();
      if (request.method === "PUT") [item.state, item.transaction] = [told["00741000"]!.Value[0]!, transaction];
      else item.output = told["00741216"];
      response.writeHead(200).end();
    },
    {},
    async (client) => {
      const worklist = new WorklistClient(client);
      assert.deepEqual(await worklist.search(), [{ uid: "1.9", state: "SCHEDULED", inputs: [{ study: "1.2", instances: ["1.2.3"] }] }]);
      assert.ok(await worklist.claim("1.9", "2.25.1"));
      assert.ok(!(await worklist.claim("1.9", "2.25.2")));
      await worklist.update("1.9", "2.25.1", { share: 1, outputs: [{ study: "1.2", series: "1.5", sopClass: "1.6", instance: "1.7" }] });
      assert.match(JSON.stringify(item.output), /1\.7/);
      assert.ok(await worklist.complete("1.9", "2.25.1"));
      assert.equal(item.state, "COMPLETED");
    },
  );
});

test("waits double up to a limit, less up to a quarter; Retry-After is seconds or a date", () => {
  for (let attempt = 1; attempt < 12; attempt++) {
    const full = Math.min(60_000, 500 * 2 ** (attempt - 1));
    const wait = waitMs(attempt, "key");
    assert.ok(wait <= full && wait >= 0.75 * full - 1);
  }
  const now = new Date("2026-01-01T00:00:00Z");
  assert.deepEqual([retryAfterMs("7", now), retryAfterMs("Thu, 01 Jan 2026 00:00:09 GMT", now), retryAfterMs("soon", now), retryAfterMs(undefined, now)], [7000, 9000, undefined, undefined]);
});
