import { sql } from "kysely";
import type { z } from "zod";
import { median } from "../../stats/index.js";
import type { Condition, readingProgressSchema } from "../contract/reading.js";
import type { Store } from "../store/store.js";
import type { ReadingRow } from "./designs.js";

/** How far each reader is, session by session; what they answered is not part of it. */
export async function progressOf({ db }: Store, reading: ReadingRow): Promise<z.infer<typeof readingProgressSchema>> {
  const assignments = await db.selectFrom("assignments").innerJoin("users", "users.id", "assignments.reader_id").select(["assignments.id", "assignments.session", "assignments.conditions", "assignments.opens_at", "assignments.total", "users.id as reader", "users.name", "users.reader_group"]).where("reading_id", "=", reading.id).orderBy("users.name_key").orderBy("session").execute();
  const counts = await db.selectFrom("reads").select(["assignment_id", sql<number>`count(*)`.as("done"), sql<string>`max(submitted_at)`.as("last")]).where("reading_id", "=", reading.id).groupBy("assignment_id").execute();
  const times = await db.selectFrom("reads").select(["assignment_id", "seconds"]).where("reading_id", "=", reading.id).where("practice", "=", 0).execute();
  const secondsOf = new Map<string, number[]>();
  for (const { assignment_id: id, seconds } of times) secondsOf.set(id, [...(secondsOf.get(id) ?? []), seconds]);
  const readers = new Map<string, z.infer<typeof readingProgressSchema>["readers"][number]>();
  for (const row of assignments) {
    const count = counts.find(({ assignment_id: id }) => id === row.id);
    const seconds = secondsOf.get(row.id) ?? [];
    const own = readers.get(row.reader) ?? { reader: { id: row.reader, name: row.name, ...(row.reader_group !== null && { group: row.reader_group }) }, sessions: [] };
    own.sessions.push({ session: row.session + 1, conditions: JSON.parse(row.conditions) as Condition[], ...(row.opens_at !== null && { opensAt: row.opens_at }), done: Number(count?.done ?? 0), total: row.total, ...(seconds.length > 0 && { medianSeconds: median(seconds) }), ...(count && { lastAt: count.last }) });
    readers.set(row.reader, own);
  }
  const list = [...readers.values()];
  const sum = (key: "done" | "total"): number => list.flatMap(({ sessions }) => sessions).reduce((all, session) => all + session[key], 0);
  return { done: sum("done"), total: sum("total"), readers: list };
}
