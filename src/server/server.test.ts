import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { runCli } from "../cli/cli.testkit.js";
import { checkDicom, parseDicom } from "../dicom/index.js";
import { sha256 } from "../files/index.js";
import { verifyChain } from "./audit/chain.js";
import { ApiError, createClient } from "./contract/client.js";
import { cellOfRun, idOfRun, inProcess, openTestServer, password, withTestServer, type SignedIn, type TestServer } from "./server.testkit.js";
import { openServer } from "./start-server.js";

const refuses = (status: number, code?: string) => (error: unknown): boolean => error instanceof ApiError && error.problem.status === status && (code === undefined || error.problem.code === code);
const params = { study: idOfRun };

test("the first start makes one administrator by a link that works once", () =>
  withTestServer({}, async ({ app, setup, people }) => {
    const first = createClient({ fetch: inProcess(app) });
    const token = setup!.split("#")[1]!;
    assert.equal((await first.call("readLink", { body: { token } })).kind, "setup");
    const eva = await first.call("useLink", { body: { token, name: "Eva", password } });
    assert.deepEqual([eva.role, (await first.call("me")).name], ["administrator", "Eva"]);
    const stranger = createClient({ fetch: inProcess(app) });
    assert.deepEqual(await stranger.call("authState"), { needsSetup: false, passkeys: true });
    assert.equal((await stranger.call("signIn", { body: { name: "eva", password } })).name, "Eva");
    await assert.rejects(stranger.call("useLink", { body: { token: setup!.split("#")[1]!, name: "Eve", password } }), refuses(404, "link"));
    await assert.rejects(createClient({ fetch: inProcess(app) }).call("me"), refuses(401, "signed-out"));
    await people.administrator.call("changeUser", { params: { user: eva.id }, body: { state: "disabled" } });
    await assert.rejects(people.administrator.call("changeUser", { params: { user: people.administrator.id }, body: { role: "viewer" } }), refuses(409, "last-administrator"));
  }));

test("wrong passwords lock an account, a link opens it, and ended sessions are over", () =>
  withTestServer({}, async ({ app, people: { administrator, viewer } }) => {
    const stranger = createClient({ fetch: inProcess(app) });
    for (let i = 0; i < 5; i++) await assert.rejects(stranger.call("signIn", { body: { name: "Viktor", password: "no" } }), refuses(401, "sign-in"));
    await assert.rejects(stranger.call("signIn", { body: { name: "Viktor", password } }), refuses(429, "locked-out"));
    await assert.rejects(stranger.call("signIn", { body: { name: "Nobody", password } }), refuses(401, "sign-in"));
    const link = await administrator.call("makeLink", { params: { user: viewer.id } });
    stranger.setCsrf((await stranger.call("useLink", { body: { token: link.path.split("#")[1]!, password: "another long password" } })).csrf);
    await assert.rejects(viewer.call("me"), refuses(401));
    assert.equal((await stranger.call("me")).name, "Viktor");
    // Trying passwords at a page that was left open is counted as well.
    for (let i = 0; i < 5; i++) await assert.rejects(stranger.call("changePassword", { body: { current: "no", password } }), refuses(403, "password"));
    await assert.rejects(stranger.call("changePassword", { body: { current: "another long password", password } }), refuses(429, "locked-out"));
    await administrator.call("changeUser", { params: { user: viewer.id }, body: { unlock: true } });
    await administrator.call("endUserSessions", { params: { user: viewer.id } });
    await assert.rejects(stranger.call("me"), refuses(401));
    await administrator.call("changeUser", { params: { user: viewer.id }, body: { state: "disabled" } });
    await assert.rejects(stranger.call("signIn", { body: { name: "viktor", password: "another long password" } }), refuses(401, "sign-in"));
    assert.equal((await administrator.call("auditLog", { query: { action: "password.change" } })).items.filter(({ outcome }) => outcome === "refused").length, 5);
  }));

