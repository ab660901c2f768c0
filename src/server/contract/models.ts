import { z } from "zod";
import { figureSchema, idSchema, momentSchema, pageOf, pageQuery } from "./basics.js";
import { lookers, makers, type RouteFacts } from "./route.js";

export const modelSchema = z.object({
  id: idSchema, name: z.string(), study: idSchema.optional(), cell: z.string().optional(), seed: z.number().optional(), fold: z.number().optional(),
  architecture: z.string(), labels: z.array(z.string()), bytes: z.number().int(), sha256: z.string(),
  state: z.enum(["kept", "deployed", "retired"]), changedAt: momentSchema,
  accuracy: figureSchema.optional(),
});
export type Model = z.infer<typeof modelSchema>;

const modelParams = z.object({ model: idSchema });

export const modelRoutes = {
  models: { method: "GET", path: "/models", summary: "Trained models", roles: lookers, scope: "read", query: pageQuery.extend({ state: z.enum(["kept", "deployed", "retired"]).optional(), study: idSchema.optional() }), response: pageOf(modelSchema) },
  model: { method: "GET", path: "/models/:model", summary: "A model with its card", roles: lookers, scope: "read", params: modelParams, response: modelSchema.extend({ card: z.string().optional(), metadata: z.record(z.string(), z.unknown()), history: z.array(z.object({ at: momentSchema, by: z.string(), state: z.string(), note: z.string() })) }) },
  modelFile: { method: "GET", path: "/models/:model/file", summary: "The model file; ranges are served", roles: lookers, scope: "read", params: modelParams, produces: "application/octet-stream", audit: "model.download" },
  deployModel: { method: "POST", path: "/models/:model/deploy", summary: "Offer a model under \"Try a model\"", roles: makers, scope: "write", params: modelParams, body: z.object({ note: z.string().max(1000).default("") }), response: modelSchema, audit: "model.deploy" },
  retireModel: { method: "POST", path: "/models/:model/retire", summary: "Withdraw a model", roles: makers, scope: "write", params: modelParams, body: z.object({ note: z.string().max(1000).default("") }), response: modelSchema, audit: "model.retire" },
} as const satisfies Record<string, RouteFacts>;
