import type { FastifyReply, FastifyRequest } from "fastify";
import type { Actor } from "../audit/chain.js";
import { versionTag } from "../contract/client.js";
import type { CheckedBody, CheckedParams, CheckedQuery, ResponseOf, RouteName } from "../contract/routes.js";
import type { Person } from "../people/person.js";
import type { Workbench } from "../workbench.js";
import type { Raw } from "./answer.js";
import { refusal } from "./refusal.js";

/** One request, checked: what a handler is given. */
export interface Call<N extends RouteName> {
  readonly params: CheckedParams<N>;
  readonly query: CheckedQuery<N>;
  readonly body: CheckedBody<N>;
  readonly person: Person | undefined;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** What the audit log will say; a handler may say it more precisely, or that it has written it itself. */
  readonly audit: { actor?: Actor; subject?: string; details?: Record<string, unknown>; isWritten?: boolean };
}

/** What a route answers: its JSON, or something else. */
export type Handler<N extends RouteName> = (call: Call<N>, bench: Workbench) => Promise<ResponseOf<N> | Raw>;

/** Handlers of some routes: none forgotten. */
export type Handlers<N extends RouteName> = { readonly [K in N]: Handler<K> };

/** Who is signed in, on a route that nobody else reaches. */
export function personIn({ person }: { readonly person: Person | undefined }): Person {
  if (person === undefined) throw refusal("signed-out");
  return person;
}

/** The same where a caller may also do without. @throws Refusal 412 */
export function checkVersion(call: { readonly request: FastifyRequest }, version: number): void {
  if (call.request.headers["if-match"] !== undefined) requireVersion(call, version);
}

/** @throws Refusal 428 where `If-Match` is missing, 412 where somebody else was faster */
export function requireVersion({ request }: { readonly request: FastifyRequest }, version: number): void {
  const given = request.headers["if-match"];
  if (given === undefined) throw refusal("version-needed");
  if (given.trim() !== versionTag(version)) throw refusal("changed-since", { version: versionTag(version), given: given.slice(0, 40) });
}
