import { readFile } from "node:fs/promises";
import path from "node:path";
import { InputError, nearestName } from "../../base/index.js";
import { parseSettings, withFileErrors } from "../../files/index.js";
import type { DicomWebOptions } from "../dicomweb/client.js";
import { readSecretFile, type Credentials } from "../dicomweb/credentials.js";
import type { DimseTls } from "../dimse/peer.js";
import { settingsSchema, type ListenSettings, type LoginSettings, type ServiceSettings, type TlsSettings } from "./settings.js";

/** Where names in the settings lead. */
export interface Surroundings {
  /** Folder that relative paths start from. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads a listener's settings. Every mistake is told with its line.
 * @throws InputError `settings-syntax`, `settings-invalid`
 */
export function parseListenSettings(text: string, source: string): ListenSettings {
  const settings = parseSettings<ListenSettings>(text, { schema: settingsSchema, source, kind: "settings" });
  if (settings.send.dimse?.commit === true && settings.receive.dimse === undefined) throw new InputError("settings-invalid", `${source}: send.dimse.commit: expected receive.dimse, to which the peer reports, got none. Add it, or leave commit out.`);
  for (const { name, model } of settings.rules) {
    if (Object.hasOwn(settings.models, model)) continue;
    const nearest = nearestName(model, Object.keys(settings.models));
    throw new InputError("settings-invalid", `${source}: rule ${name}: expected one of the models ${Object.keys(settings.models).join(", ")}, got ${model}. ${nearest === undefined ? "Name one of them" : `Did you mean "${nearest}"?`}`);
  }
  return settings;
}

/** @throws InputError `secret-file`, `secret-variable` */
export async function readCredentials(login: LoginSettings | undefined, { folder, environment }: Surroundings): Promise<Credentials | undefined> {
  if (login === undefined) return undefined;
  const { user, passwordFile, passwordVariable, tokenFile, tokenVariable } = login;
  const named = passwordFile ?? tokenFile;
  const variable = passwordVariable ?? tokenVariable;
  const secret = named === undefined ? environment[variable!] : await readSecretFile(path.resolve(folder, named), named);
  if (secret === undefined || secret === "") throw new InputError("secret-variable", `${variable}: expected a secret in the environment, got none. Set the variable, or name a file.`);
  return user === undefined ? { kind: "bearer", token: secret } : { kind: "basic", user, password: secret };
}

export async function readTls(tls: TlsSettings | undefined, { folder }: Surroundings): Promise<DimseTls | undefined> {
  if (tls === undefined) return undefined;
  const read = async (name: string | undefined): Promise<string | undefined> => (name === undefined ? undefined : withFileErrors(name, () => readFile(path.resolve(folder, name), "utf8")));
  const [ca, cert, key] = [await read(tls.ca), await read(tls.cert), await read(tls.key)];
  return { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) };
}

export async function readService({ login, tls }: Pick<ServiceSettings, "login" | "tls">, surroundings: Surroundings): Promise<DicomWebOptions> {
  const credentials = await readCredentials(login, surroundings);
  return { ...(credentials && { credentials }), ...(await readTls(tls, surroundings)) };
}
