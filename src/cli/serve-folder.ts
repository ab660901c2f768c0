import { readFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { InputError } from "../base/index.js";
import { pageHeaders } from "./write-page.js";

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

export interface ServedFolder {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** The file that an address means, inside the folder; undefined for one that leads out of it. */
function fileOf(folder: string, address: string): string | undefined {
  const { pathname } = new URL(address, "http://localhost");
  const wanted = decodeURIComponent(pathname);
  const file = path.join(folder, wanted.endsWith("/") ? `${wanted}index.html` : wanted);
  return file.startsWith(folder + path.sep) && !wanted.includes("\0") ? file : undefined;
}

/**
 * Serves a folder on this computer alone, with the headers of a page that is isolated from others.
 * @param port 0 takes a free one
 * @throws InputError `port`
 */
export async function serveFolder(folder: string, { port }: { readonly port: number }): Promise<ServedFolder> {
  const answer = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    // A page elsewhere that has a name for this machine must not read what lies here.
    const isHere = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(request.headers.host ?? "");
    const isRead = request.method === "GET" || request.method === "HEAD";
    const file = isHere && isRead ? fileOf(folder, request.url ?? "/") : undefined;
    const content = file === undefined ? undefined : await readFile(file).catch(() => undefined);
    const status = !isHere ? 403 : !isRead ? 405 : content === undefined ? 404 : 200;
    response.writeHead(status, { ...pageHeaders, "cache-control": "no-cache", "content-type": content === undefined ? "text/plain" : (contentTypes[path.extname(file!)] ?? "application/octet-stream") });
    response.end(request.method === "HEAD" ? undefined : (content ?? `${status}\n`));
  };
  const server = http.createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(400).end());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(new InputError("port", `--port: expected a free port, got ${port} (${error.code}). Choose another, or 0 for any.`, { cause: error })));
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
