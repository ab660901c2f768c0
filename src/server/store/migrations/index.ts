import type { Kysely } from "kysely";
import { first } from "./0001-first.js";

/** Steps from one schema to the next, oldest first. A step that was released is never changed: a new one is added. */
export const migrations: readonly { readonly name: string; readonly up: (db: Kysely<unknown>, kind: "sqlite" | "postgres") => Promise<void> }[] = [{ name: "0001-first", up: first }];
