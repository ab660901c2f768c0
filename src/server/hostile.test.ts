import assert from "node:assert/strict";
import test from "node:test";
import { DataError } from "../base/index.js";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { withTestServer } from "./server.testkit.js";
import { unpackArchive } from "./data-sets/unpack-archive.js";
import { hostileBytes, sendBytes } from "./hostile-bytes.testkit.js";
import { archiveOf, besiege } from "./hostile.testkit.js";

test("archives that are bombs, or lead out of their folder, are refused before they do harm", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-hostile-"));
  try {
    const zeros = Buffer.alloc(40_000_000);
    const refused = async (name: string, bytes: Buffer): Promise<void> => {
      const out = path.join(folder, "deep", name);
      await assert.rejects(unpackArchive(bytes, out), (error) => error instanceof DataError && error.code.startsWith("zip-"), name);
    };
    await refused("bomb", archiveOf([0, 1, 2, 3, 4].map((i) => ({ name: `${i}.png`, content: zeros }))));
    await refused("liar", archiveOf([{ name: "a.png", content: zeros, told: 10 }]));
    for (const name of ["../up.png", "a/../../up.png", "/etc/up.png", "C:\\up.png", "a\\..\\..\\up.png"]) await refused("climber", archiveOf([{ name, content: Buffer.from("x") }]));
    await refused("giant", archiveOf([{ name: "a.png", content: Buffer.from("x"), told: 0xfffffff0 }]));
    await refused("torn", archiveOf([{ name: "a.png", content: Buffer.from("x") }]).subarray(0, 60));
    assert.deepEqual(await readdir(folder), ["deep"]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("bytes that are no request, or two in one, are refused or the connection is closed", () =>
  withTestServer({}, async ({ listen }) => {
    const { port, host } = new URL(await listen(0));
    for (const [name, bytes] of Object.entries(hostileBytes(host))) {
      const said = await sendBytes(Number(port), bytes);
      // A request that is not at its end yet is waited for; nothing is ever done for it.
      assert.ok(said === "" || /^HTTP\/1\.1 4\d\d /.test(said), `${name}: ${said.slice(0, 300)}`);
      assert.doesNotMatch(said, /node_modules|Set-Cookie: osteon|\bat .*\.js:\d/, name);
      assert.equal(said.match(/HTTP\/1\.1 /g)?.length ?? 0, said === "" ? 0 : 1, `${name} was taken for two`);
    }
    assert.match(await sendBytes(Number(port), Buffer.from(`GET /api/v1/health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)), /^HTTP\/1\.1 200/);
    assert.equal(({} as { role?: string }).role, undefined);
  }));

test("hostile requests end in refusals that say nothing of the server's inside", { timeout: 120_000 }, async () => {
  const { megabytes } = await besiege(400);
  assert.ok(megabytes < 400, `memory grew by ${megabytes.toFixed(0)} MiB`);
});
