import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after, afterEach } from "node:test";
import { DataError } from "../../base/index.js";
import type { Progress } from "../../base/index.js";
import { architectures } from "../architectures/index.js";
import { pullWeights } from "./pull-weights.js";
import type { PullOptions } from "./pull-weights.js";
import { weightsSources } from "./sources.js";
import type { WeightsSource } from "./sources.js";

const content = Buffer.from(Uint8Array.from({ length: 100_000 }, (_, i) => (i * 31 + (i >> 8)) & 255));
const sha256 = createHash("sha256").update(content).digest("hex");

/** What the server on 127.0.0.1 does; each test says it anew. */
let answer: (request: IncomingMessage, response: ServerResponse) => void = () => {};
let ranges: (string | undefined)[] = [];
const server = createServer((request, response) => {
  ranges.push(request.headers.range);
  answer(request, response);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const port = (server.address() as AddressInfo).port;
const root = await mkdtemp(path.join(tmpdir(), "osteon-pull-"));
after(async () => {
  server.closeAllConnections();
  server.close();
  await rm(root, { recursive: true });
});
afterEach(() => {
  ranges = [];
});

const source: WeightsSource = {
  name: "local",
  url: `http://127.0.0.1:${port}/weights/net-01234567.pth`,
  sha256,
  bytes: content.length,
  accuracy: 0,
  preprocessing: architectures.mobilenet_v2.preprocessing,
  interpolation: "bilinear",
  license: "none",
  note: "",
};
const patience = { attempts: 3, pauseMs: 1, silenceMs: 200 };
const newFolder = (): Promise<string> => mkdtemp(path.join(root, "cache-"));
const pull = (directory: string, more: Partial<PullOptions> = {}): Promise<string> =>
  pullWeights("mobilenet_v2", { directory, source, patience, ...more }).then(({ file }) => file);

function serveWhole(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { "content-length": content.length }).end(content);
}

/** Honors ranges, and cuts the connection after `cut` bytes of each answer. */
function serveRanges(cut = Infinity): typeof answer {
  return (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "bytes=0-")![1]);
    const rest = content.subarray(start);
    const head = { "content-length": rest.length, "content-range": `bytes ${start}-${content.length - 1}/${content.length}` };
    response.writeHead(start > 0 ? 206 : 200, head);
    if (rest.length <= cut) response.end(rest);
    else response.write(rest.subarray(0, cut), () => setTimeout(() => response.destroy(), 20));
  };
}

test("a file is fetched, checked, named as published, and its progress reported in bytes", async () => {
  answer = serveWhole;
  const directory = path.join(await newFolder(), "made", "on the way");
  const seen: Progress[] = [];
  const file = await pull(directory, { onProgress: (progress) => seen.push(progress) });
  assert.equal(file, path.join(directory, "net-01234567.pth"));
  assert.deepEqual(await readFile(file), content);
  assert.deepEqual(await readdir(directory), ["net-01234567.pth"]);
  assert.deepEqual(seen.at(-1), { task: "net-01234567.pth", done: 100_000, total: 100_000, unit: "bytes" });
});

test("a file that is there and right is not fetched again; a damaged one is", async () => {
  answer = serveWhole;
  const directory = await newFolder();
  const file = await pull(directory);
  await pull(directory);
  assert.equal(ranges.length, 1);
  await writeFile(file, "something else");
  await pull(directory);
  assert.equal(ranges.length, 2);
  assert.deepEqual(await readFile(file), content);
});

test("a connection cut again and again is taken up where it broke", async () => {
  answer = serveRanges(30_000);
  const file = await pull(await newFolder());
  assert.deepEqual(await readFile(file), content);
  assert.deepEqual(ranges, [undefined, "bytes=30000-", "bytes=60000-", "bytes=90000-"]);
});

test("an earlier run's part is gone on with", async () => {
  answer = serveRanges();
  const directory = await newFolder();
  await writeFile(path.join(directory, "net-01234567.pth.part"), content.subarray(0, 77_777));
  await pull(directory);
  assert.deepEqual(ranges, ["bytes=77777-"]);
});

test("a server that ignores the range is read from the start", async () => {
  answer = serveWhole;
  const directory = await newFolder();
  await writeFile(path.join(directory, "net-01234567.pth.part"), content.subarray(0, 500));
  assert.deepEqual(await readFile(await pull(directory)), content);
});

