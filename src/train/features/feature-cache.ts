import { createHash } from "node:crypto";
import { mkdir, open, readdir, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { fileError, sha256, withFileErrors } from "../../files/index.js";

const keyBytes = 32;
const sumBytes = 8;
/** Read at once when a file is opened. */
const blockBytes = 2 ** 20;

function checksum(record: Buffer): Buffer {
  return createHash("sha256").update(record).digest().subarray(0, sumBytes);
}

export interface FeatureCacheOptions {
  /** Folder of the cache; without one the features live in memory alone. */
  readonly directory?: string;
  /** Names the file of a process that shares the folder with others: each appends to its own, and reads what is in all when it opens them. */
  readonly writer?: string;
  /** What made the features: the frozen network with its weights. */
  readonly producer: string;
  /** Numbers per image. */
  readonly size: number;
  /** Bytes of features held in memory; what is beyond is read from the disk each time. */
  readonly memoryBytes?: number;
}

/** Where a record lies. */
interface RecordPlace {
  readonly file: FileHandle;
  readonly position: number;
}

/**
 * Outputs of a frozen network, kept by image. On the disk it is one file per producer and writer: records of key, floats and checksum, appended; a torn
 * end is cut off at opening, so that a killed run loses at most its last image.
 */
export class FeatureCache {
  readonly #size: number;
  readonly #memoryLimit: number;
  readonly #memory = new Map<string, Float32Array>();
  readonly #places = new Map<string, RecordPlace>();
  /** Digests of keys: an image is asked for in every epoch of every fold. */
  readonly #digests = new Map<string, string>();
  readonly #place: string;
  #file: FileHandle | undefined;
  /** Files of other writers. */
  readonly #others: FileHandle[] = [];
  #end = 0;
  #appending: Promise<void> = Promise.resolve();

  private constructor(options: FeatureCacheOptions, place: string) {
    this.#size = options.size;
    this.#memoryLimit = options.directory === undefined ? Infinity : (options.memoryBytes ?? 2 ** 29);
    this.#place = place;
  }

  /** @throws DataError `file-enospc` and the like */
  static async open(options: FeatureCacheOptions): Promise<FeatureCache> {
    if (options.directory === undefined) return new FeatureCache(options, "memory");
    const name = sha256(`${options.producer} ${options.size}`).slice(0, 16);
    const own = options.writer === undefined ? `${name}.features` : `${name}.${options.writer}.features`;
    const cache = new FeatureCache(options, path.join(options.directory, own));
    try {
      await mkdir(options.directory, { recursive: true });
      for (const other of await readdir(options.directory)) {
        if (other === own || !other.startsWith(`${name}.`) || !other.endsWith(".features")) continue;
        const file = await open(path.join(options.directory, other), "r");
        cache.#others.push(file);
        await cache.#load(file);
      }
      // "a+" would ignore positions when it writes; "r+" needs the file to exist.
      await (await open(cache.#place, "a")).close();
      cache.#file = await open(cache.#place, "r+");
      cache.#end = await cache.#load(cache.#file);
      await cache.#file.truncate(cache.#end);
    } catch (error) {
      await cache.close();
      throw fileError(error, options.directory);
    }
    return cache;
  }

  get #recordBytes(): number {
    return keyBytes + 4 * this.#size + sumBytes;
  }

  /** Takes up the whole records of a file. @returns where they end */
  async #load(file: FileHandle): Promise<number> {
    const size = this.#recordBytes;
    // A read of many records costs what a read of one does.
    const block = Buffer.alloc(size * Math.max(1, Math.floor(blockBytes / size)));
    for (let start = 0; ; start += block.length) {
      const { bytesRead } = await file.read(block, 0, block.length, start);
      for (let offset = 0; offset < block.length; offset += size) {
        const record = block.subarray(offset, offset + size);
        const body = record.subarray(0, size - sumBytes);
        if (offset + size > bytesRead || !checksum(body).equals(record.subarray(body.length))) return start + offset;
        const key = record.toString("hex", 0, keyBytes);
        this.#places.set(key, { file, position: start + offset });
        this.#remember(key, this.#floatsOf(record));
      }
    }
  }

  #floatsOf(record: Buffer): Float32Array {
    const floats = new Float32Array(this.#size);
    new Uint8Array(floats.buffer).set(record.subarray(keyBytes, keyBytes + floats.byteLength));
    return floats;
  }

  #remember(key: string, floats: Float32Array): void {
    if ((this.#memory.size + 1) * floats.byteLength <= this.#memoryLimit) this.#memory.set(key, floats);
  }

  #digestOf(key: string): string {
    const digest = this.#digests.get(key) ?? sha256(key);
    this.#digests.set(key, digest);
    return digest;
  }

  has(key: string): boolean {
    const digest = this.#digestOf(key);
    return this.#memory.has(digest) || this.#places.has(digest);
  }

  /** The features under a key, or undefined. Not to be changed by the caller. */
  async get(key: string): Promise<Float32Array | undefined> {
    const digest = this.#digestOf(key);
    const known = this.#memory.get(digest);
    const place = this.#places.get(digest);
    if (known !== undefined || place === undefined) return known;
    await this.#appending;
    const record = Buffer.alloc(this.#recordBytes);
    await place.file.read(record, 0, record.length, place.position);
    return this.#floatsOf(record);
  }

  /** @throws DataError `file-enospc` and the like */
  async set(key: string, features: Float32Array): Promise<void> {
    const digest = this.#digestOf(key);
    this.#remember(digest, features);
    const file = this.#file;
    if (file === undefined || this.#places.has(digest)) return;
    const body = Buffer.concat([Buffer.from(digest, "hex"), new Uint8Array(features.buffer, features.byteOffset, features.byteLength)]);
    const record = Buffer.concat([body, checksum(body)]);
    const position = this.#end;
    this.#places.set(digest, { file, position });
    this.#end += record.length;
    this.#appending = this.#append(file, record, position);
    await withFileErrors(this.#place, () => this.#appending);
  }

  /** Writes after the record before, so that a torn file is torn at its end. */
  async #append(file: FileHandle, record: Buffer, position: number): Promise<void> {
    await this.#appending;
    await file.write(record, 0, record.length, position);
  }

  async close(): Promise<void> {
    await this.#appending.catch(() => undefined);
    await this.#file?.close();
    for (const file of this.#others) await file.close();
    this.#file = undefined;
  }
}
