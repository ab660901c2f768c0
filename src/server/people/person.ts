import type { Role, Scope } from "../contract/route.js";
import type { UserRow } from "../store/tables.js";

/** Who asks. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly group?: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly hasPassword: boolean;
  /** How it is known: a session of a browser, or an API token with its scopes. */
  readonly by: { readonly session: string; readonly csrf: string } | { readonly token: string; readonly scopes: readonly Scope[] };
}

export function personOf(row: UserRow, by: Person["by"]): Person {
  return {
    id: row.id,
    name: row.name,
    role: row.role as Role,
    ...(row.reader_group !== null && { group: row.reader_group }),
    settings: JSON.parse(row.settings) as Record<string, string>,
    hasPassword: row.password_hash !== null,
    by,
  };
}

/** The name as it is compared: two people cannot differ by case, accents or width alone. */
export function nameKey(name: string): string {
  return name.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase().trim();
}
