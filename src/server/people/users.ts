import type { Transaction } from "kysely";
import type { User } from "../contract/people.js";
import type { Role } from "../contract/route.js";
import { refusal } from "../http/refusal.js";
import { newId, now } from "../ids.js";
import type { Tables, UserRow } from "../store/tables.js";
import { nameKey } from "./person.js";

export function sayUser(row: UserRow & { readonly passkeys?: number | string | bigint | null }): User {
  const isLocked = row.locked_until !== null && row.locked_until > now();
  return {
    id: row.id,
    name: row.name,
    role: row.role as Role,
    state: row.state as User["state"],
    ...(row.reader_group !== null && { group: row.reader_group }),
    createdAt: row.created_at,
    ...(row.last_seen_at !== null && { lastSeenAt: row.last_seen_at }),
    ...(isLocked && { lockedUntil: row.locked_until! }),
    passkeys: Number(row.passkeys ?? 0),
  };
}

/** @throws Refusal 409 where somebody has that name */
export async function addUser(tx: Transaction<Tables>, { name, role, group, state, openIdSubject }: { readonly name: string; readonly role: Role; readonly group?: string; readonly state: "invited" | "active"; readonly openIdSubject?: string }): Promise<UserRow> {
  await refuseTaken(tx, name);
  const row: UserRow = { id: newId(), name, name_key: nameKey(name), role, reader_group: group ?? null, state, password_hash: null, settings: "{}", created_at: now(), last_seen_at: null, failures: 0, locked_until: null, openid_subject: openIdSubject ?? null };
  await tx.insertInto("users").values(row).execute();
  return row;
}

export async function refuseTaken(tx: Transaction<Tables>, name: string, but?: string): Promise<void> {
  const other = await tx.selectFrom("users").select("id").where("name_key", "=", nameKey(name)).executeTakeFirst();
  if (other !== undefined && other.id !== but) throw refusal("name-taken");
}

/** Wrong passwords in a row after which an account is locked, and for how long at first: it doubles with every further one. */
const failuresAllowed = 5;
const lockSeconds = 60;
const longestLockSeconds = 3600;

export function lockedUntil(failures: number): string | null {
  if (failures < failuresAllowed) return null;
  return new Date(Date.now() + 1000 * Math.min(longestLockSeconds, lockSeconds * 2 ** (failures - failuresAllowed))).toISOString();
}
