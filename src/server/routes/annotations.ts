import type { Selectable } from "kysely";
import type { Annotation, caseRoutes } from "../contract/cases.js";
import type { Shape } from "../contract/basics.js";
import type { Raw } from "../http/answer.js";
import { versionTag } from "../contract/client.js";
import { personIn, requireVersion, type Handlers } from "../http/call.js";
import { readPage } from "../http/paging.js";
import { notFound } from "../http/refusal.js";
import { newId, now } from "../ids.js";
import type { Store } from "../store/store.js";
import type { AnnotationTable } from "../store/tables.js";
import { annotationAsDicom } from "../studies/annotation-dicom.js";

type Names = Extract<keyof typeof caseRoutes, `${string}nnotation${string}`>;
type Row = Selectable<AnnotationTable>;

const sayAnnotation = (row: Row): Annotation => ({
  id: row.id, study: row.study_id, case: row.case_key, shapes: JSON.parse(row.shapes) as Shape[], title: row.title, note: row.note, author: { id: row.author_id, name: row.author_name }, createdAt: row.created_at, changedAt: row.changed_at, version: row.version,
});

async function find(db: Store["db"], id: string): Promise<Row> {
  const row = await db.selectFrom("annotations").selectAll().where("id", "=", id).where("removed", "=", 0).executeTakeFirst();
  if (row === undefined) throw notFound("annotation");
  return row;
}

export const annotationHandlers: Handlers<Names> = {
  annotations: async ({ query }, { store }) => {
    let list = store.db.selectFrom("annotations").selectAll().where("study_id", "=", query.study).where("removed", "=", 0);
    if (query.case !== undefined) list = list.where("case_key", "=", query.case);
    const { rows, ...page } = await readPage(list, { limit: query.limit, cursor: query.cursor, by: ["created_at", "id"] });
    return { ...page, items: rows.map(sayAnnotation) };
  },
  makeAnnotation: async (call, { store }) => {
    const { study, case: key, shapes, title, note } = call.body;
    const person = personIn(call);
    if ((await store.db.selectFrom("study_cases").select("key").where("study_id", "=", study).where("key", "=", key).executeTakeFirst()) === undefined) throw notFound("case");
    const row: Row = { id: newId(), study_id: study, case_key: key, author_id: person.id, author_name: person.name, title, note, shapes: JSON.stringify(shapes), created_at: now(), changed_at: now(), version: 1, removed: 0 };
    await store.write(({ tx }) => tx.insertInto("annotations").values(row).execute());
    call.audit.subject = `${study}/${key}`;
    call.audit.details = { annotation: row.id };
    call.reply.header("etag", versionTag(1));
    return sayAnnotation(row);
  },
  changeAnnotation: async (call, { store }) => {
    const changed = await store.write(async ({ tx }) => {
      const row = await find(tx, call.params.annotation);
      requireVersion(call, row.version);
      const next = { ...row, title: call.body.title, note: call.body.note, shapes: JSON.stringify(call.body.shapes), changed_at: now(), version: row.version + 1 };
      await tx.updateTable("annotations").set(next).where("id", "=", row.id).execute();
      return next;
    });
    call.audit.details = { version: changed.version };
    call.reply.header("etag", versionTag(changed.version));
    return sayAnnotation(changed);
  },
  removeAnnotation: async ({ params }, { store }): Promise<undefined> => {
    await store.write(async ({ tx }) => {
      const row = await find(tx, params.annotation);
      await tx.updateTable("annotations").set({ removed: 1 }).where("id", "=", row.id).execute();
    });
  },
  annotationDicom: async ({ params, query }, bench): Promise<Raw> => {
    const row = await find(bench.store.db, params.annotation);
    return { raw: "bytes", bytes: await annotationAsDicom(bench, sayAnnotation(row), query.kind), mediaType: "application/dicom", name: `annotation-${query.kind}.dcm` };
  },
};
