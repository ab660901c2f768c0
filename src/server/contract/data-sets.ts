import { z } from "zod";
import { boxSchema, idSchema, momentSchema, pageOf, pageQuery, shapeSchema } from "./basics.js";
import { administrators, lookers, makers, type RouteFacts } from "./route.js";
import { findingSchema } from "./studies.js";

export const dataSetSchema = z.object({
  id: idSchema, name: z.string(), source: z.enum(["folder", "csv", "dicom", "pacs", "upload"]),
  state: z.enum(["importing", "ready", "failed"]), problem: z.string().optional(),
  cases: z.number().int(), labels: z.array(z.string()), classCounts: z.record(z.string(), z.number()), patients: z.number().int().optional(),
  columns: z.array(z.string()), setAside: z.array(z.object({ file: z.string(), reason: z.string() })), warnings: z.array(z.string()),
  sha256: z.string(), createdAt: momentSchema, changedLabels: z.number().int(),
  /** Of the audit of shortcuts and leaks. */
  audit: z.enum(["none", "running", "done", "failed"]),
});
export type DataSet = z.infer<typeof dataSetSchema>;

export const dataCaseSchema = z.object({
  key: idSchema, name: z.string(), label: z.string(),
  /** As imported, where it was changed since. */
  importedLabel: z.string().optional(),
  patient: z.string().optional(), fields: z.record(z.string(), z.string()),
  boxes: z.array(boxSchema).optional(), shapes: z.array(shapeSchema).optional(), version: z.number().int(),
});
export type DataCase = z.infer<typeof dataCaseSchema>;

export const labelChangeSchema = z.object({ at: momentSchema, by: z.string(), from: z.string(), to: z.string(), reason: z.string() });

export const dataAuditSchema = z.object({
  at: momentSchema.optional(), state: z.enum(["none", "running", "done", "failed"]), problem: z.string().optional(),
  shortcuts: z.union([z.array(findingSchema), z.looseObject({ notEstimable: z.string() })]).optional(),
  leaks: z.looseObject({ cases: z.number(), pairs: z.array(z.looseObject({ a: z.string(), b: z.string(), kind: z.string() })), contradictions: z.number() }).optional(),
});

export const uploadSchema = z.object({ id: idSchema, name: z.string(), size: z.number().int(), offset: z.number().int(), state: z.enum(["open", "complete"]), sha256: z.string().optional() });
export type Upload = z.infer<typeof uploadSchema>;

/** A study of a PACS by its UID, with the label of its images. */
const pacsStudy = z.object({ study: z.string().max(70), label: z.string().max(200) });
const setParams = z.object({ dataset: idSchema });
const caseParams = z.object({ dataset: idSchema, case: idSchema });
const uploadParams = z.object({ upload: idSchema });

