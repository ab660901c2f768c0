import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { Selectable } from "kysely";
import { DataError } from "../../base/index.js";
import type { dataSetRoutes, Upload } from "../contract/data-sets.js";
import { appendPart, bytesArrived, checkContentRange, partFile, readDigest, sweepUploads } from "../data-sets/upload-parts.js";
import { uploadPartLimit } from "../http/limits.js";
import { personIn, type Call, type Handlers } from "../http/call.js";
import { notFound, refusal } from "../http/refusal.js";
import { newId, now } from "../ids.js";
import type { Person } from "../people/person.js";
import type { UploadTable } from "../store/tables.js";
import type { Workbench } from "../workbench.js";

type Names = Extract<keyof typeof dataSetRoutes, "makeUpload" | "upload" | "sendUpload" | "removeUpload">;
type Row = Selectable<UploadTable>;

/** Largest upload, and how many one person may have open. */
const most = { bytes: 64 * 2 ** 30, open: 20 };

async function sayUpload({ store }: Workbench, row: Row): Promise<Upload> {
  const offset = row.state === "complete" ? row.size : await bytesArrived(store, row.id);
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

/** While no part of the upload is being written. @throws Refusal 409 */
async function alone<T>({ id }: Row, work: () => Promise<T>): Promise<T> {
  if (busy.has(id)) throw refusal("upload-busy");
  busy.add(id);
  try {
    return await work();
  } finally {
    busy.delete(id);
  }
}

export const uploadHandlers: Handlers<Names> = {
  makeUpload: async (call, bench) => {
    const { name, size, sha256 } = call.body;
    if (size > most.bytes) throw refusal("upload-too-large", { gigabytes: most.bytes / 2 ** 30 });
    await sweepUploads(bench.store, (id) => busy.has(id));
    const user = personIn(call).id;
    const others = await bench.store.db.selectFrom("uploads").select("id").where("user_id", "=", user).where("state", "=", "open").limit(most.open).execute();
    if (others.length >= most.open) throw refusal("too-many-uploads", { most: most.open });
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
    const { offset } = call.query;
    const { headers } = call.request;
    const digest = readDigest(headers["content-digest"] as string | undefined);
    checkContentRange(headers["content-range"], { offset, size: row.size });
    await alone(row, async () => {
      const file = partFile(bench.store, row.id);
      const had = await bytesArrived(bench.store, row.id);
      if (offset !== had) throw refusal("upload-offset", { expected: had, offset });
      await appendPart(call.request.body as Readable, file, { had, left: Math.min(uploadPartLimit, row.size - had), digest });
      if ((await bytesArrived(bench.store, row.id)) === row.size) await finish(bench, row, personIn(call));
    });
    return sayUpload(bench, await find(call, bench));
  },
  removeUpload: async (call, bench): Promise<undefined> => {
    const row = await find(call, bench);
    if (row.state === "complete") throw refusal("upload-complete");
    await alone(row, async () => {
      await bench.store.write(({ tx }) => tx.deleteFrom("uploads").where("id", "=", row.id).execute());
      await rm(partFile(bench.store, row.id), { force: true });
    });
  },
};

/** Keeps a file that has arrived whole. @throws DataError `checksum` where it is not what its sender announced: it begins again */
async function finish({ store }: Workbench, row: Row, person: Person): Promise<void> {
  const file = partFile(store, row.id);
  const kept = await store.files.putStream(createReadStream(file), row.sha256 ?? undefined).catch(async (error: unknown) => {
    if (error instanceof DataError && error.code === "checksum") await rm(file, { force: true });
    throw error;
  });
  await store.write(async ({ tx, note }) => {
    await tx.insertInto("files").values({ sha256: kept.sha256, bytes: kept.bytes, created_at: now() }).onConflict((known) => known.column("sha256").doNothing()).execute();
    await tx.updateTable("uploads").set({ state: "complete", sha256: kept.sha256 }).where("id", "=", row.id).execute();
    note({ actor: person, action: "upload.end", subject: row.id, details: { bytes: kept.bytes } });
  });
  await rm(file, { force: true });
}
