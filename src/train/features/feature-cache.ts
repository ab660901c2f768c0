import { createHash } from "node:crypto";
import { mkdir, open, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { fileError, sha256, withFileErrors } from "../../files/index.js";

const keyBytes = 32;
const sumBytes = 8;

function checksum(record: Buffer): Buffer {
  return createHash("sha256").update(record).digest().subarray(0, sumBytes);
}

export interface FeatureCacheOptions {
  /** Folder of the cache; without one the features live in memory alone. */
  readonly directory?: string;
  /** What made the features: the frozen network with its weights. */
  readonly producer: string;
  /** Numbers per image. */
  readonly size: number;
  /** Bytes of features held in memory; what is beyond is read from the disk each time. */
  readonly memoryBytes?: number;
}

/**
 * Outputs of a frozen network, kept by image. On the disk it is one file per producer: records of key, floats and checksum, appended; a torn end is
 * cut off at opening, so that a killed run loses at most its last image.
 */
export class FeatureCache {
  readonly #size: number;
  readonly #memoryLimit: number;
  readonly #memory = new Map<string, Float32Array>();
  readonly #positions = new Map<string, number>();
  readonly #place: string;
  #file: FileHandle | undefined;
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
    const cache = new FeatureCache(options, path.join(options.directory, `${name}.features`));
    try {
      await mkdir(options.directory, { recursive: true });
      // "a+" would ignore positions when it writes; "r+" needs the file to exist.
      await (await open(cache.#place, "a")).close();
      cache.#file = await open(cache.#place, "r+");
      await cache.#load(cache.#file);
    } catch (error) {
      await cache.#file?.close();
      throw fileError(error, options.directory);
    }
    return cache;
  }

  get #recordBytes(): number {
    return keyBytes + 4 * this.#size + sumBytes;
  }

  async #load(file: FileHandle): Promise<void> {
    const record = Buffer.alloc(this.#recordBytes);
    for (;;) {
      const { bytesRead } = await file.read(record, 0, record.length, this.#end);
      const body = record.subarray(0, record.length - sumBytes);
      if (bytesRead < record.length || !checksum(body).equals(record.subarray(body.length))) break;
      const key = record.toString("hex", 0, keyBytes);
      this.#positions.set(key, this.#end);
      this.#remember(key, this.#floatsOf(record));
      this.#end += record.length;
    }
    await file.truncate(this.#end);
  }

  #floatsOf(record: Buffer): Float32Array {
    const floats = new Float32Array(this.#size);
    new Uint8Array(floats.buffer).set(record.subarray(keyBytes, keyBytes + floats.byteLength));
    return floats;
  }

  #remember(key: string, floats: Float32Array): void {
    if ((this.#memory.size + 1) * floats.byteLength <= this.#memoryLimit) this.#memory.set(key, floats);
  }

  has(key: string): boolean {
    const digest = sha256(key);
    return this.#memory.has(digest) || this.#positions.has(digest);
  }

  /** The features under a key, or undefined. Not to be changed by the caller. */
  async get(key: string): Promise<Float32Array | undefined> {
    const digest = sha256(key);
    const known = this.#memory.get(digest);
    const position = this.#positions.get(digest);
    if (known !== undefined || position === undefined) return known;
    await this.#appending;
    const record = Buffer.alloc(this.#recordBytes);
    await this.#file!.read(record, 0, record.length, position);
    return this.#floatsOf(record);
  }

  /** @throws DataError `file-enospc` and the like */
  async set(key: string, features: Float32Array): Promise<void> {
    const digest = sha256(key);
    this.#remember(digest, features);
    const file = this.#file;
    if (file === undefined || this.#positions.has(digest)) return;
    const body = Buffer.concat([Buffer.from(digest, "hex"), new Uint8Array(features.buffer, features.byteOffset, features.byteLength)]);
    const record = Buffer.concat([body, checksum(body)]);
    const position = this.#end;
    this.#positions.set(digest, position);
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
    this.#file = undefined;
  }
}
