import assert from "node:assert/strict";
import test from "node:test";
import type { RouteFacts } from "./contract/route.js";
import { roles } from "./contract/route.js";
import { routes, type RouteName } from "./contract/routes.js";
import { cellOfRun, idOfRun, inProcess, withTestServer } from "./server.testkit.js";

/** Routes whose success would take away what the next rows need. */
const ending = new Set<RouteName>(["signOut"]);

/** Some value for each parameter, so that a request gets past its schema as far as possible. */
const filled: Readonly<Record<string, string>> = { study: idOfRun, case: "no-such-case", dataset: "no-such-set", annotation: "no-such-note", reading: "no-such-reading", assignment: "no-such-session", item: "no-such-item", model: "no-such-model", user: "no-such-user", upload: "no-such-upload", session: "no-such-session", token: "no-such-token", passkey: "no-such-key" };

const addressOf = (path: string): string => `/api/v1${path.replaceAll(/:([A-Za-z]+)/g, (_, name: string) => filled[name]!).replace("*", "report.html")}`;

test("every route answers every role as its row of the table says", () =>
  withTestServer({}, async ({ app, people }) => {
    const stranger = inProcess(app);
    for (const [name, facts] of Object.entries(routes) as [RouteName, RouteFacts][]) {
      if (facts.produces === "text/event-stream") continue;
      const init = { method: facts.method, headers: { "content-type": facts.consumes ?? "application/json" }, ...(facts.method !== "GET" && { body: "{}" }) };
      const open = await stranger(addressOf(facts.path), init);
      if (facts.roles === "public") assert.ok(![403].includes(open.status), `${name} is public, got ${open.status}`);
      else assert.equal(open.status, 401, `${name} for nobody`);
      if (facts.roles === "public" || ending.has(name)) continue;
      for (const role of roles) {
        const { status, problem } = await people[role].send(name, { params: { ...filled, "*": "report.html" }, query: { cell: cellOfRun, a: idOfRun, b: idOfRun, study: idOfRun, kind: "seg", offset: 0 }, ...(facts.method !== "GET" && (facts.consumes === undefined ? { body: {} } : { bytes: new ArrayBuffer(1) })) } as never).then(
          (answer) => ({ status: answer.status, problem: undefined }),
          (error: { problem: { status: number; code: string } }) => ({ status: error.problem.status, problem: error.problem.code }),
        );
        if (facts.roles.includes(role)) assert.ok(status !== 401 && problem !== "role" && problem !== "csrf" && status < 500, `${name} for ${role}: ${status} ${problem}`);
        else assert.deepEqual([status, problem], [403, "role"], `${name} for ${role}`);
      }
    }
  }));

test("a reader gets label, other reads and the network's answer by no route", () => {
  const open = (Object.entries(routes) as [RouteName, RouteFacts][]).filter(([, { roles: allowed }]) => allowed === "public" || allowed.includes("reader")).map(([name]) => name);
  // Whoever lets readers in anywhere else has to think here first.
  assert.deepEqual(open.sort(), [
    "addPasskey", "assignments", "authState", "changeMe", "changePassword", "endMySession", "health", "itemImage", "makeToken", "me", "myPasskeys", "mySessions", "myTokens", "nextItem", "openApi", "openIdReturn", "openIdStart", "passkeyOptions", "passkeySignIn", "passkeySignInOptions", "readLink", "removePasskey", "revokeToken", "signIn", "signOut", "submitRead", "useLink",
  ]);
});
