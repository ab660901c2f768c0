import { readFile } from "node:fs/promises";
import path from "node:path";
import { InputError } from "../base/index.js";
import { withFileErrors } from "../files/index.js";
import { DicomWebClient, parsePeer, readSecretFile, type Credentials, type DimseTls, type Peer } from "../pacs/index.js";
import type { ArgumentFacts, Context, OptionFacts, OptionValues } from "./contract.js";

/** How a server of either kind is named. */
export const serverArgument: ArgumentFacts = { name: "<server>", description: "DICOMweb address (https://host/dicom-web), or DIMSE peer (TITLE@host:port)" };

export const serverOptions: readonly OptionFacts[] = [
  { flags: "--title <ae>", description: "own AE title towards a DIMSE peer", default: "OSTEON", group: "Connection:" },
  { flags: "--user <name>", description: "user of a DICOMweb server; the password comes from --password-file or OSTEON_PACS_PASSWORD", group: "Connection:" },
  { flags: "--password-file <file>", description: "file with the password, readable by its owner alone", group: "Connection:" },
  { flags: "--token-file <file>", description: "file with a bearer token, or OSTEON_PACS_TOKEN", group: "Connection:" },
  { flags: "--ca <file>", description: "certificate authority to trust instead of the system's, PEM", group: "Connection:" },
  { flags: "--cert <file>", description: "own certificate, PEM", group: "Connection:" },
  { flags: "--key <file>", description: "its key, PEM", group: "Connection:" },
  { flags: "--tls", description: "speak TLS with a DIMSE peer", group: "Connection:" },
];

export type PacsServer = { readonly kind: "web"; readonly client: DicomWebClient } | { readonly kind: "dimse"; readonly peer: Peer };

const textOf = (value: OptionValues[string]): string | undefined => (typeof value === "string" ? value : undefined);

async function readCertificates(context: Context, options: OptionValues): Promise<DimseTls> {
  const tls: Record<string, string> = {};
  for (const name of ["ca", "cert", "key"]) {
    const file = textOf(options[name]);
    if (file !== undefined) tls[name] = await withFileErrors(file, () => readFile(path.resolve(context.folder, file), "utf8"));
  }
  return tls;
}

async function readLogin(context: Context, options: OptionValues): Promise<Credentials | undefined> {
  const secret = async (file: string | undefined, variable: string): Promise<string | undefined> => (file === undefined ? context.environment[variable] : readSecretFile(path.resolve(context.folder, file), file));
  const user = textOf(options["user"]);
  if (user !== undefined) {
    const password = await secret(textOf(options["passwordFile"]), "OSTEON_PACS_PASSWORD");
    if (password === undefined) throw new InputError("password-needed", `--user ${user}: expected a password, got none. Name a file with --password-file, or set OSTEON_PACS_PASSWORD.`);
    return { kind: "basic", user, password };
  }
  const token = await secret(textOf(options["tokenFile"]), "OSTEON_PACS_TOKEN");
  return token === undefined ? undefined : { kind: "bearer", token };
}

/** The server that a command names; the caller closes a client. */
export async function openPacs(context: Context, address: string, options: OptionValues): Promise<PacsServer> {
  const tls = await readCertificates(context, options);
  if (/^https?:/i.test(address)) {
    const credentials = await readLogin(context, options);
    return { kind: "web", client: new DicomWebClient(address, { ...tls, ...(credentials && { credentials }) }) };
  }
  const peer = parsePeer(address, textOf(options["title"]) ?? "OSTEON");
  return { kind: "dimse", peer: options["tls"] === true || Object.keys(tls).length > 0 ? { ...peer, tls } : peer };
}

/** `Keyword=value` pairs. */
export function readMatch(options: OptionValues): Record<string, string> {
  return Object.fromEntries(
    ((options["match"] as readonly string[] | undefined) ?? []).map((text) => {
      const at = text.indexOf("=");
      if (at <= 0) throw new InputError("match", `--match ${text.slice(0, 40)}: expected Keyword=value, got no such pair. For example: --match ModalitiesInStudy=DX.`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
