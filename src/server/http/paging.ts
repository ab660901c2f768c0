import { sql, type SelectQueryBuilder } from "kysely";
import { refusal } from "./refusal.js";

type Values = readonly (string | number)[];

function readCursor(cursor: string, length: number): Values {
  try {
    const values = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as unknown;
    if (Array.isArray(values) && values.length === length && values.every((value) => typeof value === "string" || (typeof value === "number" && Number.isFinite(value)))) return values as Values;
  } catch {
    // Said below.
  }
  throw refusal("cursor");
}

export interface PageOptions {
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** Columns that order the list, the last one unique within it. */
  readonly by: readonly string[];
  readonly direction?: "asc" | "desc";
}

/**
 * One page, found by where the last one ended and not by counting: the hundredth thousand is as fast as the first.
 * `total` counts the whole list.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- the builder's tables differ from list to list
export async function readPage<Row extends object>(query: SelectQueryBuilder<any, any, Row>, { limit, cursor, by, direction = "asc" }: PageOptions): Promise<{ rows: Row[]; next?: string; total: number }> {
  let page = query;
  for (const column of by) page = page.orderBy(column as never, direction);
  if (cursor !== undefined) {
    const values = readCursor(cursor, by.length + 1).slice(0, -1);
    page = page.where(sql<boolean>`(${sql.join(by.map((column) => sql.ref(column)))}) ${sql.raw(direction === "asc" ? ">" : "<")} (${sql.join(values)})`);
  }
  // The first page counts; the others are told.
  const told = cursor === undefined ? undefined : Number(readCursor(cursor, by.length + 1).at(-1));
  const [rows, total] = await Promise.all([page.limit(limit + 1).execute(), told ?? count(query)]);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1) as Readonly<Record<string, string | number>> | undefined;
  const nameOf = (column: string): string => column.split(".").at(-1)!;
  return { rows: shown, ...(rows.length > limit && last && { next: Buffer.from(JSON.stringify([...by.map((column) => last[nameOf(column)]), total])).toString("base64url") }), total };
}

// oxlint-disable-next-line typescript/no-explicit-any -- the builder's tables differ from list to list
async function count(query: SelectQueryBuilder<any, any, object>): Promise<number> {
  const { total } = (await query.clearSelect().select(sql<number>`count(*)`.as("total")).executeTakeFirstOrThrow());
  return Number(total);
}

/** Text for `like` that is only text. */
export function likeText(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;
}
