import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { appendFile, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import test from "node:test";
import S3rver from "s3rver";
import { DataError, InputError } from "../../base/index.js";
import { freePort } from "../../files/free-port.testkit.js";
import { withTestServer } from "../server.testkit.js";
import { restoreBackup, writeBackup } from "./backup.js";
import { S3Files, type S3Options } from "./s3-files.js";
import { Store } from "./store.js";

const refuses = (code: string) => (error: unknown): boolean => (error instanceof DataError || error instanceof InputError) && error.code === code;
const hashOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** A folder, and a server that speaks S3: s3rver. It asks for a known key; signatures of version 4 it does not calculate. */
async function withBucket(work: (place: { readonly folder: string; readonly options: S3Options; readonly objects: () => Promise<string[]> }) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-s3-"));
  const port = await freePort();
  const directory = path.join(folder, "objects");
  const server = new S3rver({ port, address: "127.0.0.1", silent: true, directory, configureBuckets: [{ name: "bucket", configs: [] }] });
  await server.run();
  try {
    const objects = async (): Promise<string[]> => (await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile() && entry.name.endsWith("_object")).map((entry) => path.join(entry.parentPath, entry.name));
    await work({ folder, options: { url: `http://127.0.0.1:${port}/bucket/osteon`, accessKeyId: "S3RVER", secretAccessKey: "S3RVER", cache: path.join(folder, "cache") }, objects });
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

test("files lie in the bucket under their checksum, are checked when they come back, and copies give way", () =>
  withBucket(async ({ folder, options, objects }) => {
    const files = await S3Files.open({ ...options, cacheBytes: 50_000_000 });
    const small = Buffer.from("pixels");
    const name = await files.put(small);
    assert.equal(name, hashOf(small));
    assert.equal(await files.put(small), name);
    assert.equal((await objects()).length, 2);
    assert.deepEqual([await files.has(name), await files.has("0".repeat(64))], [true, false]);
    await assert.rejects(files.get("0".repeat(64)), refuses("file-missing"));
    await assert.rejects(files.get("../../etc/passwd"), refuses("file-missing"));
    await assert.rejects(files.putStream(Readable.from([small]), "1".repeat(64)), refuses("checksum"));

    // Another machine has no copies: what it fetches is the same, in one part and in several.
    const large = Buffer.alloc(40_000_003);
    for (let i = 0; i < large.length; i += 4099) large[i] = i % 251;
    const kept = await files.putStream(Readable.from([large.subarray(0, 9_000_000), large.subarray(9_000_000)]));
    assert.deepEqual(kept, { sha256: hashOf(large), bytes: large.length });
    const elsewhere = await S3Files.open({ ...options, cache: path.join(folder, "elsewhere") });
    assert.deepEqual([await elsewhere.get(name), hashOf(await elsewhere.get(kept.sha256))], [small, kept.sha256]);

    // A copy on a bad disk is fetched again.
    await writeFile(await elsewhere.localPath(name), "pixelz");
    assert.deepEqual(await elsewhere.get(name), small);

    // Copies used longest ago go where there are too many; the bucket has them.
    const second = await files.put(Buffer.alloc(30_000_000, 7));
    const copies = (await readdir(options.cache, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    assert.ok((await Promise.all(copies.map((entry) => stat(path.join(entry.parentPath, entry.name))))).reduce((sum, { size }) => sum + size, 0) <= 50_000_000);
    assert.equal((await files.get(kept.sha256)).length, large.length);
    assert.ok(await files.has(second));

    // An object that was changed in the bucket is not taken for what was kept.
    for (const object of await objects()) await appendFile(object, "x");
    await assert.rejects((await S3Files.open({ ...options, cache: path.join(folder, "third") })).get(name), refuses("file-damaged"));
  }));

test("a wrong key, a wrong address and a server that is away are said at the start", () =>
  withBucket(async ({ options }) => {
    await assert.rejects(S3Files.open({ ...options, accessKeyId: "somebody" }), (error: Error) => refuses("s3")(error) && /403 InvalidAccessKeyId/.test(error.message));
    await assert.rejects(S3Files.open({ ...options, url: "http://s3.example.org/bucket" }), refuses("files-url"));
    await assert.rejects(S3Files.open({ ...options, url: "https://key:secret@s3.example.org/bucket" }), (error: Error) => refuses("files-url")(error) && !error.message.includes("secret"));
    await assert.rejects(S3Files.open({ ...options, url: `http://127.0.0.1:${await freePort()}/bucket` }), refuses("s3"));
  }));

test("a workbench keeps uploads in the bucket, and a backup brings them to another store", () =>
  withBucket(async ({ folder, options, objects }) => {
    // With the file that every start writes to see whether it may.
    const bytes = Buffer.from("case,label\n");
    const backup = path.join(folder, "one.osteon-backup");
    await withTestServer({ files: await S3Files.open(options) }, async ({ bench, people: { researcher } }) => {
      const { id } = await researcher.call("makeUpload", { body: { name: "a.csv", size: bytes.length, sha256: hashOf(bytes) } });
      const done = await researcher.call("sendUpload", { params: { upload: id }, query: { offset: 0 }, bytes: new Uint8Array(bytes).buffer });
      assert.deepEqual([done.state, done.sha256], ["complete", hashOf(bytes)]);
      assert.equal((await objects()).length, 2);
      await rm(options.cache, { recursive: true });
      await writeBackup(bench.store, backup);
    });
    const restored = { folder: path.join(folder, "restored") };
    assert.equal((await restoreBackup(backup, restored)).files, 1);
    const store = await Store.open(restored);
    assert.deepEqual(await store.files.get(hashOf(bytes)), bytes);
    await store.close();
  }));
