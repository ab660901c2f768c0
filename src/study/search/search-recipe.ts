import { z } from "zod";
import { samplers, schedulers, selectionRules, type SamplerName, type SchedulerName } from "../../search/index.js";
import { searchMetrics, type SearchMetricName } from "./metrics.js";

const value = z.union([z.number(), z.string(), z.boolean(), z.null()]);
const range = z.tuple([z.number(), z.number()]);

const terms = {
  when: z.record(z.string(), z.union([value, z.array(value).min(1)])).optional().describe("Searched only where other parameters have one of these values."),
};
const numeric = {
  ...terms,
  levels: z.number().int().min(2).max(1000).optional().describe("Values on a grid; 3 where left out."),
  simpler: z.enum(["low", "high"]).optional().describe("The end of the range that makes the simpler model, for one-standard-error; known for the usual settings."),
};

const parameter = z.union([
  z.strictObject({ float: range.describe("Lowest and highest value, all equally likely."), ...numeric }),
  z.strictObject({ log: range.describe("Lowest and highest value above 0, searched by their logarithm."), ...numeric }),
  z.strictObject({ int: range.describe("Lowest and highest whole number."), ...numeric }),
  z.strictObject({ logInt: range.describe("Lowest and highest whole number from 1, searched by their logarithm."), ...numeric }),
  z.strictObject({ choice: z.array(value).min(2).describe("Values to choose from."), ...terms }),
]);

const schedulerName = z.enum(Object.keys(schedulers) as [SchedulerName, ...SchedulerName[]]);

/** The recipe's key `search`. */
export const searchSchema = z
  .strictObject({
    space: z
      .record(z.string(), parameter)
      .describe('Settings to search over, by their place in the recipe: "training.optimizer.learningRate", "training.dropout", "regimes.ROW.stages", "augmentation.rotation.maxDeg", "image.size". A searched setting takes the place of the recipe\'s in every row.'),
    sampler: z.enum(Object.keys(samplers) as [SamplerName, ...SamplerName[]]).optional().describe("How trials are chosen: grid, random, latin-hypercube, sobol or tpe. Left out: tpe."),
    trials: z.number().int().min(1).max(10_000).optional().describe("Trials in every fold; 20 where left out, all points of a grid."),
    metric: z
      .enum(Object.keys(searchMetrics) as [SearchMetricName, ...SearchMetricName[]])
      .optional()
      .describe("What the inner folds are judged by; macro-auc where left out."),
    scheduler: z
      .union([
        schedulerName,
        z.strictObject({
          name: schedulerName,
          minimumEpochs: z.number().int().min(1).optional().describe("Epochs of the lowest rung at least; 1 where left out."),
          reduction: z.number().int().min(2).max(16).optional().describe("One in so many trials goes on; 3 where left out."),
        }),
      ])
      .optional()
      .describe("What becomes of weak trials before they are whole: none (all are trained to the end, as where left out), successive-halving or asha."),
    innerFolds: z
      .number()
      .int()
      .min(1)
      .max(20)
      .optional()
      .describe("Folds of the training part by which trials are judged; 3 where left out. 1: a quarter of the training part is held back once."),
    selectionRule: z.enum(selectionRules).optional().describe("best: the highest score. one-standard-error: the simplest trial within one standard error of it."),
    networks: z.array(z.string()).min(1).optional().describe("Networks whose settings are searched; all where left out."),
    rows: z.array(z.string()).min(1).optional().describe("Rows whose settings are searched; all where left out."),
  })
  .describe("Search for settings inside every training fold. Each searched cell is trained twice, with the recipe's settings and with those found, and both are tested on the same cases.");

export type SearchRecipe = z.infer<typeof searchSchema>;
