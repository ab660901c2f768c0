import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { FastifyReply, FastifyRequest } from "fastify";
import { sha256 } from "../../files/index.js";
import { refusal } from "./refusal.js";

/** An answer that is not JSON. */
export type Raw =
  | { readonly raw: "bytes"; readonly bytes: Uint8Array; readonly mediaType: string; readonly name?: string; readonly etag?: string; readonly isImmutable?: boolean }
  | { readonly raw: "file"; readonly file: string; readonly mediaType: string; readonly name?: string; readonly etag: string }
  | { readonly raw: "redirect"; readonly to: string; readonly cookies?: readonly string[] }
  /** The handler has answered itself: server-sent events. */
  | { readonly raw: "sent" };

export function isRaw(value: unknown): value is Raw {
  return typeof value === "object" && value !== null && "raw" in value;
}

/** `bytes=0-99`, `bytes=100-`, `bytes=-100`; several ranges are answered as the whole, as the standard allows. */
export function readRange(header: string | undefined, size: number): { readonly start: number; readonly end: number } | undefined {
  const [, from = "", to = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (start > end || start >= size) throw refusal("range", { last: size - 1, range: header! }, { headers: { "content-range": `bytes */${size}` } });
  return { start, end };
}

/** Whether `If-None-Match` names this version. */
export function isKnown(request: FastifyRequest, etag: string): boolean {
  const header = request.headers["if-none-match"];
  const bare = (tag: string): string => tag.trim().replace(/^W\//, "");
  return header !== undefined && (header.trim() === "*" || header.split(",").some((tag) => bare(tag) === bare(etag)));
}

const disposition = (name: string): string => `attachment; filename="${name.replaceAll(/[^\w.-]/g, "_")}"; filename*=UTF-8''${encodeURIComponent(name)}`;

/** Sends bytes or a file, with its version, and only the part that was asked for. */
export async function sendRaw(request: FastifyRequest, reply: FastifyReply, raw: Raw): Promise<unknown> {
  if (raw.raw === "sent") return reply;
  if (raw.raw === "redirect") {
    for (const cookie of raw.cookies ?? []) reply.header("set-cookie", cookie);
    return reply.redirect(raw.to, 303);
  }
  const size = raw.raw === "bytes" ? raw.bytes.length : (await stat(raw.file)).size;
  const etag = raw.etag ?? (raw.raw === "bytes" ? `"${sha256(raw.bytes).slice(0, 32)}"` : "");
  reply.header("etag", etag).header("accept-ranges", "bytes").header("cache-control", raw.raw === "bytes" && raw.isImmutable ? "private, max-age=31536000, immutable" : "private, no-cache");
  if (raw.name !== undefined) reply.header("content-disposition", disposition(raw.name));
  if (isKnown(request, etag)) return reply.code(304).send();
  const ifRange = request.headers["if-range"];
  const range = ifRange === undefined || ifRange === etag ? readRange(request.headers.range, size) : undefined;
  reply.type(raw.mediaType);
  if (range !== undefined) reply.code(206).header("content-range", `bytes ${range.start}-${range.end}/${size}`).header("content-length", range.end - range.start + 1);
  else reply.header("content-length", size);
  if (raw.raw === "bytes") return reply.send(Buffer.from(raw.bytes.buffer, raw.bytes.byteOffset, raw.bytes.byteLength).subarray(range?.start ?? 0, range === undefined ? size : range.end + 1));
  return reply.send(createReadStream(raw.file, range ?? {}));
}
