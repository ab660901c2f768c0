import { z } from "zod";
import { fewestCases, methods, usualMethods, type MethodName } from "../../explain/index.js";

/** Recipe key `audit`. */
export const auditKey = z
  .union([
    z.boolean(),
    z.strictObject({
      methods: z.array(z.enum(Object.keys(methods) as [MethodName, ...MethodName[]])).min(1).optional().describe(`Methods to audit. Left out: ${usualMethods.join(", ")}.`),
      cases: z.number().int().min(fewestCases).max(100_000).optional().describe("Test cases, drawn in equal parts from the folds of the first seed; 100 where left out."),
    }),
  ])
  .describe("Measures, for every network, what the maps of each method are worth: whether they localize, are faithful, depend on the weights, are steady, repeatable and reproducible. Needs models: keep. May be changed after a run: nothing is trained again.");
