import type { Kysely, QueryCreator, Selectable, Transaction } from "kysely";
import { sha256 } from "../../files/index.js";
import type { AuditAction } from "../contract/audit-actions.js";
import type { DatabaseKind } from "../store/open-database.js";
import type { AuditTable, Tables } from "../store/tables.js";

/** Who did something. */
export interface Actor {
  readonly id: string;
  readonly name: string;
}

/** What the server itself does. */
export const system: Actor = { id: "server", name: "server" };
/** Who is not signed in. */
export const nobody: Actor = { id: "nobody", name: "nobody" };

/** Something worth keeping: who, what, on what. No patient's data. */
export interface AuditNote {
  readonly actor: Actor;
  readonly action: AuditAction;
  readonly subject?: string;
  readonly outcome?: "done" | "refused";
  readonly details?: Readonly<Record<string, unknown>>;
}

type Row = Selectable<AuditTable>;

/** What the first entry follows. */
export const genesis = "0".repeat(64);

/** Hash of an entry: over the hash before it and all that the entry says. */
export function hashEntry(previous: string, row: Omit<Row, "hash">): string {
  return sha256(JSON.stringify([previous, row.sequence, row.at, row.actor_id, row.actor_name, row.action, row.subject, row.outcome, row.details]));
}

/** Head of the chain. It is kept beside the entries too, so that entries cut off at the end are missed. */
export interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
}

export async function readHead(db: Kysely<Tables> | Transaction<Tables>): Promise<ChainHead> {
  const last = await db.selectFrom("audit").select(["sequence", "hash"]).orderBy("sequence", "desc").limit(1).executeTakeFirst();
  return last ?? { sequence: 0, hash: genesis };
}

/**
 * Appends entries within a transaction of the only writer.
 * @param options head: that of the chain, where the writer knows it
 * @returns the new head, which holds once the transaction does
 */
export async function appendNotes(tx: Transaction<Tables>, notes: readonly AuditNote[], { at, kind, head: known }: { readonly at: string; readonly kind: DatabaseKind; readonly head?: ChainHead }): Promise<ChainHead | undefined> {
  if (notes.length === 0) return known;
  let { sequence, hash } = known ?? (await readHead(tx));
  const rows: Row[] = notes.map(({ actor, action, subject = "", outcome = "done", details = {} }) => {
    sequence += 1;
    const row = { sequence, at, actor_id: actor.id, actor_name: actor.name, action, subject: subject.slice(0, 400), outcome, details: JSON.stringify(details) };
    hash = hashEntry(hash, row);
    return { ...row, hash };
  });
  const head = { name: "audit-head", value: JSON.stringify({ sequence, hash }) };
  const keepHead = (entries: QueryCreator<Tables>) => entries.insertInto("facts").values(head).onConflict((found) => found.column("name").doUpdateSet({ value: head.value }));
  // One question less on the way to a database that is not in this process.
  if (kind === "postgres") await keepHead(tx.with("entries", (entries) => entries.insertInto("audit").values(rows).returning("sequence"))).execute();
  else {
    await tx.insertInto("audit").values(rows).execute();
    await keepHead(tx).execute();
  }
  return { sequence, hash };
}

export interface ChainCheck {
  readonly intact: boolean;
  readonly entries: number;
  /** `sequence:hash` of the last entry: written down elsewhere, it shows later that nothing before it was changed. */
  readonly head: string;
  readonly problem?: string;
}

/** Entries read at once. */
const pageSize = 2000;

/**
 * Follows the chain from the first entry to the last.
 * @param expected a head written down earlier, as `sequence:hash`, that must still be in the chain
 */
export async function verifyChain(db: Kysely<Tables>, expected?: string): Promise<ChainCheck> {
  let head: ChainHead = { sequence: 0, hash: genesis };
  const [, at, expectedHash] = /^(\d+):([0-9a-f]{64})$/.exec(expected ?? "") ?? [];
  let isFound = expected === undefined;
  const broken = (problem: string): ChainCheck => ({ intact: false, entries: head.sequence, head: `${head.sequence}:${head.hash}`, problem });
  for (;;) {
    const rows = await db.selectFrom("audit").selectAll().where("sequence", ">", head.sequence).orderBy("sequence").limit(pageSize).execute();
    for (const row of rows) {
      if (row.sequence !== head.sequence + 1) return broken(`expected entry ${head.sequence + 1} after ${head.sequence}, got ${row.sequence}: entries were taken out`);
      if (hashEntry(head.hash, row) !== row.hash) return broken(`entry ${row.sequence}: expected the hash of its content, got another: it or an entry before it was changed`);
      head = row;
      if (String(row.sequence) === at && row.hash === expectedHash) isFound = true;
    }
    if (rows.length < pageSize) break;
  }
  const kept = await db.selectFrom("facts").select("value").where("name", "=", "audit-head").executeTakeFirst();
  const last = kept === undefined ? { sequence: 0, hash: genesis } : (JSON.parse(kept.value) as ChainHead);
  if (last.sequence > head.sequence) return broken(`expected ${last.sequence} entries, got ${head.sequence}: entries were cut off at the end`);
  if (last.sequence < head.sequence || last.hash !== head.hash) return broken(`expected the chain to end at entry ${last.sequence}, got ${head.sequence} with another hash: entries were added past the server`);
  if (!isFound) return broken(`expected the head ${expected!.slice(0, 24)}..., got a chain without it: the log was written anew`);
  return { intact: true, entries: head.sequence, head: `${head.sequence}:${head.hash}` };
}
