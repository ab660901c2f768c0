import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, utimes } from "node:fs/promises";
import { request } from "node:http";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import test from "node:test";
import { sha256 } from "../files/index.js";
import { partFile } from "./data-sets/upload-parts.js";
import { withTestServer, type TestServer } from "./server.testkit.js";

const bytes = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7) % 251));
const digestOf = (part: Buffer): string => `sha-256=:${createHash("sha256").update(part).digest("base64")}:`;

interface Answer {
  readonly status: number;
  readonly code?: string;
  readonly offset?: number;
  readonly state?: string;
  readonly parameters?: Readonly<Record<string, string | number>>;
}

interface Begun {
  readonly id: string;
  /** Sends a part as a program does, with headers of its own. */
  send(offset: number, part: Buffer, headers?: Record<string, string>): Promise<Answer>;
  offset(): Promise<number>;
}

type Begin = (size?: number, hash?: string) => Promise<Begun>;

async function withSender(work: (server: TestServer, begin: Begin, token: string) => Promise<void>): Promise<void> {
  await withTestServer({}, async (server) => {
    const { researcher } = server.people;
    const { token } = await researcher.call("makeToken", { body: { name: "sender", scopes: ["write"] } });
    const begin: Begin = async (size = bytes.length, hash) => {
      const { id } = await researcher.call("makeUpload", { body: { name: "a.bin", size, ...(hash !== undefined && { sha256: hash }) } });
      return {
        id,
        send: async (offset, part, headers = {}) => {
          const answer = await server.app.inject({ method: "PUT", url: `/api/v1/uploads/${id}?offset=${offset}`, headers: { host: "localhost", authorization: `Bearer ${token}`, "content-type": "application/octet-stream", ...headers }, payload: part });
          return { ...(answer.json() as Omit<Answer, "status">), status: answer.statusCode };
        },
        offset: async () => (await researcher.call("upload", { params: { upload: id } })).offset,
      };
    };
    await work(server, begin, token);
  });
}

test("an upload takes its bytes in their order alone, and of a part that is refused nothing stays", () =>
  withSender(async (server, begin) => {
    const { id, send, offset } = await begin(bytes.length, sha256(bytes));
    assert.deepEqual((await send(0, bytes.subarray(0, 1000))).offset, 1000);
    for (const wrong of [0, 999, 1001, 5000]) assert.deepEqual(await send(wrong, bytes.subarray(1000)).then(({ status, code, parameters }) => [status, code, parameters]), [409, "upload-offset", { expected: 1000, offset: wrong }]);
    // More than was announced, and bytes that changed on the way.
    assert.deepEqual(await send(1000, Buffer.concat([bytes.subarray(1000), Buffer.from("more")])).then(({ status, code }) => [status, code]), [413, "part-too-large"]);
    assert.equal(await offset(), 1000);
    const part = bytes.subarray(1000, 3000);
    assert.deepEqual(await send(1000, Buffer.from(part).fill(0, 7, 8), { "content-digest": digestOf(part) }).then(({ status, code }) => [status, code]), [422, "upload-damaged"]);
    assert.equal((await send(1000, part, { "content-digest": "md5=:AAAA:" })).code, "upload-digest");
    assert.equal(await offset(), 1000);
    // The place said twice is the same place.
    for (const range of ["bytes 0-999/5000", "bytes 1000-2999/4999", "bytes 1000-5000/5000", "bytes 1000-999/5000", "lines 1000-2999/5000", "x".repeat(3000)]) assert.equal((await send(1000, part, { "content-range": range })).code, "upload-range", range);
    assert.equal((await send(1000, part, { "content-digest": digestOf(part), "content-range": "bytes 1000-2999/5000" })).offset, 3000);
    assert.deepEqual(await send(3000, bytes.subarray(3000)).then(({ state, offset: at }) => [state, at]), ["complete", 5000]);
    // Whoever did not hear the answer asks again, and is told the same.
    assert.equal((await send(3000, bytes.subarray(3000))).state, "complete");
    assert.deepEqual(await server.bench.store.files.get(sha256(bytes)), bytes);
    assert.ok(!existsSync(partFile(server.bench.store, id)));
  }));

test("an upload that is not what was announced begins again, and nothing of it is kept", () =>
  withSender(async (server, begin) => {
    const { send, offset } = await begin(bytes.length, sha256(bytes));
    const other = Buffer.from(bytes).fill(1, 17, 18);
    assert.deepEqual(await send(0, other).then(({ status, code }) => [status, code]), [422, "checksum"]);
    assert.equal(await offset(), 0);
    assert.equal(await server.bench.store.files.has(sha256(other)), false);
    assert.equal((await send(0, bytes)).state, "complete");
  }));

test("what came before a broken connection stays, and the sender goes on from there", () =>
  withSender(async (server, begin, token) => {
    const { id, send, offset } = await begin();
    const address = new URL(await server.listen(0));
    const half = request({ hostname: address.hostname, port: address.port, method: "PUT", path: `/api/v1/uploads/${id}?offset=0`, headers: { authorization: `Bearer ${token}`, "content-type": "application/octet-stream", "content-length": bytes.length } });
    half.on("error", () => {});
    half.write(bytes.subarray(0, 2000));
    while ((await offset()) < 2000) await wait(5);
    // Nobody else writes meanwhile.
    assert.equal((await send(2000, bytes.subarray(2000))).code, "upload-busy");
    half.destroy();
    let answer = await send(2000, bytes.subarray(2000));
    for (let i = 0; answer.code === "upload-busy" && i < 200; i++) {
      await wait(5);
      answer = await send(2000, bytes.subarray(2000));
    }
    assert.equal(answer.state, "complete");
    assert.deepEqual(await server.bench.store.files.get(sha256(bytes)), bytes);
  }));

test("an upload left behind for a week is taken away when somebody begins another", () =>
  withSender(async (server, begin) => {
    const { store } = server.bench;
    const [old, young] = [await begin(), await begin()];
    for (const { send } of [old, young]) await send(0, bytes.subarray(0, 10));
    const before = new Date(Date.now() - 8 * 86_400_000);
    await utimes(partFile(store, old.id), before, before);
    await begin();
    assert.ok(!existsSync(partFile(store, old.id)));
    assert.equal(await young.offset(), 10);
    await assert.rejects(old.offset());
    const { researcher } = server.people;
    await researcher.call("removeUpload", { params: { upload: young.id } });
    await assert.rejects(readFile(path.join(store.folder, "uploads", young.id)));
    const words = (await server.people.administrator.call("auditLog", { query: { action: "upload.remove" } })).items;
    assert.deepEqual(words.map(({ subject }) => subject), [young.id]);
  }));
