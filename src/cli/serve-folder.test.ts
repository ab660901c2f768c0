import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { serveFolder } from "./serve-folder.js";

/** Status and headers of an answer; `fetch` would tidy the path and refuse the host. */
function ask(url: string, request: { readonly path: string; readonly host?: string; readonly method?: string }): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(url);
    http
      .request({ port, host: "127.0.0.1", path: request.path, method: request.method ?? "GET", headers: { host: request.host ?? `127.0.0.1:${port}` } }, (answer) => resolve(answer.resume()))
      .on("error", reject)
      .end();
  });
}

test("a folder is served to this computer alone, isolated, and nothing beside it", async () => {
  const root = await mkdtemp(path.join(os.tmpdir(), "osteon-serve-"));
  const folder = path.join(root, "page");
  await mkdir(folder);
  await writeFile(path.join(folder, "index.html"), "<title>page</title>");
  await writeFile(path.join(root, "secret"), "outside");
  const { url, close } = await serveFolder(folder, { port: 0 });
  try {
    const page = await ask(url, { path: "/" });
    assert.equal(page.statusCode, 200);
    assert.equal(page.headers["cross-origin-opener-policy"], "same-origin");
    assert.equal(page.headers["cross-origin-embedder-policy"], "require-corp");
    assert.match(page.headers["content-security-policy"] as string, /connect-src 'self'/);
    const statuses = await Promise.all([{ path: "/../secret" }, { path: "/..%2fsecret" }, { path: "/none" }, { path: "/%" }, { path: "/", host: "elsewhere.example" }, { path: "/", method: "POST" }].map((request) => ask(url, request)));
    assert.deepEqual(statuses.map(({ statusCode }) => statusCode), [404, 404, 404, 400, 403, 405]);
    await assert.rejects(serveFolder(folder, { port: Number(new URL(url).port) }), { code: "port" });
  } finally {
    await close();
    await rm(root, { recursive: true });
  }
});
