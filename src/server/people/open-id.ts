import * as client from "openid-client";
import { DataError } from "../../base/index.js";
import type { Role } from "../contract/route.js";
import { refusal } from "../http/refusal.js";
import { system } from "../audit/chain.js";
import type { Store } from "../store/store.js";
import type { UserRow } from "../store/tables.js";
import { addUser } from "./users.js";
import { nameKey } from "./person.js";

export interface OpenIdOptions {
  readonly issuer: string;
  readonly client: string;
  readonly secret?: string;
  /** Role of people who come for the first time. */
  readonly role: Role;
  /** Address of this server. */
  readonly url: string;
  readonly label?: string;
}

interface Begun {
  readonly verifier: string;
  readonly nonce: string;
  readonly until: number;
}

function nameIn(claims: Readonly<Record<string, unknown>>): string | undefined {
  return [claims["name"], claims["preferred_username"], claims["email"]].find((value): value is string => typeof value === "string" && value.trim().length >= 2);
}

const livesMs = 10 * 60_000;
const most = 10_000;

/** Sign-in by an identity provider: OpenID Connect, authorization code with PKCE. */
export class OpenId {
  readonly label: string;
  readonly #configuration: client.Configuration;
  readonly #options: OpenIdOptions;
  readonly #begun = new Map<string, Begun>();

  private constructor(configuration: client.Configuration, options: OpenIdOptions) {
    this.#configuration = configuration;
    this.#options = options;
    this.label = options.label ?? new URL(options.issuer).hostname;
  }

  /** @throws DataError `openid-issuer` where the provider does not answer */
  static async open(options: OpenIdOptions): Promise<OpenId> {
    const issuer = new URL(options.issuer);
    const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(issuer.hostname);
    try {
      const configuration = await client.discovery(issuer, options.client, options.secret, undefined, isLocal ? { execute: [client.allowInsecureRequests] } : {});
      return new OpenId(configuration, options);
    } catch (error) {
      throw new DataError("openid-issuer", `--openid: expected an OpenID provider at ${issuer.origin}, got ${(error as Error).message}. Check the address.`, { cause: error });
    }
  }

  /** What the provider tells of somebody where it is asked: many keep names out of the token. */
  async #ask(token: string, subject: string): Promise<Readonly<Record<string, unknown>>> {
    if (this.#configuration.serverMetadata().userinfo_endpoint === undefined) return {};
    return client.fetchUserInfo(this.#configuration, token, subject).catch(() => ({}));
  }

  get #return(): string {
    return new URL("/api/v1/auth/openid/return", this.#options.url).href;
  }

  /** Where to send the browser. */
  async begin(): Promise<{ readonly to: string; readonly state: string }> {
    const [verifier, state, nonce] = [client.randomPKCECodeVerifier(), client.randomState(), client.randomNonce()];
    this.#begun.set(state, { verifier, nonce, until: Date.now() + livesMs });
    if (this.#begun.size > most) this.#begun.delete(this.#begun.keys().next().value!);
    const to = client.buildAuthorizationUrl(this.#configuration, { redirect_uri: this.#return, scope: "openid profile", code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256", state, nonce });
    return { to: to.href, state };
  }

  /**
   * Who came back from the provider; a person who comes for the first time is taken in with the role of newcomers.
   * @param cookie state kept in the browser that began: a return address handed to somebody else signs nobody in
   */
  async finish(store: Store, url: string, cookie: string | undefined): Promise<UserRow> {
    const current = new URL(url, this.#options.url);
    const state = current.searchParams.get("state") ?? "";
    const begun = this.#begun.get(state);
    this.#begun.delete(state);
    if (begun === undefined || begun.until < Date.now() || cookie !== state) throw refusal("openid");
    const tokens = await client.authorizationCodeGrant(this.#configuration, current, { pkceCodeVerifier: begun.verifier, expectedState: state, expectedNonce: begun.nonce, idTokenExpected: true }).catch(() => {
      throw refusal("openid");
    });
    const claims = tokens.claims();
    if (claims === undefined) throw refusal("openid");
    const subject = `${claims.iss} ${claims.sub}`;
    const found = await store.db.selectFrom("users").selectAll().where("openid_subject", "=", subject).executeTakeFirst();
    if (found !== undefined) {
      if (found.state === "disabled") throw refusal("disabled");
      return found;
    }
    const told = nameIn(claims) ?? nameIn(await this.#ask(tokens.access_token, claims.sub));
    return store.write(async ({ tx, note }) => {
      const name = (told ?? `person ${claims.sub}`).replaceAll(/[\p{Cc}<>"]/gu, "").trim().slice(0, 70);
      const taken = await tx.selectFrom("users").select("id").where("name_key", "=", nameKey(name)).executeTakeFirst();
      // A name that somebody has is not proof of being them: the newcomer gets another.
      const user = await addUser(tx, { name: taken === undefined ? name : `${name} (${claims.sub.slice(0, 8)})`, role: this.#options.role, state: "active", openIdSubject: subject });
      note({ actor: system, action: "user.make", subject: user.id, details: { role: user.role, by: "openid" } });
      return user;
    });
  }
}
