import type { Transaction } from "kysely";
import { sha256 } from "../../files/index.js";
import { system } from "../audit/chain.js";
import type { Role } from "../contract/route.js";
import { inFuture, newSecret, now } from "../ids.js";
import type { Store } from "../store/store.js";
import type { Tables, UserRow } from "../store/tables.js";

export type LinkKind = "setup" | "invitation" | "reset";

const livesSeconds: Readonly<Record<LinkKind, number>> = { setup: 24 * 3600, invitation: 7 * 24 * 3600, reset: 24 * 3600 };

export interface NewLink {
  /** After `#`, so that the secret stands in no server's log. */
  readonly path: string;
  readonly expiresAt: string;
}

/** Makes a link that works once; older ones of the same person and kind stop working. */
export async function makeLink(tx: Transaction<Tables>, { kind, role, user }: { readonly kind: LinkKind; readonly role: Role; readonly user?: string }): Promise<NewLink> {
  const token = newSecret();
  const expiresAt = inFuture(livesSeconds[kind]);
  let older = tx.deleteFrom("links").where("used_at", "is", null);
  older = user === undefined ? older.where("kind", "=", kind).where("user_id", "is", null) : older.where("user_id", "=", user);
  await older.execute();
  await tx.insertInto("links").values({ token_hash: sha256(token), user_id: user ?? null, kind, role, expires_at: expiresAt, used_at: null }).execute();
  return { path: `/welcome#${token}`, expiresAt };
}

/** The link by which somebody sets a password: the first one, or a new one in place of one that is lost. */
export function linkForUser(tx: Transaction<Tables>, { id, role, state }: Pick<UserRow, "id" | "role" | "state">): Promise<NewLink> {
  return makeLink(tx, { kind: state === "invited" ? "invitation" : "reset", role: role as Role, user: id });
}

export async function findLink(db: Store["db"] | Transaction<Tables>, token: string) {
  const row = await db.selectFrom("links").leftJoin("users", "users.id", "links.user_id").selectAll("links").select("users.name").where("links.token_hash", "=", sha256(token)).executeTakeFirst();
  return row === undefined || row.used_at !== null || row.expires_at < now() ? undefined : row;
}

export async function needsSetup(db: Store["db"]): Promise<boolean> {
  return (await db.selectFrom("users").select("id").where("role", "=", "administrator").where("state", "=", "active").limit(1).executeTakeFirst()) === undefined;
}

/** The link of the first start, or undefined where there is an administrator. Every start before that makes a new one. */
export async function setupLink(store: Store): Promise<NewLink | undefined> {
  if (!(await needsSetup(store.db))) return undefined;
  return store.write(async ({ tx, note }) => {
    note({ actor: system, action: "link.make", subject: "setup" });
    return makeLink(tx, { kind: "setup", role: "administrator" });
  });
}
