import type { Transaction } from "kysely";
import { sha256 } from "../../files/index.js";
import type { Scope } from "../contract/route.js";
import { inFuture, newId, newSecret, now } from "../ids.js";
import type { Store } from "../store/store.js";
import type { Tables } from "../store/tables.js";
import { personOf, type Person } from "./person.js";

export const sessionCookie = "osteon_session";

/** A session ends after so long without use, and in any case after thirty times that. */
export const idleSeconds = 12 * 3600;
const longestSeconds = 15 * 24 * 3600;

/** Time between writes of "last seen". */
const seenEverySeconds = 60;

export interface NewSession {
  readonly id: string;
  readonly token: string;
  readonly csrf: string;
}

/** Begins a session; only the hash of its token is kept. */
export async function beginSession(tx: Transaction<Tables>, user: string, client: string): Promise<NewSession> {
  const session = { id: newId(), token: newSecret(), csrf: newSecret() };
  await tx.insertInto("sessions").values({ id: session.id, token_hash: sha256(session.token), user_id: user, csrf: session.csrf, created_at: now(), last_seen_at: now(), expires_at: inFuture(longestSeconds), client: client.slice(0, 200) }).execute();
  await tx.updateTable("users").set({ last_seen_at: now(), failures: 0, locked_until: null }).where("id", "=", user).execute();
  return session;
}

const isOver = (row: { readonly expires_at: string; readonly last_seen_at: string }): boolean => row.expires_at < now() || Date.parse(row.last_seen_at) + idleSeconds * 1000 < Date.now();

/** Who a session's token belongs to, unless it has ended or its owner is disabled. */
export async function findBySession(store: Store, token: string): Promise<Person | undefined> {
  const row = await store.db.selectFrom("sessions").innerJoin("users", "users.id", "sessions.user_id").selectAll("users").select(["sessions.id as session_id", "sessions.csrf", "sessions.expires_at", "sessions.last_seen_at as session_seen_at"]).where("sessions.token_hash", "=", sha256(token)).executeTakeFirst();
  if (row === undefined || row.state !== "active" || isOver({ expires_at: row.expires_at, last_seen_at: row.session_seen_at })) return undefined;
  if (Date.parse(row.session_seen_at) + seenEverySeconds * 1000 < Date.now()) {
    await store.write(async ({ tx }) => {
      await tx.updateTable("sessions").set({ last_seen_at: now() }).where("id", "=", row.session_id).execute();
      await tx.updateTable("users").set({ last_seen_at: now() }).where("id", "=", row.id).execute();
    });
  }
  return personOf(row, { session: row.session_id, csrf: row.csrf });
}

/** Begins every API token, so that one that leaked into a file is recognised. */
export const tokenPrefix = "osteon_";

export async function findByToken(store: Store, token: string): Promise<Person | undefined> {
  const row = await store.db.selectFrom("tokens").innerJoin("users", "users.id", "tokens.user_id").selectAll("users").select(["tokens.id as token_id", "tokens.scopes", "tokens.expires_at", "tokens.last_used_at"]).where("tokens.token_hash", "=", sha256(token)).executeTakeFirst();
  if (row === undefined || row.state !== "active" || (row.expires_at !== null && row.expires_at < now())) return undefined;
  if (row.last_used_at === null || Date.parse(row.last_used_at) + seenEverySeconds * 1000 < Date.now()) {
    await store.write(({ tx }) => tx.updateTable("tokens").set({ last_used_at: now() }).where("id", "=", row.token_id).execute());
  }
  return personOf(row, { token: row.token_id, scopes: JSON.parse(row.scopes) as Scope[] });
}

/** Ends all sessions of a person, but one. */
export async function endSessions(tx: Transaction<Tables>, user: string, but?: string): Promise<void> {
  let ended = tx.deleteFrom("sessions").where("user_id", "=", user);
  if (but !== undefined) ended = ended.where("id", "!=", but);
  await ended.execute();
}
