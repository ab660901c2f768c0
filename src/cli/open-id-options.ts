import { InputError } from "../base/index.js";
import type { ServerOptions } from "../server/index.js";
import type { OptionFacts, OptionValues } from "./contract.js";

const roles = ["viewer", "reader", "researcher"] as const;
const group = "Sign-in by an identity provider (OpenID Connect):";

export const openIdOptions: readonly OptionFacts[] = [
  { flags: "--openid <issuer>", description: "address of the provider; its secret is read from OSTEON_OPENID_SECRET", group },
  { flags: "--openid-client <id>", description: "name of this server at the provider", group },
  { flags: "--openid-role <role>", description: "role of people who come for the first time", choices: roles, default: "viewer", group },
];

export function readOpenId(options: OptionValues, environment: Readonly<Record<string, string | undefined>>): ServerOptions["openId"] {
  const { openid: issuer, openidClient: client, openidRole: role } = options;
  if (typeof issuer !== "string") return undefined;
  if (!URL.canParse(issuer)) throw new InputError("openid", `--openid: expected the address of a provider, got "${issuer.slice(0, 80)}". Correct it.`);
  if (typeof client !== "string") throw new InputError("openid", "--openid: expected --openid-client beside it, got none. Register this server at the provider.");
  const secret = environment["OSTEON_OPENID_SECRET"];
  return { issuer, client, role: role as (typeof roles)[number], ...(secret !== undefined && { secret }) };
}