export const dataSetRoutes = {
  dataSets: { method: "GET", path: "/datasets", summary: "Data sets", roles: lookers, scope: "read", query: pageQuery, response: pageOf(dataSetSchema) },
  importDataSet: {
    method: "POST", path: "/datasets", summary: "Import a folder or table of the server's folder, an uploaded archive, or studies of a PACS", roles: makers, scope: "write", status: 202, audit: "dataset.import", response: dataSetSchema,
    body: z.object({
      name: z.string().trim().min(1).max(120),
      from: z.discriminatedUnion("kind", [
        /** Path below the server's folder. */
        z.object({ kind: z.enum(["folder", "csv", "dicom"]), path: z.string().min(1).max(1000) }),
        /** CSV table, or ZIP archive of images or DICOM files. */
        z.object({ kind: z.literal("upload"), upload: idSchema }),
        z.object({ kind: z.literal("pacs"), server: z.string().max(500), ...pacsStudy.shape, /** Further ones. */ more: z.array(pacsStudy).max(2000).optional() }),
      ]),
      skipBad: z.boolean().optional(), labelColumn: z.string().max(200).optional(),
    }),
  },
  dataSet: { method: "GET", path: "/datasets/:dataset", summary: "A data set", roles: lookers, scope: "read", params: setParams, response: dataSetSchema },
  removeDataSet: { method: "DELETE", path: "/datasets/:dataset", summary: "Take a data set out of the list", roles: makers, scope: "write", params: setParams, audit: "dataset.remove" },
  dataCases: { method: "GET", path: "/datasets/:dataset/cases", summary: "Cases of a data set", roles: lookers, scope: "read", params: setParams, query: pageQuery.extend({ label: z.string().max(200).optional(), search: z.string().max(200).optional(), changed: z.enum(["true", "false"]).optional(), sort: z.enum(["name", "label", "patient"]).default("name") }), response: pageOf(dataCaseSchema) },
  dataCase: { method: "GET", path: "/datasets/:dataset/cases/:case", summary: "A case of a data set with the history of its label", roles: lookers, scope: "read", params: caseParams, response: dataCaseSchema.extend({ history: z.array(labelChangeSchema) }), audit: "case.look" },
  dataCaseImage: { method: "GET", path: "/datasets/:dataset/cases/:case/image", summary: "Its picture", roles: lookers, scope: "read", params: caseParams, query: z.object({ format: z.enum(["png", "dicom", "thumbnail"]).default("png") }), produces: "image/png", audit: "case.image" },
  changeLabel: { method: "PATCH", path: "/datasets/:dataset/cases/:case", summary: "Correct a label; `If-Match` names the version changed", roles: makers, scope: "write", params: caseParams, body: z.object({ label: z.string().trim().min(1).max(200), reason: z.string().trim().min(1).max(1000), /** The data set does not have the label yet. */ isNew: z.boolean().optional() }), isVersioned: true, response: dataCaseSchema, audit: "label.change" },
  dataTable: { method: "GET", path: "/datasets/:dataset/table.csv", summary: "The table with the labels as they are now", roles: makers, scope: "read", params: setParams, produces: "text/csv", audit: "dataset.download" },
  dataAudit: { method: "GET", path: "/datasets/:dataset/audit", summary: "Shortcuts and leaks found", roles: lookers, scope: "read", params: setParams, response: dataAuditSchema },
  auditDataSet: { method: "POST", path: "/datasets/:dataset/audit", summary: "Search for shortcuts and leaks", roles: makers, scope: "run", params: setParams, response: dataAuditSchema, status: 202, audit: "dataset.audit" },
  browse: { method: "GET", path: "/browse", summary: "What can be imported: folders and tables of the server's folder, and the PACS it knows", roles: makers, scope: "read", query: z.object({ path: z.string().max(1000).default("") }), response: z.object({ path: z.string(), items: z.array(z.object({ name: z.string(), kind: z.enum(["folder", "csv", "dicom", "file"]) })), /** Names of the PACS that the server was started with. */ pacs: z.array(z.string()) }) },
  makeUpload: { method: "POST", path: "/uploads", summary: "Begin an upload", roles: makers, scope: "write", body: z.object({ name: z.string().min(1).max(200), size: z.number().int().min(1), sha256: z.string().regex(/^[0-9a-f]{64}$/).optional() }), response: uploadSchema, status: 201, audit: "upload.begin" },
  upload: { method: "GET", path: "/uploads/:upload", summary: "How much has arrived", roles: makers, scope: "write", params: uploadParams, response: uploadSchema },
  sendUpload: { method: "PUT", path: "/uploads/:upload", summary: "The bytes from `offset` on, at most 64 MiB at once; the last part ends it", roles: makers, scope: "write", params: uploadParams, query: z.object({ offset: z.coerce.number().int().nonnegative() }), consumes: "application/octet-stream", response: uploadSchema },
  removeUpload: { method: "DELETE", path: "/uploads/:upload", summary: "Give an upload up", roles: makers, scope: "write", params: uploadParams, audit: "upload.remove" },

  serverFacts: { method: "GET", path: "/server", summary: "Version, store and disk", roles: administrators, scope: "manage", response: z.looseObject({ version: z.string(), database: z.enum(["sqlite", "postgres"]), schema: z.number(), startedAt: momentSchema, executors: z.array(z.string()) }) },
  workers: { method: "GET", path: "/workers", summary: "Machines that work on studies", roles: makers, scope: "read", response: z.array(z.looseObject({ id: z.string(), host: z.string(), state: z.string(), lastSeenAt: momentSchema.optional(), task: z.string().optional() })) },
  backups: { method: "GET", path: "/backups", summary: "Backups made", roles: administrators, scope: "manage", response: z.array(z.object({ name: z.string(), at: momentSchema, bytes: z.number() })) },
  makeBackup: { method: "POST", path: "/backups", summary: "Back up database and files while running", roles: administrators, scope: "manage", response: z.object({ name: z.string(), at: momentSchema, bytes: z.number() }), status: 201, audit: "backup.make" },
} as const satisfies Record<string, RouteFacts>;