test("a part that is longer than the file is thrown away", async () => {
  answer = serveWhole;
  const directory = await newFolder();
  await writeFile(path.join(directory, "net-01234567.pth.part"), Buffer.concat([content, content]));
  assert.deepEqual(await readFile(await pull(directory)), content);
});

test("a connection that brings nothing is given up after the allowed attempts, and the part stays", async () => {
  const directory = await newFolder();
  answer = (_, response) => void response.destroy();
  await writeFile(path.join(directory, "net-01234567.pth.part"), content.subarray(0, 500));
  await assert.rejects(pull(directory), (error: unknown) => {
    assert.ok(error instanceof DataError);
    assert.equal(error.code, "download-interrupted");
    assert.match(error.message, /expected 100000 bytes, got 500 .*Run the same command again/);
    return true;
  });
  assert.equal(ranges.length, 3);
  assert.deepEqual(await readdir(directory), ["net-01234567.pth.part"]);
});

test("a silent connection is cut", async () => {
  answer = (_, response) => void response.writeHead(200, { "content-length": content.length }).write(content.subarray(0, 10));
  await assert.rejects(pull(await newFolder(), { patience: { attempts: 2, pauseMs: 1, silenceMs: 50 } }), { code: "download-interrupted", message: /silent for 0\.05 s/ });
});

test("an overloaded server is asked again", async () => {
  answer = (request, response) => (ranges.length < 3 ? void response.writeHead(503).end() : serveWhole(request, response));
  assert.deepEqual(await readFile(await pull(await newFolder())), content);
});

test("a missing file is not asked for again", async () => {
  answer = (_, response) => void response.writeHead(404).end("no");
  await assert.rejects(pull(await newFolder()), { code: "download-refused", message: /404/ });
  assert.equal(ranges.length, 1);
});

test("a wrong checksum removes the file and says both sums", async () => {
  const directory = await newFolder();
  answer = (_, response) => void response.writeHead(200).end(Buffer.alloc(content.length));
  await assert.rejects(pull(directory), (error: unknown) => {
    assert.ok(error instanceof DataError);
    assert.equal(error.code, "download-checksum");
    assert.ok(error.message.includes(sha256));
    return true;
  });
  assert.deepEqual(await readdir(directory), []);
});

test("a file of another length is refused before or while it comes", async () => {
  answer = (_, response) => void response.writeHead(200, { "content-length": 5 }).end("short");
  await assert.rejects(pull(await newFolder()), { code: "download-length", message: /expected 100000 bytes, got 5/ });
  answer = (_, response) => void response.writeHead(200).end(Buffer.concat([content, content]));
  await assert.rejects(pull(await newFolder()), { code: "download-length" });
  answer = (_, response) => void response.writeHead(206, { "content-range": "bytes 500-999/1000" }).end(Buffer.alloc(500));
  const directory = await newFolder();
  await writeFile(path.join(directory, "net-01234567.pth.part"), content.subarray(0, 500));
  await assert.rejects(pull(directory), { code: "download-length", message: /got 1000/ });
});

test("a full disk is named as such", { skip: existsSync("/dev/full") ? false : "no device that is always full" }, async () => {
  answer = serveWhole;
  const directory = await newFolder();
  await symlink("/dev/full", path.join(directory, "net-01234567.pth.part"));
  await assert.rejects(pull(directory), { code: "file-enospc", message: /Free some space/ });
});

test("a folder that cannot be written is named as such", { skip: process.getuid?.() === 0 ? "the superuser may write everywhere" : false }, async () => {
  const directory = await newFolder();
  await chmod(directory, 0o500);
  await assert.rejects(pull(directory), { code: "file-eacces" });
});

test("a file where the folder should be, and a folder where the file should be, are named as such", async () => {
  const file = path.join(await newFolder(), "file");
  await writeFile(file, "");
  await assert.rejects(pull(path.join(file, "cache")), { code: "file-enotdir" });
  const directory = await newFolder();
  await mkdir(path.join(directory, "net-01234567.pth"));
  await assert.rejects(pull(directory), { code: "file-eisdir", message: /expected a file, got EISDIR/ });
});

test("a wish to stop is followed and leaves the part to go on from", async () => {
  const directory = await newFolder();
  const controller = new AbortController();
  answer = (_, response) => void response.writeHead(200, { "content-length": content.length }).write(content.subarray(0, 1000), () => setTimeout(() => controller.abort(), 20));
  await assert.rejects(pull(directory, { signal: controller.signal }), { name: "AbortError" });
  assert.deepEqual(await readdir(directory), ["net-01234567.pth.part"]);
});

