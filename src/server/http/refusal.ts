import { OsteonError } from "../../base/index.js";
import type { Problem } from "../contract/basics.js";

/** An answer that is no success, said on purpose. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly issues: Problem["issues"];
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, detail: string, { issues, headers = {} }: { readonly issues?: Problem["issues"]; readonly headers?: Readonly<Record<string, string>> } = {}) {
    super(detail);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
    this.issues = issues;
    this.headers = headers;
  }
}

export const notFound = (what: string): Refusal => new Refusal(404, "not-found", `${what}: expected one that exists and that you may see, got none. Check the address.`);

const titles: Readonly<Record<number, string>> = {
  400: "Bad request", 401: "Signed out", 403: "Not allowed", 404: "Not found", 405: "Not allowed here", 406: "Not acceptable", 409: "Conflict", 410: "Gone", 412: "Changed since", 413: "Too large", 414: "Address too long", 415: "Unsupported type", 416: "Outside the file",
  421: "Misdirected", 422: "Cannot be used", 428: "Version needed", 429: "Too many requests", 431: "Headers too large", 500: "Internal error", 501: "Not supported", 503: "Not now",
};

/** A path of this machine in a message is nobody's business over HTTP: its last part remains. */
export function withoutPaths(text: string): string {
  return text.replaceAll(/(?<![\w:/.])(?:[A-Za-z]:)?(?:[/\\][\w .@+-]+){2,}/g, (found) => found.split(/[/\\]/).at(-1)!);
}

/** What a failure looks like on the wire. */
export function problemOf(error: unknown): Problem & { readonly headers: Readonly<Record<string, string>> } {
  const made = (status: number, code: string, detail: string | undefined, extra: { issues?: Problem["issues"]; headers?: Readonly<Record<string, string>> } = {}) => ({
    type: "about:blank",
    title: titles[status] ?? "Refused",
    status,
    code,
    ...(detail !== undefined && detail !== "" && { detail: withoutPaths(detail) }),
    ...(extra.issues && { issues: extra.issues }),
    headers: extra.headers ?? {},
  });
  if (error instanceof Refusal) return made(error.status, error.code, error.message, error);
  if (error instanceof OsteonError) return made(error.httpStatus, error.code, error.message);
  const { statusCode, code, message } = error as { statusCode?: number; code?: string; message?: string };
  // What Fastify itself refuses: broken JSON, bodies too large, unknown media types.
  if (typeof statusCode === "number" && statusCode >= 400 && statusCode < 500) return made(statusCode, (code ?? "refused").toLowerCase().replaceAll("_", "-"), message);
  return made(500, "internal", "The server failed. What happened stands in its log.");
}
