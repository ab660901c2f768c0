import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import { parseDicom } from "../dicom/index.js";
import { syntheticFile } from "../dicom/synthetic.testkit.js";
import { listenDimse, type Provider } from "../pacs/index.js";
import { runCli } from "./cli.testkit.js";

const folder = mkdtempSync(path.join(tmpdir(), "osteon-cli-network-"));
const image = syntheticFile({ SOPInstanceUID: "1.2.3", StudyInstanceUID: "1.2", SeriesInstanceUID: "1.2.1", PatientName: "Mustermann^Erika", PatientID: "ID-47XY11" }, undefined);

/** Just enough of a DICOMweb server. */
const stored: Buffer[] = [];
const server: Server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    if (request.headers.authorization !== `Basic ${Buffer.from("me:word of pass").toString("base64")}`) return void response.writeHead(401).end();
    if (request.method === "POST") {
      stored.push(Buffer.concat(chunks));
      return void response.end(JSON.stringify({ "00081199": { vr: "SQ", Value: [{ "00081155": { vr: "UI", Value: ["1.2.3"] } }] } }));
    }
    if (request.url!.includes("/studies/1.2")) return void response.writeHead(200, { "content-type": "multipart/related; boundary=b" }).end(Buffer.concat([Buffer.from("--b\r\n\r\n"), image, Buffer.from("\r\n--b--")]));
    return void response.end(JSON.stringify([{ "0020000D": { vr: "UI", Value: ["1.2"] }, "00100010": { vr: "PN", Value: [{ Alphabetic: "Mustermann^Erika" }] }, "00081030": { vr: "LO", Value: ["LWS\u001b[31m"] } }]));
  });
});
let web = "";
let provider: Provider;
const received: string[] = [];
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  web = `http://127.0.0.1:${(server.address() as AddressInfo).port}/dicom-web`;
  provider = await listenDimse({ port: 0, title: "PACS", allow: ["OSTEON"], begin: ({ instance }) => ({ write: async () => undefined, finish: async () => (received.push(instance), 0), discard: async () => {} }) });
  writeFileSync(path.join(folder, "password"), "word of pass\n");
  chmodSync(path.join(folder, "password"), 0o600);
  mkdirSync(path.join(folder, "files"));
  writeFileSync(path.join(folder, "files/Mustermann.dcm"), image);
});
after(async () => {
  server.closeAllConnections();
  server.close();
  await provider.close();
  rmSync(folder, { recursive: true, force: true });
});
const login = ["--user", "me", "--password-file", "password"];

test("find lists studies with names masked, and shows them when that is said", async () => {
  const masked = await runCli(["dicom", "find", web, ...login], { folder });
  assert.equal(masked.code, 0, masked.stderr);
  assert.match(masked.stdout, /1\.2 .*\(masked\)/);
  assert.doesNotMatch(masked.stdout, /Mustermann|LWS/);
  const shown = await runCli(["dicom", "find", web, ...login, "--keep-identity"], { folder });
  assert.match(shown.stdout, /Mustermann\^Erika/);
  assert.ok(!shown.stdout.includes("\u001b"), "control characters of the server stay out of the terminal");
  const json = JSON.parse((await runCli(["dicom", "find", web, ...login, "--json"], { folder })).stdout) as { found: Record<string, string>[] };
  assert.deepEqual(json.found, [{ StudyDescription: "(masked)", PatientName: "(masked)", StudyInstanceUID: "1.2" }]);
});

test("a password is read from a file of its owner alone, or the environment, and told nowhere", async () => {
  const wrong = await runCli(["dicom", "find", web, "--user", "me"], { folder, environment: { OSTEON_PACS_PASSWORD: "not-the-right" } });
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /Check user, password or token/);
  assert.doesNotMatch(wrong.stderr, /not-the-right/);
  writeFileSync(path.join(folder, "open"), "word of pass");
  chmodSync(path.join(folder, "open"), 0o644);
  const open = await runCli(["dicom", "find", web, "--user", "me", "--password-file", "open"], { folder });
  assert.match(open.stderr, /only its owner can read, got mode 644/);
  assert.match((await runCli(["dicom", "find", web, "--user", "me"], { folder })).stderr, /OSTEON_PACS_PASSWORD/);
});

