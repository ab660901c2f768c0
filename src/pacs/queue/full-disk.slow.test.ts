import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import { encodeFileMeta } from "../../dicom/index.js";
import { listenDimse } from "../dimse/provider.js";
import { store } from "../dimse/store.js";
import { radiograph } from "../orthanc.testkit.js";
import { DiskQueue } from "./queue.js";

const folder = mkdtempSync(path.join(tmpdir(), "osteon-full-"));
let mounted = false;
try {
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "osteon-test", folder], { stdio: "ignore" });
  mounted = true;
} catch {
  // Only an administrator can; elsewhere the test is passed over.
}
after(() => {
  if (mounted) execFileSync("umount", ["-l", folder]);
  rmSync(folder, { recursive: true, force: true });
});

test("a disk that fills up refuses with 0xA700; what was acknowledged is there, and nothing else", { skip: mounted ? false : "a small disk can only be made by an administrator" }, async () => {
  const place = path.join(folder, "queue");
  const queue = await DiskQueue.open(place, { reserveBytes: 0, setup: "one" });
  const provider = await listenDimse({ port: 0, title: "OSTEON", allow: ["TESTER"], begin: (names) => queue.intake({ instance: names.instance, origin: "test", head: encodeFileMeta(names) }) });
  const peer = { host: "127.0.0.1", port: provider.port, title: "OSTEON", callingTitle: "TESTER" };
  const sent = await store(peer, Array.from({ length: 20 }, (_, i) => radiograph(i, { side: 256 })));
  const taken = sent.filter(({ status }) => status === 0);
  assert.ok(taken.length > 5 && taken.length < 20, `${taken.length} of 20 taken`);
  assert.ok(sent.every(({ status }) => status === 0 || status === 0xa700));
  assert.deepEqual(await readdir(path.join(place, "incoming")), []);
  await queue.close();
  const again = await DiskQueue.open(place, { reserveBytes: 0, setup: "one" });
  for (const { instance, status } of sent) assert.equal(again.find(instance).length, status === 0 ? 1 : 0);
  // Results that do not fit leave the image where it was.
  const id = again.next()!;
  const record = { id, receivedAt: "", origin: "test" };
  await assert.rejects(again.toOutgoing(id, record, [new Uint8Array(1_000_000)]), { code: "file-enospc" });
  assert.equal(again.next(), id);
  const ballast = (await readdir(path.join(place, "received"))).filter((name) => name !== `${id}.dcm`)[0]!;
  await rm(path.join(place, "received", ballast));
  await again.toOutgoing(id, record, [new Uint8Array(1000)]);
  assert.equal((await again.outgoing(id)).files.length, 1);
  await writeFile(path.join(folder, "rest"), "").catch(() => {});
  await again.close();
  await provider.close();
});
