import { readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";
import type { FastifyInstance } from "fastify";
import { notFound } from "./refusal.js";
import { sendRaw } from "./answer.js";

const mediaTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".json": "application/json",
  ".wasm": "application/wasm", ".woff2": "font/woff2", ".webmanifest": "application/manifest+json", ".map": "application/json", ".txt": "text/plain; charset=utf-8", ".onnx": "application/octet-stream",
};

/** Shown where the viewer has not been built. */
const withoutViewer = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Osteon</title><body><h1>Osteon</h1><p>The server runs; its pages have not been built. The API answers under /api/v1 (<a href="/api/v1/openapi.json">openapi.json</a>).</p></body></html>`;

/** The viewer's built files; every address that is no file is the viewer's own, and gets its page. */
export function serveViewer(app: FastifyInstance, folder: string): void {
  app.get("/*", { exposeHeadRoute: true }, async (request, reply) => {
    const asked = (request.params as { "*": string })["*"];
    if (asked === "api" || asked.startsWith("api/")) return reply.callNotFound();
    if (asked.includes("\0")) throw notFound("page");
    const root = await realpath(folder).catch(() => undefined);
    if (root === undefined) return reply.type("text/html; charset=utf-8").send(withoutViewer);
    const file = path.join(root, path.normalize(`/${asked}`));
    const found = await realpath(file).then(async (real) => ((real.startsWith(root + path.sep) && (await stat(real)).isFile()) ? real : undefined), () => undefined);
    const extension = path.extname(asked);
    if (found === undefined && extension !== "") throw notFound("page");
    const target = found ?? path.join(root, "index.html");
    const bytes = await readFile(target).catch(() => undefined);
    if (bytes === undefined) return reply.type("text/html; charset=utf-8").send(withoutViewer);
    // Built files carry the hash of their content in their names.
    return sendRaw(request, reply, { raw: "bytes", bytes, mediaType: mediaTypes[path.extname(target)] ?? "application/octet-stream", isImmutable: /-[A-Z0-9]{8}\.\w+$/.test(path.basename(target)) });
  });
}
