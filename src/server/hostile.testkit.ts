import assert from "node:assert/strict";
import { request } from "node:http";
import { deflateRawSync } from "node:zlib";
import { seededRandom, type Random } from "../base/index.js";
import type { RouteFacts } from "./contract/route.js";
import { routes } from "./contract/routes.js";
import { withTestServer } from "./server.testkit.js";

/** A request that nobody should send. */
export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

const paths = ["..", "../..", "..%2f..%2f", "%2e%2e/%2e%2e/etc/passwd", "....//....//etc/passwd", "..\\..\\windows", "%00", "%c0%ae%c0%ae/", "\u0001", "a".repeat(5000), "%", "%zz", "//", "/etc/passwd", "C:\\", "con", ".osteon/workbench.sqlite", "run/../../x", "💀", "%F0%9F%92%80", "{{7*7}}", "<script>", "' or 1=1 --", "\"; drop table users; --", "%0d%0aSet-Cookie:x=y"];
const values: readonly unknown[] = [null, true, 0, -1, 1e308, 2 ** 53, NaN, "", "x".repeat(100_000), [], {}, [[[[[]]]]], { __proto__: 1 }, "__proto__", "constructor", ["a", 1, null], "2026-13-45", "../../etc/passwd", { toString: "x" }, "\u0000", "\ud800"];
const types = ["application/json", "application/json; charset=utf-16", "text/plain", "text/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/octet-stream", "application/json\u00e9", ""];

function hostileBody(random: Random): Buffer {
  const turn = random.integer(9);
  if (turn === 0) return Buffer.from("{".repeat(random.integer(50_000)));
  if (turn === 1) return Buffer.from("[".repeat(100_000) + "]".repeat(100_000));
  if (turn === 2) return Buffer.from('{"__proto__":{"role":"administrator"},"constructor":{"prototype":{}}}');
  if (turn === 3) return Buffer.from(Array.from({ length: 2000 }, () => random.integer(256)));
  if (turn === 4) return Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]);
  if (turn === 5) return deflateRawSync(Buffer.alloc(1_000_000));
  if (turn === 6) return Buffer.alloc(random.integer(3) === 0 ? 6_000_000 : 200_000, "a");
  const names = ["name", "role", "password", "token", "study", "cell", "cases", "readers", "conditions", "shapes", "from", "recipe", "label", "submission", "seconds", "size", "title", "body", "response", "challenge", "scopes"];
  return Buffer.from(JSON.stringify(Object.fromEntries(Array.from({ length: 1 + random.integer(8) }, () => [random.pick(names), random.pick(values)]))) ?? "");
}

const sayValue = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));

/** Hostile requests, drawn from a seed: paths, sizes, types, encodings, queries, bodies, headers. */
export function hostileRequests(count: number, { seed, headers }: { readonly seed: number; readonly headers: Readonly<Record<string, string>> }): HostileRequest[] {
  const all = (Object.values(routes) as RouteFacts[]).filter(({ produces }) => produces !== "text/event-stream");
  return Array.from({ length: count }, (_, i): HostileRequest => {
    const random = seededRandom(seed, "hostile", i);
    const facts = random.pick(all);
    const fill = facts.path.replaceAll(/:[A-Za-z]+|\*/g, () => encodeHostile(random.pick(paths), random));
    const free = random.integer(12) === 0;
    const path = free ? `/${encodeHostile(random.pick(paths), random)}` : `/api/v1${fill}`;
    const query = random.integer(3) === 0 ? `?${random.pick(["limit", "cursor", "cell", "seed", "sort", "label", "filter", "offset", "path", "format", "kind", "search"])}=${encodeURIComponent(sayValue(values[i % values.length]).slice(0, 4000).replaceAll("\ud800", "?"))}` : "";
    const method = random.integer(15) === 0 ? random.pick(["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"]) : facts.method;
    const hasBody = method !== "GET" && method !== "HEAD" && method !== "TRACE";
    const type = random.integer(3) === 0 ? random.pick(types) : "application/json";
    return {
      method,
      path: `${path}${query}`,
      headers: {
        ...headers,
        ...(hasBody && type !== "" && { "content-type": type.replaceAll(/[^\x20-\x7e]/g, "") }),
        ...(random.integer(10) === 0 && { "content-encoding": random.pick(["gzip", "deflate", "br", "zip"]) }),
        ...(random.integer(20) === 0 && { range: random.pick(["bytes=-", "bytes=9-1", "bytes=99999999999999-", "lines=1-2", "bytes=0-0,1-1,2-2"]) }),
        ...(random.integer(30) === 0 && { cookie: `osteon_session=${"x".repeat(random.integer(12_000))}` }),
        ...(random.integer(30) === 0 && { authorization: random.pick(["Bearer osteon_x", "Basic YTpi", "Bearer", `Bearer osteon_${"a".repeat(4000)}`]) }),
        ...(random.integer(30) === 0 && { "if-match": random.pick(["*", '"v1"', "v1", "\"".repeat(50)]) }),
        ...(random.integer(40) === 0 && { host: random.pick(["elsewhere.example", "localhost:99999", "a".repeat(300)]) }),
        ...(random.integer(40) === 0 && { "x-big": "y".repeat(20_000) }),
      },
      ...(hasBody && { body: hostileBody(random) }),
    };
  });
}

