import { createWriteStream } from "node:fs";
import { mkdir, open, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Selectable } from "kysely";
import { DataError } from "../../base/index.js";
import type { dataSetRoutes, Upload } from "../contract/data-sets.js";
import { uploadPartLimit } from "../http/limits.js";
import { personIn, type Call, type Handlers } from "../http/call.js";
import { notFound, Refusal } from "../http/refusal.js";
import { newId, now } from "../ids.js";
import type { UploadTable } from "../store/tables.js";
import type { Workbench } from "../workbench.js";

type Names = Extract<keyof typeof dataSetRoutes, "makeUpload" | "upload" | "sendUpload" | "removeUpload">;
type Row = Selectable<UploadTable>;

/** Largest upload, and how many one person may have open. */
const most = { bytes: 64 * 2 ** 30, open: 20 };

const partOf = ({ store }: Workbench, id: string): string => path.join(store.folder, "uploads", id);

async function sayUpload(bench: Workbench, row: Row): Promise<Upload> {
  const offset = row.state === "complete" ? row.size : await stat(partOf(bench, row.id)).then(({ size }) => size, () => 0);
  return { id: row.id, name: row.name, size: row.size, offset, state: row.state as Upload["state"], ...(row.sha256 !== null && { sha256: row.sha256 }) };
}

/** An upload belongs to whoever began it. */
async function find(call: Call<"upload"> | Call<"sendUpload"> | Call<"removeUpload">, { store }: Workbench): Promise<Row> {
  const row = await store.db.selectFrom("uploads").selectAll().where("id", "=", call.params.upload).where("user_id", "=", personIn(call).id).executeTakeFirst();
  if (row === undefined) throw notFound("upload");
  return row;
}

/** Uploads that bytes are being written to. */
const busy = new Set<string>();

export const uploadHandlers: Handlers<Names> = {
  makeUpload: async (call, bench) => {
    const { name, size, sha256 } = call.body;
    if (size > most.bytes) throw new Refusal(413, "too-large", `upload: expected at most ${most.bytes / 2 ** 30} GiB, got more. Send it in parts.`);
    const user = personIn(call).id;
    const others = await bench.store.db.selectFrom("uploads").select("id").where("user_id", "=", user).where("state", "=", "open").limit(most.open).execute();
    if (others.length >= most.open) throw new Refusal(409, "too-many-uploads", `uploads: expected fewer than ${most.open} open ones, got as many. Finish or remove one.`);
    const row: Row = { id: newId(), user_id: user, name, size, state: "open", sha256: sha256 ?? null, created_at: now() };
    await bench.store.write(({ tx }) => tx.insertInto("uploads").values(row).execute());
    call.audit.subject = row.id;
    call.audit.details = { bytes: size };
    return sayUpload(bench, row);
  },
  upload: async (call, bench) => sayUpload(bench, await find(call, bench)),
  sendUpload: async (call, bench) => {
    const row = await find(call, bench);
    if (row.state === "complete") return sayUpload(bench, row);
    if (busy.has(row.id)) throw new Refusal(409, "upload-busy", "upload: expected one sender, got two. Wait for the other.");
    busy.add(row.id);
    try {
      const file = partOf(bench, row.id);
      await mkdir(path.dirname(file), { recursive: true });
      const had = await stat(file).then(({ size }) => size, () => 0);
      if (call.query.offset !== had) throw new Refusal(409, "upload-offset", `offset: expected ${had}, got ${call.query.offset}. Go on where the server stands.`);
      await append(call.request.body as Readable, file, Math.min(uploadPartLimit, row.size - had));
      if ((await stat(file)).size === row.size) await finish(bench, row, file);
    } finally {
      busy.delete(row.id);
    }
    return sayUpload(bench, await find(call, bench));
  },
  removeUpload: async (call, bench): Promise<undefined> => {
    const row = await find(call, bench);
    if (row.state === "complete") throw new Refusal(409, "upload-complete", "upload: expected one that is open, got one that is complete.");
    await bench.store.write(({ tx }) => tx.deleteFrom("uploads").where("id", "=", row.id).execute());
    await rm(partOf(bench, row.id), { force: true });
  },
};

/** Appends a stream to a file; what came before a broken connection stays, so that the sender goes on from there. */
async function append(stream: Readable, file: string, left: number): Promise<void> {
  let bytes = 0;
  try {
    await pipeline(
      stream,
      async function* (source: AsyncIterable<Buffer>) {
        for await (const part of source) {
          bytes += part.length;
          if (bytes > left) throw new Refusal(413, "too-large", `upload: expected at most ${left} bytes here, got more. Send what was announced, in parts of at most ${uploadPartLimit / 2 ** 20} MiB.`);
          yield part;
        }
      },
      createWriteStream(file, { flags: "a" }),
    );
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(400, "upload-broken", "upload: expected the whole part, got a broken connection. Go on where the server stands.");
  }
  const handle = await open(file, "r+");
  await handle.sync();
  await handle.close();
}

async function finish(bench: Workbench, row: Row, file: string): Promise<void> {
  const kept = await bench.store.files.putFile(file);
  if (row.sha256 !== null && kept.sha256 !== row.sha256) {
    await rm(file, { force: true });
    throw new DataError("checksum", `upload: expected SHA-256 ${row.sha256.slice(0, 12)}, got ${kept.sha256.slice(0, 12)}. Send it again from the beginning.`);
  }
  await bench.store.write(async ({ tx }) => {
    await tx.insertInto("files").values({ sha256: kept.sha256, bytes: kept.bytes, created_at: now() }).onConflict((known) => known.column("sha256").doNothing()).execute();
    await tx.updateTable("uploads").set({ state: "complete", sha256: kept.sha256 }).where("id", "=", row.id).execute();
  });
  await rm(file, { force: true });
}
