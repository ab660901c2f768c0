import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, open, rm, stat, truncate } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { uploadPartLimit } from "../http/limits.js";
import { refusal, Refusal } from "../http/refusal.js";
import type { Store } from "../store/store.js";

/** Where the bytes of an upload gather until it is complete. */
export const partFile = ({ folder }: Pick<Store, "folder">, upload: string): string => path.join(folder, "uploads", upload);

/** How much has arrived: what the disk holds, whatever server wrote it. */
export function bytesArrived(store: Pick<Store, "folder">, upload: string): Promise<number> {
  return stat(partFile(store, upload)).then(({ size }) => size, () => 0);
}

/** `sha-256=:...:` of RFC 9530, in base64; undefined where the sender gives none. @throws Refusal 400 */
export function readDigest(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const digest = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/.exec(header)?.[1];
  if (digest === undefined) throw refusal("upload-digest");
  return digest;
}

/** Where a sender says its part's place twice, it must be the same. @throws Refusal 400 */
export function checkContentRange(header: string | undefined, { offset, size }: { readonly offset: number; readonly size: number }): void {
  if (header === undefined) return;
  const [, from, last, whole] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(header) ?? [];
  if (from === undefined || Number(from) !== offset || Number(last) < offset || Number(last) >= size || (whole !== "*" && Number(whole) !== size)) throw refusal("upload-range", { offset, size, range: header.slice(0, 80) });
}

export interface Part {
  readonly had: number;
  /** Bytes that may come. */
  readonly left: number;
  /** SHA-256 of the part in base64, where the sender gives it. */
  readonly digest: string | undefined;
}

/**
 * Appends a stream to a file and waits until it is on disk. What came before a broken connection stays, so that the sender goes on
 * from there; of a part with a digest, and of one that is refused, nothing stays.
 * @throws Refusal 400, 413, 422
 */
export async function appendPart(stream: Readable, file: string, { had, left, digest }: Part): Promise<void> {
  const hash = createHash("sha256");
  let bytes = 0;
  await mkdir(path.dirname(file), { recursive: true });
  try {
    await pipeline(
      stream,
      async function* (source: AsyncIterable<Buffer>) {
        for await (const part of source) {
          bytes += part.length;
          if (bytes > left) throw refusal("part-too-large", { bytes: left, megabytes: uploadPartLimit / 2 ** 20 });
          hash.update(part);
          yield part;
        }
      },
      createWriteStream(file, { flags: "a" }),
    );
    if (digest !== undefined && hash.digest("base64") !== digest) throw refusal("upload-damaged");
  } catch (error) {
    const isRefused = error instanceof Refusal;
    if (isRefused || digest !== undefined) await truncate(file, had).catch(() => {});
    throw isRefused ? error : refusal("upload-broken");
  }
  const handle = await open(file, "r+");
  await handle.sync();
  await handle.close();
}

/** An upload that nobody has sent a byte of for so long is given up. */
const livesMs = 7 * 86_400_000;

/** Takes away what senders have left behind, so that it does not fill the disk. */
export async function sweepUploads(store: Store, isBusy: (upload: string) => boolean): Promise<void> {
  const open = await store.db.selectFrom("uploads").select(["id", "created_at"]).where("state", "=", "open").execute();
  for (const { id, created_at: begun } of open) {
    const touched = await stat(partFile(store, id)).then(({ mtimeMs }) => mtimeMs, () => Date.parse(begun));
    if (isBusy(id) || touched + livesMs > Date.now()) continue;
    await store.write(({ tx }) => tx.deleteFrom("uploads").where("id", "=", id).where("state", "=", "open").execute());
    await rm(partFile(store, id), { force: true });
  }
}
