import path from "node:path";
import { InputError } from "../base/index.js";
import { s3CacheOf, type FileStore } from "../server/index.js";
import type { OptionFacts, OptionValues } from "./contract.js";

/** Where the database of a workbench is, for every command that opens it. */
export const databaseOptions: readonly OptionFacts[] = [
  { flags: "--store <folder>", description: "folder of the store (default: .osteon in the folder)" },
  { flags: "--database <url>", description: "postgres://user@host/name in place of the embedded database (or OSTEON_DATABASE, which no list of processes shows)" },
];

/** The same with its files. */
export const storeOptions: readonly OptionFacts[] = [
  ...databaseOptions,
  { flags: "--files <url>", description: "bucket of an S3-compatible store for uploaded files, https://host/bucket, in place of the disk; the key is read from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (AWS_SESSION_TOKEN, AWS_REGION)" },
];

/** Where uploaded files lie, if not on disk. */
export async function filesOf(options: OptionValues, environment: Readonly<Record<string, string | undefined>>, store: string): Promise<{ readonly files?: FileStore }> {
  const { files: url } = options;
  if (typeof url !== "string") return {};
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken, AWS_REGION: region } = environment;
  if (!accessKeyId || !secretAccessKey) throw new InputError("files-key", "--files: expected a key in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, got none. Set both.");
  const { S3Files } = await import("../server/index.js");
  return { files: await S3Files.open({ url, accessKeyId, secretAccessKey, cache: s3CacheOf(store), ...(sessionToken !== undefined && { sessionToken }), ...(region !== undefined && { region }) }) };
}

export function databaseOf(options: OptionValues, environment: Readonly<Record<string, string | undefined>>): { readonly database?: string } {
  const url = typeof options["database"] === "string" ? options["database"] : environment["OSTEON_DATABASE"];
  return url === undefined || url === "" ? {} : { database: url };
}

/** Folder of the store of a workbench's folder. */
export function storeOf(folder: string, named: string | undefined, options: OptionValues): string {
  return typeof options["store"] === "string" ? path.resolve(folder, options["store"]) : path.join(path.resolve(folder, named ?? "."), ".osteon");
}