/** A path as a hostile client writes it: partly encoded, with letters that HTTP cannot carry taken out. */
function encodeHostile(text: string, random: Random): string {
  return (random.integer(2) === 0 ? encodeURIComponent(text.replaceAll("\ud800", "?")) : text).replaceAll(/[^\x21-\x7e]/g, "%20").replaceAll(/[?#]/g, "%3f");
}

/** Sends a request; 0 where the server closed the connection without an answer. */
export function send(address: URL, { method, path, headers, body }: HostileRequest): Promise<{ readonly status: number; readonly type: string; readonly text: string }> {
  return new Promise((resolve) => {
    const asked = request({ host: address.hostname, port: address.port, method, path, headers, agent: false, timeout: 20_000 }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.length < 50 && parts.push(part));
      answer.on("end", () => resolve({ status: answer.statusCode!, type: answer.headers["content-type"] ?? "", text: Buffer.concat(parts).toString() }));
      answer.on("error", () => resolve({ status: answer.statusCode!, type: "", text: "" }));
    });
    // A server that has refused stops listening: what is still being written breaks off.
    asked.on("socket", (socket) => socket.on("error", () => {}));
    asked.on("error", () => resolve({ status: 0, type: "", text: "" }));
    asked.on("timeout", () => asked.destroy());
    asked.end(body);
  });
}

/** Fields that the two headers of an entry share, where they begin: compression, sizes and the length of the name. */
function entryHeader(bytes: number, { signature, from, packed, told, name }: { readonly signature: number; readonly from: number; readonly packed: number; readonly told: number; readonly name: number }): Buffer {
  const header = Buffer.alloc(bytes);
  header.writeUInt32LE(signature, 0);
  header.writeUInt16LE(8, from);
  header.writeUInt32LE(packed, from + 10);
  header.writeUInt32LE(told, from + 14);
  header.writeUInt16LE(name, from + 18);
  return header;
}

/** A ZIP archive written by hand, its names and sizes as told. */
export function archiveOf(entries: readonly { readonly name: string; readonly content: Buffer; readonly told?: number }[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, content, told = content.length } of entries) {
    const packed = deflateRawSync(content);
    const names = Buffer.from(name);
    const sizes = { packed: packed.length, told, name: names.length };
    const row = entryHeader(46, { signature: 0x02014b50, from: 10, ...sizes });
    row.writeUInt32LE(at, 42);
    const head = entryHeader(30, { signature: 0x04034b50, from: 8, ...sizes });
    parts.push(head, names, packed);
    directory.push(row, names);
    at += head.length + names.length + packed.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, list, end]);
}

/** Sends hostile requests as somebody of a role, and as nobody. Every one has to end in a refusal, said as a problem. */
export async function besiege(count: number): Promise<{ readonly megabytes: number }> {
  return withTestServer({}, async ({ listen, people: { researcher }, bench }) => {
    const address = new URL(await listen(0));
    const { token } = await researcher.call("makeToken", { body: { name: "hostile", scopes: ["read", "write", "run", "manage"] } });
    const host = `127.0.0.1:${address.port}`;
    const requests = [...hostileRequests(count >> 1, { seed: 1, headers: { host, authorization: `Bearer ${token}` } }), ...hostileRequests(count - (count >> 1), { seed: 2, headers: { host } })];
    globalThis.gc?.();
    const before = process.memoryUsage.rss();
    let highest = before;
    const wrong: string[] = [];
    const work = requests.entries();
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (const [i, one] of work) {
          const { status, type, text } = await send(address, one);
          highest = Math.max(highest, process.memoryUsage.rss());
          const said = `${i} ${one.method} ${one.path.slice(0, 100)}: ${status} ${text.slice(0, 200)}`;
          // What is asked for as it should be is answered: some draws are harmless. Nothing may be a failure of the server's own.
          if (status >= 500 || (status >= 400 && type !== "" && !type.startsWith("application/problem+json") && text.length > 0)) wrong.push(said);
          if (/node_modules|at .*\.js:\d+|\/tmp\/osteon-server/.test(text)) wrong.push(`tells of its inside: ${said}`);
        }
      }),
    );
    assert.deepEqual(wrong, []);
    assert.equal((await send(address, { method: "GET", path: "/api/v1/health", headers: { host } })).status, 200);
    assert.equal((await bench.store.db.selectFrom("users").select("id").execute()).length, 4);
    return { megabytes: (highest - before) / 2 ** 20 };
  });
}
