import { createReadStream } from "node:fs";
import { open, readdir, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { AwsClient } from "aws4fetch";
import { DataError, InputError } from "../../base/index.js";
import { sha256 } from "../../files/index.js";
import { DiskFiles, type FileStore } from "./files.js";

export interface S3Options {
  /** Bucket, and what names begin with: `https://s3.example.org/bucket/osteon`. */
  readonly url: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region?: string;
  /** Folder for copies of what was used last. */
  readonly cache: string;
  /** Bytes that these take at most. */
  readonly cacheBytes?: number;
}

/** Larger files go in parts of this size; a part is in memory while it is sent. */
const partBytes = 16 * 2 ** 20;

const quote = (text: string): string => text.replaceAll(/[^\w .:-]/g, " ").slice(0, 200);

/**
 * Files in an S3-compatible store, named by their SHA-256, with copies on disk of those used last. What is sent carries its
 * checksum in the signature; what is fetched is checked against its name.
 */
export class S3Files implements FileStore {
  readonly #client: AwsClient;
  readonly #base: string;
  readonly #cache: DiskFiles;
  readonly #cacheBytes: number;

  private constructor({ url, accessKeyId, secretAccessKey, sessionToken, region = "us-east-1", cache, cacheBytes = 20 * 2 ** 30 }: S3Options) {
    this.#client = new AwsClient({ accessKeyId, secretAccessKey, region, service: "s3", retries: 4, initRetryMs: 100, ...(sessionToken !== undefined && { sessionToken }) });
    this.#base = url.replace(/\/+$/, "");
    this.#cache = new DiskFiles(cache);
    this.#cacheBytes = cacheBytes;
  }

  /** @throws InputError `files-url`; DataError `s3` where the store does not answer or refuses the key */
  static async open(options: S3Options): Promise<S3Files> {
    const { url } = options;
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(parsed?.hostname ?? "");
    if (parsed === undefined || !(parsed.protocol === "https:" || (parsed.protocol === "http:" && isLocal)) || parsed.pathname.length < 2 || parsed.search !== "" || parsed.username !== "") {
      throw new InputError("files-url", `--files: expected https://host/bucket, got "${url.replace(/\/\/[^@/]*@/, "//").slice(0, 80)}". Give the address of the bucket; the key goes into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`);
    }
    const files = new S3Files(options);
    // A file of a few bytes tells whether this key may write and read.
    const probe = await files.#cache.put(Buffer.from("osteon"));
    await files.#send(probe, "osteon".length);
    if (!(await files.#isThere(probe))) throw new DataError("s3", "file store: expected what was written to be there, got nothing. Check --files.");
    return files;
  }

  /** @throws DataError `s3` for every answer that was not asked for */
  async #ask(name: string, { query = "", expected = [200], ...init }: RequestInit & { readonly query?: string; readonly expected?: readonly number[] } = {}): Promise<Response> {
    let answer: Response;
    try {
      answer = await this.#client.fetch(`${this.#base}/${name.slice(0, 2)}/${name}${query}`, init);
    } catch (error) {
      throw new DataError("s3", `file store: expected an answer of ${new URL(this.#base).host}, got ${quote(String((error as Error).cause ?? error))}. Check --files and the network.`, { cause: error });
    }
    if (expected.includes(answer.status)) return answer;
    const code = /<Code>(\w+)<\/Code>/.exec(await answer.text())?.[1] ?? "";
    throw new DataError("s3", `file store: expected the bucket of --files to be open to this key, got ${answer.status} ${code}. Check the address, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION.`);
  }

  async #isThere(name: string): Promise<boolean> {
    const answer = await this.#ask(name, { method: "HEAD", expected: [200, 404] });
    return answer.status === 200;
  }

  async put(bytes: Uint8Array): Promise<string> {
    return (await this.putStream(Readable.from([bytes]))).sha256;
  }

  async putFile(file: string): Promise<{ sha256: string; bytes: number }> {
    return this.putStream(createReadStream(file));
  }

  async putStream(stream: Readable, expected?: string): Promise<{ sha256: string; bytes: number }> {
    const kept = await this.#cache.putStream(stream, expected);
    if (!(await this.#isThere(kept.sha256))) await this.#send(kept.sha256, kept.bytes);
    await this.#prune();
    return kept;
  }

  async #send(name: string, bytes: number): Promise<void> {
    const handle = await open(this.#cache.path(name));
    try {
      const part = async (at: number): Promise<Uint8Array<ArrayBuffer>> => {
        const buffer = Buffer.alloc(Math.min(partBytes, bytes - at));
        await handle.read(buffer, 0, buffer.length, at);
        return buffer;
      };
      if (bytes <= partBytes) await this.#ask(name, { method: "PUT", body: await part(0), headers: { "x-amz-content-sha256": name } });
      else await this.#sendParts(name, bytes, part);
    } finally {
      await handle.close();
    }
  }

  async #sendParts(name: string, bytes: number, part: (at: number) => Promise<Uint8Array<ArrayBuffer>>): Promise<void> {
    const begun = await (await this.#ask(name, { method: "POST", query: "?uploads=" })).text();
    const id = encodeURIComponent(/<UploadId>([^<]+)<\/UploadId>/.exec(begun)?.[1] ?? "");
    try {
      const tags: string[] = [];
      for (let at = 0; at < bytes; at += partBytes) {
        const body = await part(at);
        const answer = await this.#ask(name, { method: "PUT", query: `?partNumber=${tags.length + 1}&uploadId=${id}`, body, headers: { "x-amz-content-sha256": sha256(body) } });
        tags.push(answer.headers.get("etag") ?? "");
      }
      const list = tags.map((tag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${tag}</ETag></Part>`).join("");
      const ended = await (await this.#ask(name, { method: "POST", query: `?uploadId=${id}`, body: `<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`, headers: { "content-type": "application/xml" } })).text();
      // An end that fails late is told with status 200.
      if (/<Error>/.test(ended)) throw new DataError("s3", "file store: expected the parts to be put together, got a refusal. Try again.");
    } catch (error) {
      await this.#ask(name, { method: "DELETE", query: `?uploadId=${id}`, expected: [204, 200, 404] }).catch(() => {});
      throw error;
    }
  }

  async has(name: string): Promise<boolean> {
    return this.#isThere(name);
  }

  async get(name: string): Promise<Buffer> {
    await this.localPath(name);
    return this.#cache.get(name);
  }

  async localPath(name: string): Promise<string> {
    const file = this.#cache.path(name);
    const found = await this.#cache.localPath(name).catch(() => undefined);
    if (found === undefined) await this.#fetch(name);
    await utimes(file, new Date(), new Date()).catch(() => {});
    return file;
  }

  async #fetch(name: string): Promise<void> {
    const answer = await this.#ask(name, { expected: [200, 404] });
    if (answer.status === 404) throw new DataError("file-missing", `file ${name.slice(0, 12)}: expected it in the store, got none. Restore a backup.`);
    try {
      await this.#cache.putStream(Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]), name);
    } catch (error) {
      if (error instanceof DataError && error.code === "checksum") throw new DataError("file-damaged", `file ${name.slice(0, 12)}: expected content of its SHA-256, got other bytes. Restore a backup.`);
      throw error;
    }
    await this.#prune(name);
  }

  async stream(name: string): Promise<Readable> {
    return createReadStream(await this.localPath(name));
  }

  /** Takes the copies used longest ago away, where they are too many. They are in the bucket. */
  async #prune(but?: string): Promise<void> {
    const names = (await readdir(this.#cache.folder, { recursive: true, withFileTypes: true }).catch(() => [])).filter((entry) => entry.isFile() && entry.name !== but && /^[0-9a-f]{64}$/.test(entry.name));
    const copies = await Promise.all(names.map(async ({ name }) => ({ name, facts: await stat(this.#cache.path(name)).catch(() => undefined) })));
    let bytes = copies.reduce((sum, { facts }) => sum + (facts?.size ?? 0), 0);
    for (const { name, facts } of copies.sort((a, b) => (a.facts?.mtimeMs ?? 0) - (b.facts?.mtimeMs ?? 0))) {
      if (bytes <= this.#cacheBytes) return;
      await rm(this.#cache.path(name), { force: true });
      bytes -= facts?.size ?? 0;
    }
  }
}

/** Folder of the copies, in that of the store. */
export const s3CacheOf = (folder: string): string => path.join(folder, "files-cache");
