import { sql } from "kysely";
import { sha256 } from "../../files/index.js";
import type { sessionSchema, tokenSchema} from "../contract/people.js";
import { type peopleRoutes } from "../contract/people.js";
import type { Scope } from "../contract/route.js";
import type { z } from "zod";
import { personIn, type Handlers } from "../http/call.js";
import { likeText, readPage } from "../http/paging.js";
import { notFound, refusal } from "../http/refusal.js";
import { inFuture, newId, newSecret, now } from "../ids.js";
import { linkForUser, makeLink } from "../people/links.js";
import { checkPassword, hashPassword } from "../people/passwords.js";
import { addPasskey, beginPasskey } from "../people/passkeys.js";
import { nameKey } from "../people/person.js";
import { endSessions, tokenPrefix } from "../people/sessions.js";
import { addUser, sayUser } from "../people/users.js";
import type { Store } from "../store/store.js";
import type { UserRow } from "../store/tables.js";
import { countFailure, refuseLocked, sayMe, signInHandlers } from "./sign-in.js";

type OwnNames = "me" | "changeMe" | "changePassword" | "mySessions" | "endMySession" | "myTokens" | "makeToken" | "revokeToken" | "myPasskeys" | "passkeyOptions" | "addPasskey" | "removePasskey";
type OthersNames = "users" | "readerNames" | "makeUser" | "user" | "changeUser" | "makeLink" | "userSessions" | "endUserSessions";

async function sessionsOf({ db }: Store, user: string, current?: string): Promise<z.infer<typeof sessionSchema>[]> {
  const rows = await db.selectFrom("sessions").selectAll().where("user_id", "=", user).where("expires_at", ">", now()).orderBy("last_seen_at", "desc").limit(200).execute();
  return rows.map((row) => ({ id: row.id, createdAt: row.created_at, lastSeenAt: row.last_seen_at, expiresAt: row.expires_at, client: row.client, current: row.id === current }));
}

const sayToken = (row: { id: string; name: string; scopes: string; created_at: string; expires_at: string | null; last_used_at: string | null }): z.infer<typeof tokenSchema> => ({
  id: row.id, name: row.name, scopes: JSON.parse(row.scopes) as Scope[], createdAt: row.created_at, ...(row.expires_at !== null && { expiresAt: row.expires_at }), ...(row.last_used_at !== null && { lastUsedAt: row.last_used_at }),
});

const ownHandlers: Handlers<OwnNames> = {
  me: async (call) => sayMe(personIn(call)),
  changeMe: async (call, { store }) => {
    const person = personIn(call);
    const settings = { ...person.settings, ...call.body };
    await store.write(({ tx }) => tx.updateTable("users").set({ settings: JSON.stringify(settings) }).where("id", "=", person.id).execute());
    call.audit.subject = person.id;
    return sayMe({ ...person, settings });
  },
  changePassword: async (call, { store }): Promise<undefined> => {
    const { id, by } = personIn(call);
    const user = await store.db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
    // Somebody at an open page who tries passwords is counted as at the door.
    refuseLocked(user);
    if (!(await checkPassword(call.body.current, user.password_hash))) throw await countFailure(store, user, { action: "password.change", refused: refusal("password") });
    const hash = await hashPassword(call.body.password);
    await store.write(async ({ tx }) => {
      await tx.updateTable("users").set({ password_hash: hash, failures: 0, locked_until: null }).where("id", "=", id).execute();
      await endSessions(tx, id, "session" in by ? by.session : undefined);
    });
    call.audit.subject = id;
  },
  mySessions: async (call, { store }) => {
    const { id, by } = personIn(call);
    return sessionsOf(store, id, "session" in by ? by.session : undefined);
  },
  endMySession: async (call, { store }): Promise<undefined> => {
    const ended = await store.write(({ tx }) => tx.deleteFrom("sessions").where("id", "=", call.params.session).where("user_id", "=", personIn(call).id).executeTakeFirst());
    if (Number(ended.numDeletedRows) === 0) throw notFound("session");
  },
  myTokens: async (call, { store }) => (await store.db.selectFrom("tokens").selectAll().where("user_id", "=", personIn(call).id).orderBy("created_at").execute()).map(sayToken),
  makeToken: async (call, { store }) => {
    const { name, scopes, days } = call.body;
    const token = `${tokenPrefix}${newSecret()}`;
    const row = { id: newId(), token_hash: sha256(token), user_id: personIn(call).id, name, scopes: JSON.stringify([...new Set(scopes)]), created_at: now(), expires_at: days === undefined ? null : inFuture(days * 86_400), last_used_at: null };
    await store.write(({ tx }) => tx.insertInto("tokens").values(row).execute());
    call.audit.subject = row.id;
    call.audit.details = { scopes };
    return { ...sayToken(row), token };
  },
  revokeToken: async (call, { store }): Promise<undefined> => {
    const revoked = await store.write(({ tx }) => tx.deleteFrom("tokens").where("id", "=", call.params.token).where("user_id", "=", personIn(call).id).executeTakeFirst());
    if (Number(revoked.numDeletedRows) === 0) throw notFound("token");
  },
  myPasskeys: async (call, { store }) => (await store.db.selectFrom("passkeys").selectAll().where("user_id", "=", personIn(call).id).orderBy("created_at").execute()).map((row) => ({ id: row.id, name: row.name, createdAt: row.created_at, ...(row.last_used_at !== null && { lastUsedAt: row.last_used_at }) })),
  passkeyOptions: async (call, bench) => beginPasskey(bench, call.request, personIn(call)),
  addPasskey: async (call, bench) => {
    const made = await addPasskey(bench, call.request, personIn(call), call.body);
    call.audit.subject = made.id;
    return made;
  },
  removePasskey: async (call, { store }): Promise<undefined> => {
    const removed = await store.write(({ tx }) => tx.deleteFrom("passkeys").where("id", "=", call.params.passkey).where("user_id", "=", personIn(call).id).executeTakeFirst());
    if (Number(removed.numDeletedRows) === 0) throw notFound("passkey");
  },
};