test("fetch takes the patient out, or has to be told not to", async () => {
  const refused = await runCli(["dicom", "fetch", web, "in", "--study", "1.2", ...login], { folder });
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /--key-file FILE/);
  writeFileSync(path.join(folder, "secret.key"), Buffer.alloc(32, 7));
  const clean = await runCli(["dicom", "fetch", web, "in", "--study", "1.2", "--key-file", "secret.key", ...login], { folder });
  assert.equal(clean.code, 0, clean.stderr);
  const file = readFileSync(path.join(folder, "in/study-0001/00001.dcm"));
  assert.ok(!file.includes("Mustermann") && !file.includes("47XY11"));
  assert.equal(parseDicom(file).dataset.text("PatientIdentityRemoved"), "YES");
  await runCli(["dicom", "fetch", web, "as-is", "--match", "StudyDate=20240101-", "--keep-identity", ...login], { folder });
  assert.deepEqual(readdirSync(path.join(folder, "as-is"), { recursive: true }).map(String).sort((a, b) => a.localeCompare(b)), ["study-0001", "study-0001/00001.dcm"]);
  assert.match((await runCli(["dicom", "fetch", web, "x", "--keep-identity", ...login], { folder })).stderr, /--study UID or --match/);
});

test("send stores by STOW-RS and by C-STORE, and counts", async () => {
  const byWeb = await runCli(["dicom", "send", web, "files", ...login], { folder });
  assert.match(byWeb.stdout, /1 of 1 files stored/);
  assert.ok(stored[0]!.includes(Buffer.from(image)));
  const byDimse = await runCli(["dicom", "send", `PACS@127.0.0.1:${provider.port}`, "files", "--json"], { folder });
  assert.deepEqual(JSON.parse(byDimse.stdout), { files: 1, stored: 1, refused: [] });
  assert.deepEqual(received, ["1.2.3"]);
});

test("check says whether a server answers, and what is wrong with a file", async () => {
  assert.match((await runCli(["dicom", "check", `PACS@127.0.0.1:${provider.port}`], { folder })).stdout, /answers C-ECHO/);
  const away = await runCli(["dicom", "check", "PACS@127.0.0.1:1"], { folder });
  assert.equal(away.code, 3);
  assert.match(away.stderr, /may be away/);
  const file = await runCli(["dicom", "check", "files", "--no-dciodvfy", "--json"], { folder });
  assert.equal(file.code, 1);
  assert.doesNotMatch(file.stdout, /47XY11/);
});

test("listen --check reads the settings, and queue shows an empty queue as such", async () => {
  writeFileSync(path.join(folder, "listen.yaml"), "receive: { dimse: { allow: [A] } }\nsend: { dicomweb: { url: 'http://localhost:1/' } }\nmodels: { m: model.onnx }\nrules: [{ name: all, model: m }]\n");
  assert.match((await runCli(["dicom", "listen", "listen.yaml", "--check"], { folder })).stdout, /1 rules, 1 models, receives by dimse, sends by dicomweb/);
  const missing = await runCli(["dicom", "listen", "listen.yaml"], { folder });
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /model\.onnx: expected a model file/);
  assert.ok(!existsSync(path.join(folder, "queue")), "nothing is made before the models are loaded");
  for (const state of ["received", "outgoing", "done", "refused", "failed"]) mkdirSync(path.join(folder, "queue", state), { recursive: true });
  assert.match((await runCli(["dicom", "queue", "queue"], { folder })).stdout, /0 received, 0 outgoing, 0 done, 0 refused, 0 failed/);
});