test("where eight digits or no checksum are published, the first download's is recorded and every later file compared with it", async () => {
  const directory = await newFolder();
  const { sha256: _, bytes: __, ...bare } = source;
  const get = (change: Partial<WeightsSource>): ReturnType<typeof pullWeights> => pullWeights("mobilenet_v2", { directory, patience, source: { ...bare, ...change } });
  answer = serveWhole;
  assert.equal((await get({})).checked, "recorded now");
  assert.equal(await readFile(path.join(directory, "net-01234567.pth.sha256"), "utf8"), `${sha256}  net-01234567.pth\n`);
  assert.deepEqual(await get({}), { file: path.join(directory, "net-01234567.pth"), sha256, checked: "recorded" });
  assert.equal(ranges.length, 1);
  await writeFile(path.join(directory, "net-01234567.pth"), "damaged");
  answer = (_request, response) => void response.writeHead(200).end("another file");
  await assert.rejects(get({}), { code: "download-checksum" });
  answer = serveWhole;
  assert.equal((await get({})).checked, "recorded");
  await rm(path.join(directory, "net-01234567.pth.sha256"));
  assert.equal((await get({ sha256: sha256.slice(0, 8) })).checked, "published digits");
  await rm(path.join(directory, "net-01234567.pth.sha256"));
  await assert.rejects(get({ sha256: "00000000" }), { code: "download-checksum", message: /expected SHA-256 00000000\.\.\., got/ });
});

test("weights behind a page are refused with the page and the way to go on", async () => {
  await assert.rejects(pullWeights("resnet50", { directory: await newFolder(), source: "RadImageNet" }), { code: "weights-by-hand", message: /github\.com\/BMEII-AI\/RadImageNet.*osteon weights import/ });
});

test("unknown networks, networks without published weights and unknown sources are refused by name", async () => {
  const directory = await newFolder();
  await assert.rejects(pullWeights("mobilnet_v2" as "mobilenet_v2", { directory }), { code: "unknown-network", message: /Did you mean "mobilenet_v2"/ });
  await assert.rejects(pullWeights("vgg16-tiny", { directory }), { code: "no-published-weights", message: /mobilenet_v2, resnet18.*vgg16/ });
  await assert.rejects(pullWeights("resnet50", { directory, source: "IMAGENET1K_V3" }), { code: "unknown-weights-source", message: /IMAGENET1K_V2, IMAGENET1K_V1/ });
});

test("every full-size network has a published file, and torchvision's names carry the first digits of their checksums", () => {
  const names = Object.entries(architectures).filter(([, { tiny }]) => !tiny).map(([name]) => name);
  assert.deepEqual(Object.keys(weightsSources).toSorted(), names.toSorted());
  for (const [name, sources] of Object.entries(weightsSources)) {
    const { preprocessing } = architectures[name as "vgg16"];
    // torchvision's default, or its older recipe, is what the network's facts state.
    assert.ok(sources.some(({ preprocessing: own }) => own.size === preprocessing.size), name);
    for (const { url, sha256: published, license, accuracy } of sources) {
      assert.ok(url.startsWith("https://") && accuracy > 50 && accuracy < 90, url);
      if (!url.startsWith("https://download.pytorch.org/")) continue;
      assert.match(published!, /^[0-9a-f]{8}$|^[0-9a-f]{64}$/);
      assert.ok(url.endsWith(`-${published!.slice(0, 8)}.pth`), url);
      assert.equal(license, "BSD-3-Clause");
    }
  }
});

test("a file of which only the first digits of the checksum are known is checked by them", async () => {
  answer = serveWhole;
  const known = { ...source, sha256: sha256.slice(0, 8), bytes: undefined };
  const file = await pull(await newFolder(), { source: known });
  assert.deepEqual(await readFile(file), content);
  await assert.rejects(pull(await newFolder(), { source: { ...known, sha256: "00000000" } }), { code: "download-checksum", message: /00000000\.\.\., got/ });
});

test("a file of unknown length that was all there before the connection broke is complete", async () => {
  const directory = await newFolder();
  await writeFile(path.join(directory, "net-01234567.pth.part"), content);
  answer = (_, response) => void response.writeHead(416, { "content-range": `bytes */${content.length}` }).end();
  const file = await pull(directory, { source: { ...source, bytes: undefined } });
  assert.deepEqual(await readFile(file), content);
});
