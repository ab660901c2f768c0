import http from "node:http";
import https from "node:https";
import { DataError } from "../../base/index.js";

export interface TlsTrust {
  /** Certificates that are trusted instead of the system's, PEM. */
  readonly ca?: string;
  /** Own certificate and key, where the server asks for one, PEM. */
  readonly cert?: string;
  readonly key?: string;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: { readonly parts: readonly Uint8Array[]; readonly length: number };
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** May be read once. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Gives the connection back without reading on. */
  readonly discard: () => void;
}

/** Sends one request; follows no redirect, so that credentials go where they were meant to go. */
export type Transport = (request: HttpRequest) => Promise<HttpAnswer>;

export interface TransportOptions extends TlsTrust {
  /** Longest silence of the server, before and within its answer; default 60,000. */
  readonly timeoutMs?: number;
  /** Connections kept at once; default 4. */
  readonly connections?: number;
}

/**
 * Requests by node:http and node:https, with connections kept alive. The global fetch of Node has no way to name a certificate
 * authority, and buffers uploads of unknown length.
 */
export function openTransport({ timeoutMs = 60_000, connections = 4, ca, cert, key }: TransportOptions = {}): Transport & { close: () => void } {
  const kept = { keepAlive: true, maxSockets: connections, timeout: timeoutMs };
  const plain = new http.Agent(kept);
  const secure = new https.Agent({ ...kept, ca, cert, key, minVersion: "TLSv1.2", rejectUnauthorized: true });
  const send: Transport = ({ method, url, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const isSecure = url.protocol === "https:";
      const request = (isSecure ? https : http).request(url, {
        method,
        agent: isSecure ? secure : plain,
        headers: { ...headers, ...(body && { "content-length": String(body.length) }) },
        signal,
        timeout: timeoutMs,
      });
      request.once("response", (response) => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers as Record<string, string | undefined>,
          body: response,
          // What is left of a short answer is read, so that the connection can be used again.
          discard: () => response.resume(),
        });
      });
      request.on("timeout", () => request.destroy(Object.assign(new Error(`no answer for ${timeoutMs} ms`), { code: "ETIMEDOUT" })));
      request.on("error", reject);
      for (const part of body?.parts ?? []) request.write(part);
      request.end();
    });
  return Object.assign(send, {
    close: () => {
      plain.destroy();
      secure.destroy();
    },
  });
}

/**
 * The whole of an answer.
 * @param subject how errors call what was asked
 * @throws DataError `dicomweb-answer` where it is larger than expected
 */
export async function readAll(body: AsyncIterable<Uint8Array>, maxBytes: number, subject: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) throw new DataError("dicomweb-answer", `${subject}: expected an answer of at most ${maxBytes} bytes, got more. Ask for less at once.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
