import { DataError, InputError, NotFoundError, OsteonError } from "../../base/index.js";
import { pause, retryAfterMs, waitMs, type BackOff } from "./back-off.js";
import { authorizationOf, type Credentials } from "./credentials.js";
import type { HttpAnswer, Transport } from "./request.js";

/** A server with how it is reached and what is told to it. */
export interface Service {
  readonly base: URL;
  readonly transport: Transport;
  readonly credentials?: Credentials;
  readonly backOff?: BackOff;
}

export interface Question {
  readonly method: "GET" | "POST" | "PUT";
  /** Below the base, with leading slash, or a whole address of the same server. */
  readonly path: string;
  readonly parameters?: URLSearchParams;
  readonly accept: string;
  readonly body?: { readonly contentType: string; readonly parts: readonly Uint8Array[]; readonly length: number };
  /** How errors call it; tells no value of a patient. */
  readonly subject: string;
  /** Statuses beside 2xx that are answers, too. */
  readonly alsoFine?: readonly number[];
  readonly signal?: AbortSignal;
}

/** Statuses that may be others a little later. */
const passing = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * The address of a question.
 * @throws DataError `dicomweb-address` where a server names one elsewhere: credentials do not go there
 */
export function addressOf({ base }: Pick<Service, "base">, path: string, parameters?: URLSearchParams): URL {
  const url = path.startsWith("/") ? new URL(base.href.replace(/\/+$/, "") + path) : new URL(path, base);
  if (url.origin !== base.origin) throw new DataError("dicomweb-address", `${base.host}: expected addresses of this server, got one of another. Name the address under which the server names its own objects.`);
  for (const [name, value] of parameters ?? []) url.searchParams.append(name, value);
  // Servers of DICOMweb read + as such and not as a space.
  url.search = url.search.replaceAll("+", "%20");
  return url;
}

function statusError(status: number, subject: string): OsteonError {
  if (status === 401 || status === 403) return new InputError("dicomweb-refused", `${subject}: expected permission, got status ${status}. Check user, password or token.`);
  if (status === 404) return new NotFoundError("dicomweb-missing", `${subject}: expected an object the server has, got status 404. Check the address, or whether it was deleted.`);
  if (status >= 300 && status < 400) return new InputError("dicomweb-moved", `${subject}: expected an answer, got a redirection (status ${status}). Name the address it leads to.`);
  return new DataError("dicomweb-status", `${subject}: expected an answer, got status ${status}. Look at the server's log.`);
}

/** The error of the network in words, without the address that Node puts into it. */
function networkReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message.slice(0, 120);
}

/**
 * Asks, and asks again where the server is away or busy: waits grow, and `Retry-After` is kept.
 * The answer's body is not read here, so what breaks within it is the caller's to ask for again.
 * @throws DataError `dicomweb-unreachable` or `dicomweb-status`; InputError `dicomweb-refused`, `dicomweb-moved`; NotFoundError `dicomweb-missing`
 */
export async function exchange({ transport, credentials, backOff = {}, base }: Service, question: Question): Promise<HttpAnswer> {
  const { method, path, parameters, accept, body, subject, alsoFine = [], signal } = question;
  const url = addressOf({ base }, path, parameters);
  const headers = { accept, ...(body && { "content-type": body.contentType }), ...(credentials && { authorization: authorizationOf(credentials) }) };
  const { attempts = 5, maxWaitMs = 60_000 } = backOff;
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    let failure: OsteonError;
    let asked: number | undefined;
    try {
      const answer = await transport({ method, url, headers, ...(body && { body }), ...(signal && { signal }) });
      if ((answer.status >= 200 && answer.status < 300) || alsoFine.includes(answer.status)) return answer;
      failure = statusError(answer.status, subject);
      asked = retryAfterMs(answer.headers["retry-after"], new Date());
      answer.discard();
      if (!passing.has(answer.status)) throw failure;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof OsteonError) throw error;
      const reason = networkReason(error);
      const remedy = /CERT|SELF_SIGNED|ALTNAME|ISSUER/i.test(reason) ? "Name the authority of its certificate" : "Check address and network; the server may be away";
      failure = new DataError("dicomweb-unreachable", `${subject}: expected an answer of ${base.host}, got ${reason}. ${remedy}.`, { cause: error });
      if (remedy.startsWith("Name")) throw failure;
    }
    if (attempt >= attempts) throw failure;
    await pause(Math.min(maxWaitMs, Math.max(asked ?? 0, waitMs(attempt, url.pathname, backOff))), signal);
  }
}
