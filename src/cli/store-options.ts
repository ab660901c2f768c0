import path from "node:path";
import type { OptionFacts, OptionValues } from "./contract.js";

/** Where the store of a workbench is, for every command that opens it. */
export const storeOptions: readonly OptionFacts[] = [
  { flags: "--store <folder>", description: "folder of the store (default: .osteon in the folder)" },
  { flags: "--database <url>", description: "postgres://user@host/name in place of the embedded database (or OSTEON_DATABASE, which no list of processes shows)" },
];

export function databaseOf(options: OptionValues, environment: Readonly<Record<string, string | undefined>>): { readonly database?: string } {
  const url = typeof options["database"] === "string" ? options["database"] : environment["OSTEON_DATABASE"];
  return url === undefined || url === "" ? {} : { database: url };
}

/** Folder of the store of a workbench's folder. */
export function storeOf(folder: string, named: string | undefined, options: OptionValues): string {
  return typeof options["store"] === "string" ? path.resolve(folder, options["store"]) : path.join(path.resolve(folder, named ?? "."), ".osteon");
}
