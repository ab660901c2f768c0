import { timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { RouteFacts } from "../contract/route.js";
import type { Person } from "../people/person.js";
import { findBySession, findByToken, sessionCookie, tokenPrefix } from "../people/sessions.js";
import type { Store } from "../store/store.js";
import { Refusal } from "./refusal.js";

/** Value of one cookie of a request. */
export function readCookie(request: FastifyRequest, name: string): string | undefined {
  for (const part of (request.headers.cookie ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

/** The session's cookie: not readable by scripts, never sent from another site. */
export function writeCookie(token: string, { isSecure, seconds }: { readonly isSecure: boolean; readonly seconds?: number }): string {
  return `${sessionCookie}=${token}; Path=/; HttpOnly; SameSite=Strict${isSecure ? "; Secure" : ""}${seconds === undefined ? "" : `; Max-Age=${seconds}`}`;
}

/** Who asks, by token or by session. A token that is given and wrong is refused; it never falls back to a session. */
export async function authenticate(store: Store, request: FastifyRequest): Promise<Person | undefined> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const [, token] = /^Bearer (osteon_[A-Za-z0-9_-]{20,100})$/.exec(authorization) ?? [];
    const person = token === undefined ? undefined : await findByToken(store, token);
    if (person === undefined) throw new Refusal(401, "token", `authorization: expected "Bearer ${tokenPrefix}..." of a token that is valid, got another. Make a token on your page.`, { headers: { "www-authenticate": "Bearer" } });
    return person;
  }
  const cookie = readCookie(request, sessionCookie);
  return cookie === undefined || cookie.length > 100 ? undefined : findBySession(store, cookie);
}

const equals = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/** A page of another site cannot sign somebody in or out, nor change anything. */
export function refuseForeign(request: FastifyRequest): void {
  const site = request.headers["sec-fetch-site"];
  const origin = request.headers.origin;
  const isForeign = (site !== undefined && site !== "same-origin" && site !== "none") || (origin !== undefined && origin !== "null" && URL.parse?.(origin)?.host !== request.host) || origin === "null";
  if (isForeign) throw new Refusal(403, "cross-site", "request: expected one from a page of this server, got one from another site. Open this server's page.");
}

/** @throws Refusal 401, 403 */
export function authorize(route: RouteFacts, person: Person | undefined, request: FastifyRequest): void {
  const isChange = route.method !== "GET";
  if (route.roles === "public") {
    if (isChange) refuseForeign(request);
    return;
  }
  if (person === undefined) throw new Refusal(401, "signed-out", "session: expected somebody signed in, got nobody. Sign in.", { headers: { "www-authenticate": "Bearer" } });
  if (!route.roles.includes(person.role)) throw new Refusal(403, "role", `role: expected ${route.roles.join(" or ")}, got ${person.role}. Ask an administrator.`);
  if ("token" in person.by) {
    if (route.scope === undefined || !person.by.scopes.includes(route.scope)) throw new Refusal(403, "scope", `token: expected ${route.scope === undefined ? "a session: no token may do this" : `the scope "${route.scope}"`}, got ${person.by.scopes.join(", ")}. Make another token.`);
    return;
  }
  if (!isChange) return;
  refuseForeign(request);
  const given = request.headers["x-csrf-token"];
  if (typeof given !== "string" || !equals(given, person.by.csrf)) throw new Refusal(403, "csrf", "x-csrf-token: expected the token of this session, got none or another. Reload the page.");
}
