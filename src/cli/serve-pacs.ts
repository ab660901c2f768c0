import path from "node:path";
import { InputError } from "../base/index.js";
import { readSecretFile } from "../pacs/index.js";
import type { ServerOptions } from "../server/index.js";
import type { Context, OptionFacts, OptionValues } from "./contract.js";
import { readPairs } from "./data-options.js";

export const pacsOptions: readonly OptionFacts[] = [
  { flags: "--pacs <name=url>", description: "DICOMweb server that data sets may be imported from; repeatable", repeatable: true },
  { flags: "--pacs-user <name=user>", description: "user of that server; the password comes from --pacs-secret", repeatable: true },
  { flags: "--pacs-secret <name=file>", description: "file, readable by its owner alone, with the password of --pacs-user, or with a bearer token where there is none", repeatable: true },
];

/** The servers that may be asked, with how one signs in there. */
export async function readPacs(context: Context, options: OptionValues): Promise<NonNullable<ServerOptions["pacs"]>> {
  const addresses = readPairs(options["pacs"], "--pacs", "name=url");
  const users = readPairs(options["pacsUser"], "--pacs-user", "name=user");
  const files = readPairs(options["pacsSecret"], "--pacs-secret", "name=file");
  const stray = [...Object.keys(users), ...Object.keys(files)].find((name) => !Object.hasOwn(addresses, name));
  if (stray !== undefined) throw new InputError("pacs", `--pacs: expected an address for "${stray}", got none. Name it: --pacs ${stray}=https://host/dicom-web.`);
  const servers: Record<string, NonNullable<ServerOptions["pacs"]>[string]> = {};
  for (const [name, url] of Object.entries(addresses)) {
    const { [name]: user } = users;
    const { [name]: file } = files;
    if (user !== undefined && file === undefined) throw new InputError("pacs", `--pacs-user ${name}: expected --pacs-secret beside it, got none. Name the file of the password.`);
    const secret = file === undefined ? undefined : await readSecretFile(path.resolve(context.folder, file), file);
    servers[name] = { url, ...(secret !== undefined && { credentials: user === undefined ? { kind: "bearer", token: secret } : { kind: "basic", user, password: secret } }) };
  }
  return servers;
}
