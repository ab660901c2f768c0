import { nobody } from "../audit/chain.js";
import type { AuditAction } from "../contract/audit-actions.js";
import type { Me } from "../contract/people.js";
import type { Role } from "../contract/route.js";
import type { Raw } from "../http/answer.js";
import { readCookie, writeCookie } from "../http/authenticate.js";
import { personIn, type Handlers } from "../http/call.js";
import { refusal, type Refusal } from "../http/refusal.js";
import { now } from "../ids.js";
import { findLink, needsSetup } from "../people/links.js";
import { checkPassword, hashPassword } from "../people/passwords.js";
import { beginPasskeySignIn, finishPasskeySignIn } from "../people/passkeys.js";
import { nameKey, type Person } from "../people/person.js";
import { beginSession, endSessions, sessionCookie } from "../people/sessions.js";
import { addUser, lockedUntil, refuseTaken } from "../people/users.js";
import type { Store } from "../store/store.js";
import type { UserRow } from "../store/tables.js";
import type { Workbench } from "../workbench.js";

type Names = "authState" | "signIn" | "signOut" | "readLink" | "useLink" | "passkeySignInOptions" | "passkeySignIn" | "openIdStart" | "openIdReturn";
type Requester = Parameters<Handlers<Names>["signIn"]>[0];

export function sayMe(person: Person): Me {
  const { id, name, role, group, settings, hasPassword, by } = person;
  return { id, name, role, ...(group !== undefined && { group }), settings: settings, csrf: "csrf" in by ? by.csrf : "", hasPassword };
}

/** Begins a session for somebody who has shown who they are. A session that was there before is not taken over. */
async function welcome({ request, reply, audit }: Pick<Requester, "request" | "reply" | "audit">, { store, isSecure }: Workbench, user: UserRow): Promise<Me> {
  const session = await store.write(async ({ tx, note }) => {
    note({ actor: user, action: "sign-in", subject: user.id });
    return beginSession(tx, user.id, request.headers["user-agent"] ?? "");
  });
  audit.isWritten = true;
  reply.header("set-cookie", writeCookie(session.token, { isSecure }));
  return { id: user.id, name: user.name, role: user.role as Role, ...(user.reader_group !== null && { group: user.reader_group }), settings: JSON.parse(user.settings) as Me["settings"], csrf: session.csrf, hasPassword: user.password_hash !== null };
}

/** Kept in the browser between going to the identity provider and coming back; `Lax`, for that way back is from another site. */
const openIdCookie = "osteon_openid";

/** Writes a wrong password down and counts it. @returns what to say of it */
export async function countFailure(store: Store, user: UserRow | undefined, { action, refused }: { readonly action: AuditAction; readonly refused: Refusal }): Promise<Refusal> {
  await store.write(async ({ tx, note }) => {
    note({ actor: user ?? nobody, action, subject: user?.id ?? "", outcome: "refused" });
    if (user === undefined) return;
    // Counted in the database, so that two guesses at once count twice.
    const { failures } = await tx.updateTable("users").set((column) => ({ failures: column("failures", "+", 1) })).where("id", "=", user.id).returning("failures").executeTakeFirstOrThrow();
    await tx.updateTable("users").set({ locked_until: lockedUntil(Number(failures)) }).where("id", "=", user.id).execute();
  });
  return refused;
}

const fail = ({ store }: Workbench, user: UserRow | undefined): Promise<Refusal> => countFailure(store, user, { action: "sign-in", refused: refusal("sign-in") });

/** @throws Refusal 429 */
export function refuseLocked({ locked_until: until }: UserRow): void {
  if (until === null || until <= now()) return;
  const seconds = Math.ceil((Date.parse(until) - Date.now()) / 1000);
  throw refusal("locked-out", { seconds }, { headers: { "retry-after": String(seconds) } });
}

export const signInHandlers: Handlers<Names> = {
  authState: async (_call, { store, openId }) => ({ needsSetup: await needsSetup(store.db), passkeys: true, ...(openId && { openId: { label: openId.label, path: "/api/v1/auth/openid" } }) }),
  signIn: async (call, bench) => {
    const { name, password } = call.body;
    const user = await bench.store.db.selectFrom("users").selectAll().where("name_key", "=", nameKey(name)).executeTakeFirst();
    if (user !== undefined) refuseLocked(user);
    const isRight = await checkPassword(password, user?.state === "active" ? user.password_hash : undefined);
    if (!isRight || user === undefined) throw await fail(bench, user);
    return welcome(call, bench, user);
  },
  signOut: async (call, { store, isSecure }): Promise<undefined> => {
    const { by, id } = personIn(call);
    if ("session" in by) await store.write(({ tx }) => tx.deleteFrom("sessions").where("id", "=", by.session).execute());
    call.audit.subject = id;
    if (readCookie(call.request, sessionCookie) !== undefined) call.reply.header("set-cookie", writeCookie("", { isSecure, seconds: 0 }));
  },
  readLink: async ({ body: { token } }, { store }) => {
    const link = await findLink(store.db, token);
    if (link === undefined) throw refusal("link");
    return { kind: link.kind as "setup" | "invitation" | "reset", ...(link.name !== null && { name: link.name }), role: link.role as Role };
  },
  useLink: async (call, bench) => {
    const { token, name, password } = call.body;
    const hash = await hashPassword(password);
    const user = await bench.store.write(async ({ tx, note }) => {
      const link = await findLink(tx, token);
      if (link === undefined) throw refusal("link");
      if (link.user_id === null && name === undefined) throw refusal("name-needed", {}, { issues: [{ path: "body.name", message: "needed" }] });
      const found = link.user_id === null ? await addUser(tx, { name: name!, role: link.role as Role, state: "active" }) : await tx.selectFrom("users").selectAll().where("id", "=", link.user_id).executeTakeFirstOrThrow();
      if (found.state === "disabled") throw refusal("disabled");
      if (link.user_id !== null && name !== undefined && name !== found.name) await refuseTaken(tx, name, found.id);
      const change = { password_hash: hash, state: "active", failures: 0, locked_until: null, ...(name !== undefined && { name, name_key: nameKey(name) }) };
      await tx.updateTable("users").set(change).where("id", "=", found.id).execute();
      await tx.updateTable("links").set({ used_at: now() }).where("token_hash", "=", link.token_hash).execute();
      await endSessions(tx, found.id);
      note({ actor: { id: found.id, name: name ?? found.name }, action: "link.use", subject: found.id, details: { kind: link.kind } });
      return { ...found, ...change };
    });
    return welcome(call, bench, user);
  },
  passkeySignInOptions: async ({ request }, bench) => beginPasskeySignIn(bench, request),
  passkeySignIn: async (call, bench) => {
    const user = await finishPasskeySignIn(bench, call.request, call.body);
    if (user === undefined) throw await fail(bench, undefined);
    return welcome(call, bench, user);
  },
  openIdStart: async (_call, { openId }): Promise<Raw> => {
    if (openId === undefined) throw refusal("openid-none");
    const { to, state } = await openId.begin();
    return { raw: "redirect", to, cookies: [`${openIdCookie}=${state}; Path=/api/v1/auth/openid; HttpOnly; SameSite=Lax; Max-Age=600`] };
  },
  openIdReturn: async (call, bench): Promise<Raw> => {
    if (bench.openId === undefined) throw refusal("openid-none");
    const user = await bench.openId.finish(bench.store, call.request.url, readCookie(call.request, openIdCookie));
    await welcome(call, bench, user);
    return { raw: "redirect", to: "/" };
  },
};
