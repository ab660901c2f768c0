import { timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { RouteFacts } from "../contract/route.js";
import type { Person } from "../people/person.js";
import { findBySession, findByToken, sessionCookie } from "../people/sessions.js";
import type { Store } from "../store/store.js";
import { refusal } from "./refusal.js";

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
    if (person === undefined) throw refusal("token", {}, { headers: { "www-authenticate": "Bearer" } });
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
  if (isForeign) throw refusal("cross-site");
}

/** @throws Refusal 401, 403 */
export function authorize(route: RouteFacts, person: Person | undefined, request: FastifyRequest): void {
  const isChange = route.method !== "GET";
  if (route.roles === "public") {
    if (isChange) refuseForeign(request);
    return;
  }
  if (person === undefined) throw refusal("signed-out", {}, { headers: { "www-authenticate": "Bearer" } });
  if (!route.roles.includes(person.role)) throw refusal("role", { roles: route.roles.join(", "), role: person.role });
  if ("token" in person.by) {
    if (route.scope === undefined) throw refusal("session-needed");
    if (!person.by.scopes.includes(route.scope)) throw refusal("scope", { scope: route.scope, scopes: person.by.scopes.join(", ") });
    return;
  }
  if (!isChange) return;
  refuseForeign(request);
  const given = request.headers["x-csrf-token"];
  if (typeof given !== "string" || !equals(given, person.by.csrf)) throw refusal("csrf");
}
