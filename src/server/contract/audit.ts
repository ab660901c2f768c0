import { z } from "zod";
import { idSchema, momentSchema, pageOf, pageQuery } from "./basics.js";
import { administrators, type RouteFacts } from "./route.js";

/** An entry of the audit log; `hash` is over the entry and the hash before it. */
export const auditEntrySchema = z.object({
  sequence: z.number().int(), at: momentSchema, actor: z.object({ id: z.string(), name: z.string() }), action: z.string(), subject: z.string(),
  outcome: z.enum(["done", "refused"]), details: z.record(z.string(), z.unknown()), hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

export const auditRoutes = {
  auditLog: { method: "GET", path: "/audit", summary: "Audit log, the newest first", roles: administrators, scope: "manage", query: pageQuery.extend({ actor: idSchema.optional(), action: z.string().max(80).optional(), subject: z.string().max(200).optional(), from: momentSchema.optional(), to: momentSchema.optional() }), response: pageOf(auditEntrySchema) },
  verifyAudit: { method: "POST", path: "/audit/verify", summary: "Check the chain of the audit log", roles: administrators, scope: "manage", response: z.object({ intact: z.boolean(), entries: z.number().int(), head: z.string(), problem: z.string().optional() }) },
  health: { method: "GET", path: "/health", summary: "Whether the server answers", roles: "public", response: z.object({ status: z.literal("ok") }) },
  openApi: { method: "GET", path: "/openapi.json", summary: "This API as OpenAPI 3.1", roles: "public", response: z.looseObject({ openapi: z.string() }) },
} as const satisfies Record<string, RouteFacts>;
