import assert from "node:assert/strict";
import { createServer } from "node:http";
import test from "node:test";
import OidcProvider from "oidc-provider";
import { freePorts } from "../../files/free-port.testkit.js";
import type { Me } from "../contract/people.js";
import { inProcess, withTestServer } from "../server.testkit.js";
import { createClient } from "../contract/client.js";

const names: Readonly<Record<string, string>> = { maria: "Dr. Maria Muster", ada: "Ada" };

/** A provider of its own: certified software, with its plain pages for login and consent. */
async function withProvider(work: (place: { readonly issuer: string; readonly port: number }) => Promise<void>): Promise<void> {
  const [providerPort, port] = await freePorts(2);
  const issuer = `http://127.0.0.1:${providerPort}`;
  const provider = new OidcProvider(issuer, {
    clients: [{ client_id: "osteon", client_secret: "a secret of this test, long enough", redirect_uris: [`http://127.0.0.1:${port}/api/v1/auth/openid/return`], response_types: ["code"], grant_types: ["authorization_code"] }],
    claims: { openid: ["sub"], profile: ["name"] },
    findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, name: names[id] }) }),
    cookies: { keys: ["a key of this test"] },
  });
  const server = createServer(provider.callback());
  await new Promise<void>((resolve) => server.listen(providerPort, "127.0.0.1", resolve));
  try {
    await work({ issuer, port: port! });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** What a browser does: cookies by server and path are kept, redirections followed one by one. */
class Browser {
  readonly #cookies = new Map<string, { readonly path: string; readonly value: string }>();

  async open(url: string, form?: Readonly<Record<string, string>>): Promise<Response> {
    const { origin, pathname } = new URL(url);
    const cookie = [...this.#cookies].filter(([key, { path }]) => key.startsWith(`${origin} `) && pathname.startsWith(path)).map(([key, { value }]) => `${key.split(" ")[1]}=${value}`).join("; ");
    const answer = await fetch(url, { redirect: "manual", headers: { cookie }, ...(form && { method: "POST", body: new URLSearchParams(form) }) });
    for (const set of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(set)!;
      this.#cookies.set(`${origin} ${name}`, { value: value!, path: /; ?path=([^;]*)/i.exec(set)?.[1] ?? "/" });
    }
    return answer;
  }

  /** Follows redirections until a page, or to an address that begins so. */
  async follow(url: string, until = "nowhere"): Promise<{ readonly url: string; readonly answer: Response | undefined }> {
    for (let i = 0; i < 20; i++) {
      if (url.startsWith(until)) return { url, answer: undefined };
      const answer = await this.open(url);
      const to = answer.headers.get("location");
      if (to === null) return { url, answer };
      url = new URL(to, url).href;
    }
    throw new Error("too many redirections");
  }

  /** Signs in at the provider. @returns the address that it sends back to */
  async signIn(base: string, login: string): Promise<string> {
    const back = `${base}/api/v1/auth/openid/return`;
    let { url } = await this.follow(`${base}/api/v1/auth/openid`, back);
    for (const prompt of ["login", "consent"]) {
      if (url.startsWith(back)) return url;
      const answer = await this.open(url, { prompt, login, password: "any" });
      ({ url } = await this.follow(new URL(answer.headers.get("location")!, url).href, back));
    }
    return url;
  }

  async me(base: string): Promise<Me> {
    return (await (await this.open(`${base}/api/v1/me`)).json()) as Me;
  }
}

test("people sign in by an identity provider, and nobody else in their place", { timeout: 120_000 }, () =>
  withProvider(async ({ issuer, port }) => {
    const base = `http://127.0.0.1:${port}`;
    await withTestServer({ publicUrl: base, openId: { issuer, client: "osteon", secret: "a secret of this test, long enough", role: "viewer" } }, async (server) => {
      await server.listen(port);
      assert.equal((await createClient({ fetch: inProcess(server.app) }).call("authState")).openId?.path, "/api/v1/auth/openid");

      const maria = new Browser();
      const back = await maria.signIn(base, "maria");
      // An address handed to somebody else signs nobody in, and is used up.
      const eve = await new Browser().open(back);
      assert.equal(eve.status, 401);
      assert.equal((await maria.open(back)).status, 401);

      const again = await maria.open(await maria.signIn(base, "maria"));
      assert.deepEqual([again.status, new URL(again.headers.get("location")!, base).pathname], [303, "/"]);
      const me = await maria.me(base);
      assert.deepEqual([me.name, me.role, me.hasPassword], ["Dr. Maria Muster", "viewer", false]);

      // The same person is the same account, from another browser too.
      const other = new Browser();
      await other.open(await other.signIn(base, "maria"));
      assert.equal((await other.me(base)).id, me.id);

      // A name that somebody here has is no proof of being them.
      const ada = new Browser();
      await ada.open(await ada.signIn(base, "ada"));
      const newcomer = await ada.me(base);
      assert.deepEqual([newcomer.name, newcomer.role], ["Ada (ada)", "viewer"]);
      assert.notEqual(newcomer.id, server.people.administrator.id);

      await server.people.administrator.call("changeUser", { params: { user: me.id }, body: { state: "disabled" } });
      assert.equal((await maria.open(`${base}/api/v1/me`)).status, 401);
      assert.equal((await maria.open(await maria.signIn(base, "maria"))).status, 403);
      const { items } = await server.people.administrator.call("auditLog", { query: { action: "sign-in" } });
      assert.ok(items.some(({ actor }) => actor.id === me.id));
    });
  }));

test("a provider that is not there is said at the start", async () => {
  const [nobody] = await freePorts(1);
  await assert.rejects(withTestServer({ openId: { issuer: `http://127.0.0.1:${nobody}`, client: "osteon", role: "viewer" } }, async () => {}), /expected an OpenID provider at http/);
});
