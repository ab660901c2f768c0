import assert from "node:assert/strict";
import { randomFillSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import test from "node:test";
import { seededRandom } from "../base/index.js";
import { freePort } from "../files/free-port.testkit.js";
import { sha256 } from "../files/index.js";
import { createClient } from "./contract/client.js";
import { makeRunFolder, openTestServer } from "./server.testkit.js";
import { Store } from "./store/store.js";
import { startServer } from "./submissions.testkit.js";

const kills = 6;

test("an upload goes on through kills of the server, and is the file that was sent", { timeout: 300_000 }, async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-upload-"));
  const root = path.join(folder, "work");
  try {
    await makeRunFolder(root);
    const setup = await openTestServer({ root });
    const { token } = await setup.people.researcher.call("makeToken", { body: { name: "sender", scopes: ["write"] } });
    await setup.close();
    const bytes = randomFillSync(Buffer.alloc(120_000_000));
    const port = await freePort();
    const client = createClient({ base: `http://127.0.0.1:${port}`, token });
    let server = await startServer({ root, port });
    const { id } = await client.call("makeUpload", { body: { name: "large.bin", size: bytes.length, sha256: sha256(bytes) } });
    /** Sends a part slowly enough that a kill meets it in the middle; whether it was acknowledged. */
    const send = (offset: number, part: Buffer): Promise<boolean> =>
      new Promise((resolve) => {
        const asked = request({ port, method: "PUT", path: `/api/v1/uploads/${id}?offset=${offset}`, headers: { authorization: `Bearer ${token}`, "content-type": "application/octet-stream", "content-length": part.length } }, (answer) => answer.resume().on("end", () => resolve(answer.statusCode === 200)));
        asked.on("error", () => resolve(false));
        void (async () => {
          for (let at = 0; at < part.length && !asked.destroyed; at += 1_000_000) {
            asked.write(part.subarray(at, at + 1_000_000));
            await wait(20);
          }
          asked.end();
        })();
      });
    const random = seededRandom("upload kills");
    let acknowledged = 0;
    let broken = 0;
    for (let offset = 0; offset < bytes.length; ) {
      const part = bytes.subarray(offset, offset + 20_000_000);
      const sending = send(offset, part);
      if (broken < kills) {
        await wait(50 + random.integer(250));
        const gone = new Promise((resolve) => server.once("exit", resolve));
        server.kill("SIGKILL");
        await gone;
        broken += 1;
        server = await startServer({ root, port });
      }
      const isTaken = await sending;
      const upload = await client.call("upload", { params: { upload: id } });
      if (isTaken) acknowledged = offset + part.length;
      assert.ok(upload.offset >= acknowledged, `${upload.offset} of ${acknowledged} acknowledged`);
      ({ offset } = upload);
    }
    assert.equal(broken, kills);
    const done = await client.call("upload", { params: { upload: id } });
    assert.deepEqual([done.state, done.sha256], ["complete", sha256(bytes)]);
    const gone = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGKILL");
    await gone;
    const store = await Store.open({ folder: path.join(root, ".osteon") });
    assert.ok((await store.files.get(done.sha256!)).equals(bytes));
    await store.close();
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
});