async function findUser({ db }: Store, id: string): Promise<UserRow> {
  const row = await db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw notFound("person");
  return row;
}

const othersHandlers: Handlers<OthersNames> = {
  users: async ({ query: { limit, cursor, role, search } }, { store }) => {
    let list = store.db.selectFrom("users").selectAll("users").select((users) => users.selectFrom("passkeys").whereRef("passkeys.user_id", "=", "users.id").select(sql<number>`count(*)`.as("n")).as("passkeys"));
    if (role !== undefined) list = list.where("role", "=", role);
    if (search !== undefined) list = list.where(sql<boolean>`name_key like ${likeText(nameKey(search))} escape '\\'`);
    const { rows, ...page } = await readPage(list, { limit, cursor, by: ["name_key", "id"] });
    return { ...page, items: rows.map(sayUser) };
  },
  readerNames: async (_call, { store }) => (await store.db.selectFrom("users").selectAll().where("role", "=", "reader").where("state", "!=", "disabled").orderBy("name_key").limit(1000).execute()).map(sayUser),
  makeUser: async (call, { store }) => {
    const { name, role, group } = call.body;
    const made = await store.write(async ({ tx }) => {
      const user = await addUser(tx, { name, role, state: "invited", ...(group !== undefined && { group }) });
      return { user: sayUser(user), link: await makeLink(tx, { kind: "invitation", role, user: user.id }) };
    });
    call.audit.subject = made.user.id;
    call.audit.details = { role };
    return made;
  },
  user: async ({ params }, { store }) => sayUser(await findUser(store, params.user)),
  changeUser: async (call, { store }) => {
    const { role, group, state, unlock } = call.body;
    await store.write(async ({ tx }) => {
      const user = await tx.selectFrom("users").selectAll().where("id", "=", call.params.user).executeTakeFirst();
      if (user === undefined) throw notFound("person");
      const change = { ...(role !== undefined && { role }), ...(group !== undefined && { reader_group: group === "" ? null : group }), ...(state !== undefined && { state: state === "active" && user.password_hash === null && user.openid_subject === null ? "invited" : state }), ...(unlock === true && { failures: 0, locked_until: null }) };
      if (Object.keys(change).length > 0) await tx.updateTable("users").set(change).where("id", "=", user.id).execute();
      const left = await tx.selectFrom("users").select("id").where("role", "=", "administrator").where("state", "=", "active").limit(1).executeTakeFirst();
      if (left === undefined) throw refusal("last-administrator");
      // Whoever becomes another may not go on with what a page of before shows.
      if (state === "disabled" || (role !== undefined && role !== user.role)) {
        await endSessions(tx, user.id);
        await tx.deleteFrom("tokens").where("user_id", "=", user.id).execute();
      }
    });
    call.audit.details = { ...call.body };
    return sayUser(await findUser(store, call.params.user));
  },
  makeLink: async ({ params }, { store }) => {
    const user = await findUser(store, params.user);
    return store.write(({ tx }) => linkForUser(tx, user));
  },
  userSessions: async ({ params }, { store }) => sessionsOf(store, (await findUser(store, params.user)).id),
  endUserSessions: async ({ params }, { store }): Promise<undefined> => {
    const { id } = await findUser(store, params.user);
    await store.write(({ tx }) => endSessions(tx, id));
  },
};

export const peopleHandlers: Handlers<keyof typeof peopleRoutes> = { ...signInHandlers, ...ownHandlers, ...othersHandlers };