test("whoever can open the store gives the only administrator a new password, by a link that is in the audit log", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-account-"));
  try {
    assert.match((await runCli(["account", "link", "Ada"], { folder })).stderr, /expected the store of a workbench, got none/);
    const before = await openTestServer({ root: folder });
    const ask = (...words: string[]) => runCli(["account", "link", ...words], { folder });
    assert.match((await ask("Ada")).stderr, /expected a store that no other server uses/);
    await before.people.administrator.call("changeUser", { params: { user: before.people.viewer.id }, body: { state: "disabled" } });
    await before.close();
    assert.match((await ask("Viktor")).stderr, /account "Viktor": expected one that may sign in, got a disabled one/);
    assert.match((await ask("Adda")).stderr, /Did you mean "Ada"\? Administrators: Ada\./);
    const old = JSON.parse((await ask("ada", "--json")).stdout) as { link: string };
    const { code, stdout } = await ask("ADA", "--url", "https://osteon.example.org/");
    const link = /https:\/\/osteon\.example\.org\/welcome#(\S+)$/.exec(stdout.trim());
    assert.ok(code === 0 && link !== null && stdout.includes("a password for Ada (administrator)"), stdout);
    const after = await openServer({ root: folder, version: "0.0.0", viewer: folder, recipes: folder, unlimited: true });
    try {
      const ada = createClient({ fetch: inProcess(after.app) });
      await assert.rejects(ada.call("useLink", { body: { token: old.link.split("#")[1]!, password } }), refuses(404, "link"));
      assert.equal((await ada.call("useLink", { body: { token: link[1]!, password } })).role, "administrator");
      const { items } = await ada.call("auditLog", { query: { action: "link.make" } });
      assert.deepEqual(items.filter(({ subject }) => subject !== "setup").map(({ actor, subject, details }) => [actor.name, subject, details]), [0, 1].map(() => ["server", before.people.administrator.id, { by: "command line" }]));
      assert.equal((await verifyChain(after.bench.store.db)).intact, true);
    } finally {
      await after.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("a change needs this page's token, and comes from no other site", () =>
  withTestServer({}, async ({ app, people: { researcher } }) => {
    researcher.setCsrf("wrong");
    await assert.rejects(researcher.call("makeToken", { body: { name: "x", scopes: ["read"] } }), refuses(403, "csrf"));
    const foreign = await app.inject({ method: "POST", url: "/api/v1/auth/sign-in", headers: { host: "localhost", origin: "https://elsewhere.example", "content-type": "application/json" }, payload: "{}" });
    assert.equal(foreign.statusCode, 403);
    const rebound = await app.inject({ method: "GET", url: "/api/v1/health", headers: { host: "elsewhere.example" } });
    assert.equal(rebound.statusCode, 421);
    const page = await app.inject({ method: "GET", url: "/", headers: { host: "localhost" } });
    assert.match(page.headers["content-security-policy"] as string, /^default-src 'none'; script-src 'self'/);
    assert.doesNotMatch(page.headers["content-security-policy"] as string, /https?:/);
  }));

test("a token does what its scopes say, until it is revoked", () =>
  withTestServer({}, async ({ app, people: { researcher } }) => {
    const { token, id } = await researcher.call("makeToken", { body: { name: "script", scopes: ["read"] } });
    const script = createClient({ token, fetch: inProcess(app) });
    assert.equal((await script.call("studies")).total, 1);
    await assert.rejects(script.call("changeMe", { body: { theme: "dark" } }), refuses(403, "scope"));
    await assert.rejects(script.call("myTokens"), refuses(403, "session-needed"));
    await researcher.call("revokeToken", { params: { token: id } });
    await assert.rejects(script.call("studies"), refuses(401, "token"));
  }));

test("limits of rate turn floods away and say when to come back", () =>
  withTestServer({ unlimited: false }, async ({ app }) => {
    const stranger = createClient({ fetch: inProcess(app) });
    const statuses = new Set<number>();
    for (let i = 0; i < 40; i++) await stranger.call("readLink", { body: { token: "x" } }).catch((error: ApiError) => statuses.add(error.problem.status));
    assert.deepEqual([...statuses], [404, 429]);
  }));

test("behind a proxy its word counts for who asks, and not what its client has said before", () =>
  withTestServer({ unlimited: false, trustsProxy: true }, async ({ app }) => {
    const ask = async (forwarded: string): Promise<number> => (await app.inject({ method: "POST", url: "/api/v1/auth/link/read", headers: { host: "localhost", "x-forwarded-for": forwarded, "content-type": "application/json" }, payload: '{"token":"x"}' })).statusCode;
    const statuses = new Set<number>();
    for (let i = 0; i < 40; i++) statuses.add(await ask(`10.0.0.${i}, 192.0.2.7`));
    assert.deepEqual([...statuses], [404, 429]);
    assert.equal(await ask("192.0.2.8"), 404);
  }));

test("a page that listens is told nothing more once its session has ended", () =>
  withTestServer({ beatMs: 20 }, async ({ listen, people: { viewer }, bench }) => {
    const address = await listen(0);
    const { token, id } = await viewer.call("makeToken", { body: { name: "page", scopes: ["read"] } });
    const answer = await fetch(`${address}/api/v1/studies/${idOfRun}/events`, { headers: { authorization: `Bearer ${token}` } });
    const parts = answer.body!.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
    assert.match((await parts.next()).value as string, /^retry: 2000/);
    await viewer.call("revokeToken", { params: { token: id } });
    let isOver = false;
    while (!isOver) isOver = (await parts.next()).done === true;
    assert.equal(bench.runner.isHeard(idOfRun), false);
  }));

test("a study is its table, its cell and its cases, paged, filtered and sorted", () =>
  withTestServer({}, async ({ people: { viewer } }) => {
    const study = await viewer.call("study", { params });
    assert.deepEqual([study.title, study.table.length, study.images], ["Can the decision be trusted?", 1, "original"]);
    const cell = await viewer.call("studyCell", { params, query: { cell: cellOfRun } });
    assert.equal(cell.folds.length, 2);
    // Oracle: made so that cases 0 and 4 of 8 of each label are wrong.
    const wrong = await viewer.call("cases", { params, query: { cell: cellOfRun, filter: "wrong", sort: "-confidence" } });
    assert.deepEqual([wrong.total, wrong.items.map(({ confidence }) => confidence)], [4, [0.72, 0.72, 0.6, 0.6]]);
    const names: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await viewer.call("cases", { params, query: { limit: 5, ...(cursor !== undefined && { cursor }) } });
      names.push(...page.items.map(({ name }) => name));
      cursor = page.next;
      if (cursor === undefined) break;
    }
    assert.equal(names.length, 16);
    assert.deepEqual(names, [...names].sort());
    const [first, second] = wrong.items;
    const detail = await viewer.call("case", { params: { ...params, case: second!.key }, query: { filter: "wrong", sort: "-confidence" } });
    assert.deepEqual([detail.position, detail.total, detail.previous, detail.image.width, detail.image.height], [2, 4, first!.key, 40, 48]);
    assert.deepEqual(detail.region, [{ kind: "box", box: { row: 8, column: 6, height: 28, width: 28 } }]);
    const map = await viewer.call("caseMap", { params: { ...params, case: first!.key }, query: { cell: cellOfRun } });
    assert.deepEqual([map.height, map.width, map.frame], [4, 4, { row: 0, column: 0, height: 48, width: 40 }]);
    await assert.rejects(viewer.call("cases", { params, query: { cursor: "bm90IG91cnM" } }), refuses(400, "cursor"));
    await assert.rejects(viewer.call("case", { params: { ...params, case: "nothing-like-it" } }), refuses(404));
  }));

test("pictures and files are versioned, and parts of them are served", () =>
  withTestServer({}, async ({ app, root, people: { viewer } }) => {
    const [one] = (await viewer.call("cases", { params })).items;
    const at = { params: { ...params, case: one!.key } };
    const whole = await viewer.send("caseImage", at);
    const etag = whole.headers.get("etag")!;
    assert.deepEqual([whole.status, whole.headers.get("content-type")], [200, "image/png"]);
    assert.equal((await viewer.send("caseImage", { ...at, ifNoneMatch: etag })).status, 304);
    const study = await viewer.send("study", { params });
    assert.equal((await viewer.send("study", { params, ifNoneMatch: study.headers.get("etag")! })).status, 304);
    const { token } = await viewer.call("makeToken", { body: { name: "ranges", scopes: ["read"] } });
    const ask = (address: string, headers: Record<string, string> = {}, method: "GET" | "HEAD" | "DELETE" = "GET") => app.inject({ method, url: `/api/v1/studies/${idOfRun}/${address}`, headers: { host: "localhost", authorization: `Bearer ${token}`, ...headers } });
    const picture = Buffer.from(await whole.arrayBuffer());
    const kinds = [{ address: "files/predictions.csv", bytes: await readFile(path.join(root, "run", "predictions.csv")) }, { address: `cases/${one!.key}/image`, bytes: picture }];
    for (const { address, bytes } of kinds) {
      const size = bytes.length;
      const tag = (await ask(address)).headers.etag as string;
      for (const [range, from, to] of [["bytes=10-19", 10, 20], ["bytes=0-0", 0, 1], ["bytes=-5", size - 5, size], [`bytes=${size - 1}-`, size - 1, size], ["bytes=5-99999999", 5, size], ["bytes=-99999999", 0, size]] as const) {
        const part = await ask(address, { range });
        assert.deepEqual([part.statusCode, part.headers["content-range"], part.headers["content-length"]], [206, `bytes ${from}-${to - 1}/${size}`, String(to - from)], `${address} ${range}`);
        assert.ok(part.rawPayload.equals(bytes.subarray(from, to)), `${address} ${range}`);
      }
      for (const range of [`bytes=${size}-`, "bytes=9-1", "bytes=-0"]) {
        const beyond = await ask(address, { range });
        assert.deepEqual([beyond.statusCode, beyond.headers["content-range"], (beyond.json() as { code: string }).code], [416, `bytes */${size}`, "range"], `${address} ${range}`);
      }
      // Several at once, other units, and a part of another version are answered as the whole.
      for (const headers of [{ range: "bytes=0-1,4-5" } as Record<string, string>, { range: "lines=1-2" }, { range: "bytes=a-b" }, { range: "bytes=0-9", "if-range": '"another"' }, { range: "bytes=0-9", "if-range": "Mon, 23 Nov 2026 00:00:00 GMT" }]) assert.deepEqual([(await ask(address, headers)).statusCode, (await ask(address, headers)).rawPayload.length], [200, size], JSON.stringify(headers));
      assert.equal((await ask(address, { range: "bytes=0-9", "if-range": tag })).statusCode, 206);
      assert.equal((await ask(address, { range: "bytes=0-9", "if-none-match": tag })).statusCode, 304);
      const head = await ask(address, {}, "HEAD");
      assert.deepEqual([head.statusCode, head.headers["content-length"], head.headers["accept-ranges"], head.rawPayload.length], [200, String(size), "bytes", 0]);
    }
    const elsewise = await ask("files", {}, "DELETE");
    assert.deepEqual([elsewise.statusCode, elsewise.headers.allow], [405, "GET, HEAD"]);
    for (const name of ["..%2Flabels.csv", "tasks/x", "%2e%2e/labels.csv", ".osteon/workbench.sqlite"]) {
      const answer = await app.inject({ method: "GET", url: `/api/v1/studies/${idOfRun}/files/${name}`, headers: { host: "localhost", authorization: `Bearer ${token}` } });
      assert.equal(answer.statusCode, 404, name);
    }
  }));

test("an annotation is changed only by who has read its last version", () =>
  withTestServer({}, async ({ people: { researcher, viewer } }) => {
    const [one] = (await researcher.call("cases", { params })).items;
    const made = await researcher.call("makeAnnotation", { body: { study: idOfRun, case: one!.key, title: "slip", note: "", shapes: [{ kind: "box", box: { row: 1, column: 2, height: 3, width: 4 } }] } });
    const change = (ifMatch?: string) => researcher.call("changeAnnotation", { params: { annotation: made.id }, body: { title: "slip", note: "L5", shapes: made.shapes }, ...(ifMatch !== undefined && { ifMatch }) });
    await assert.rejects(change(), refuses(428));
    assert.equal((await change('"v1"')).version, 2);
    await assert.rejects(change('"v1"'), refuses(412));
    assert.equal((await viewer.call("annotations", { query: { study: idOfRun, case: one!.key } })).items[0]!.note, "L5");
    await researcher.call("removeAnnotation", { params: { annotation: made.id } });
    assert.equal((await viewer.call("annotations", { query: { study: idOfRun } })).total, 0);
  }));

async function imported({ bench }: TestServer, { call }: SignedIn, from: Parameters<SignedIn["call"]>[1] extends never ? never : { kind: "csv"; path: string } | { kind: "upload"; upload: string }) {
  const { id } = await call("importDataSet", { body: { name: "shapes", from } });
  await bench.jobs.idle();
  return call("dataSet", { params: { dataset: id } });
}

test("a data set is imported, its labels are corrected with a history, and its table says so", () =>
  withTestServer({}, async (server) => {
    const { researcher } = server.people;
    const set = await imported(server, researcher, { kind: "csv", path: "labels.csv" });
    assert.deepEqual([set.state, set.cases, set.classCounts, set.patients], ["ready", 16, { square: 8, stripes: 8 }, 8]);
    const dataset = set.id;
    const { items } = await researcher.call("dataCases", { params: { dataset }, query: { label: "stripes", limit: 3 } });
    const at = { params: { dataset, case: items[0]!.key } };
    await researcher.call("changeLabel", { ...at, body: { label: "square", reason: "seen again" }, ifMatch: '"v1"' });
    await assert.rejects(researcher.call("changeLabel", { ...at, body: { label: "stripes", reason: "no" }, ifMatch: '"v1"' }), refuses(412));
    await assert.rejects(researcher.call("changeLabel", { ...at, body: { label: "strips", reason: "slip" }, ifMatch: '"v2"' }), refuses(422, "label-unknown"));
    const changed = await researcher.call("dataCase", at);
    assert.deepEqual([changed.label, changed.importedLabel, changed.history.map(({ by, from, to, reason }) => [by, from, to, reason])], ["square", "stripes", [["Rosa", "stripes", "square", "seen again"]]]);
    assert.equal((await researcher.call("dataCases", { params: { dataset }, query: { changed: "true" } })).total, 1);
    const table = await (await researcher.send("dataTable", { params: { dataset } })).text();
    assert.match(table, /^file,label,imported_label,patient,boxes\n/);
    assert.match(table, /images\/stripes-0\.png,square,stripes,/);
    assert.equal((await researcher.send("dataCaseImage", at)).status, 200);
    for (const outside of ["..", "../..", "/etc", "run/../..", ".osteon"]) await assert.rejects(researcher.call("importDataSet", { body: { name: "x", from: { kind: "folder", path: outside } } }), refuses(404), outside);
  }));

test("an upload goes on where it broke off, is checked, and becomes a data set", () =>
  withTestServer({}, async (server) => {
    const { researcher, administrator } = server.people;
    const zip = await readFile(path.resolve("test/fixtures/server/shapes.zip"));
    const upload = await researcher.call("makeUpload", { body: { name: "shapes.zip", size: zip.length, sha256: sha256(zip) } });
    const send = (offset: number, bytes: Buffer) => researcher.call("sendUpload", { params: { upload: upload.id }, query: { offset }, bytes: new Uint8Array(bytes).buffer });
    assert.equal((await send(0, zip.subarray(0, 1000))).offset, 1000);
    await assert.rejects(send(0, zip), refuses(409, "upload-offset"));
    await assert.rejects(send(1000, Buffer.concat([zip.subarray(1000), Buffer.from("more")])), refuses(413));
    await assert.rejects(administrator.call("upload", { params: { upload: upload.id } }), refuses(404));
    const { offset } = await researcher.call("upload", { params: { upload: upload.id } });
    const done = await send(offset, zip.subarray(offset));
    assert.deepEqual([done.state, done.sha256], ["complete", sha256(zip)]);
    const set = await imported(server, researcher, { kind: "upload", upload: upload.id });
    assert.deepEqual([set.problem, set.state, set.cases], [undefined, "ready", 4]);
  }));

test("every look and every change stands in the audit log, whose chain holds", () =>
  withTestServer({}, async ({ people: { administrator, viewer } }) => {
    const [one] = (await viewer.call("cases", { params })).items;
    await viewer.call("case", { params: { ...params, case: one!.key } });
    await viewer.send("caseImage", { params: { ...params, case: one!.key } });
    await assert.rejects(viewer.call("users"), refuses(403, "role"));
    const log = await administrator.call("auditLog", { query: { actor: viewer.id } });
    assert.deepEqual(log.items.map(({ action, subject, outcome }) => [action, subject, outcome]), [["request", "GET /users", "refused"], ["case.image", `${idOfRun}/${one!.key}`, "done"], ["case.look", `${idOfRun}/${one!.key}`, "done"]]);
    const check = await administrator.call("verifyAudit");
    assert.ok(check.intact, check.problem);
  }));

test("a mistake in a recipe is told with its place", () =>
  withTestServer({}, async ({ people: { researcher } }) => {
    const check = async (recipe: string) => (await researcher.call("checkRecipe", { body: { recipe } })).issues.map(({ line, column, path: where }) => [line, column, where]);
    const recipe = (network: string, folds: string) => `study: one\n# not resnet5\nnetworks:\n  - mobilenet_v2\n  - ${network}\nregimes: { fine-tuning: {} }\nvalidation: { folds: ${folds} }\n`;
    assert.deepEqual(await check(recipe("resnet50", "5")), []);
    assert.deepEqual(await check(recipe("resnet5", "5")), [[5, 5, ""]]);
    const [[line, , where]] = (await check(recipe("resnet50", "many"))) as [[number, number, string]];
    assert.deepEqual([line, where], [7, "validation.folds"]);
  }));

test("a model is offered and withdrawn only while its file is the study's", () =>
  withTestServer({}, async ({ people: { researcher } }) => {
    const { items } = await researcher.call("models");
    assert.ok(items.length > 0);
    await assert.rejects(researcher.call("deployModel", { params: { model: items[0]!.id }, body: {} }), refuses(422, "model-damaged"));
    assert.equal((await researcher.call("retireModel", { params: { model: items[0]!.id }, body: { note: "old" } })).state, "retired");
  }));

test("the API describes itself, every route of it", () =>
  withTestServer({}, async ({ people: { viewer } }) => {
    const page = (await viewer.call("openApi")) as unknown as { openapi: string; paths: Record<string, Record<string, { operationId: string }>> };
    assert.equal(page.openapi, "3.1.0");
    // Oracle: the schema of OpenAPI 3.1 itself.
    const { Validator } = await import("@seriousme/openapi-schema-validator");
    const { valid, errors } = await new Validator().validate(page);
    assert.ok(valid, JSON.stringify(errors));
    const { routes } = await import("./contract/routes.js");
    assert.deepEqual(Object.values(page.paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId)).sort(), Object.keys(routes).sort());
  }));

test("a drawn region is a DICOM segmentation and a report that stand the check", () =>
  withTestServer({}, async ({ people: { researcher } }) => {
    const [one] = (await researcher.call("cases", { params })).items;
    const shapes = [{ kind: "box" as const, box: { row: 2, column: 3, height: 4, width: 5 } }, { kind: "polygon" as const, points: [[10, 10], [10, 20], [20, 20]] as [number, number][] }, { kind: "brush" as const, runs: [0, 3] }];
    const made = await researcher.call("makeAnnotation", { body: { study: idOfRun, case: one!.key, title: "Slip of L5", note: "seen", shapes } });
    for (const kind of ["seg", "sr"] as const) {
      const bytes = Buffer.from(await (await researcher.send("annotationDicom", { params: { annotation: made.id }, query: { kind } })).arrayBuffer());
      const file = parseDicom(bytes, { name: kind });
      assert.equal(file.dataset.text("Modality"), kind === "seg" ? "SEG" : "SR");
      const check = await checkDicom(bytes, { name: kind });
      assert.deepEqual(check.findings.filter(({ severity }) => severity === "error"), []);
      // Oracle: by hand, 4 x 5 of the box, 10 + 9 + ... + 1 of the triangle with the centers on its diagonal, and 3 of the brush.
      if (kind === "seg") assert.equal(file.dataset.element("PixelData")!.bytes.reduce((sum, byte) => sum + byte.toString(2).replaceAll("0", "").length, 0), 78);
    }
  }));
