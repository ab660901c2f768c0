import { z } from "zod";

const fraction = z.number().gt(0).lt(1);
const folds = z.number().int().min(2).max(50);
const strata = z.array(z.string().min(1)).refine((columns) => new Set(columns).size === columns.length, "each column once").optional().describe("Columns of the table (sex, age, site) whose values every part gets its share of too, crossed with the class; numbers are cut at their quartiles.");

/** How cases are divided into those that train and those that are tested: key `split` of a recipe. */
export const splitKey = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("k-fold"), folds: folds.optional().describe("5 where left out."), strata }),
    z.strictObject({ kind: z.literal("repeated-k-fold"), folds: folds.optional().describe("5 where left out."), repeats: z.number().int().min(2).max(100).describe("Whole cross-validations, each with other folds and start weights: seeds one after another from the recipe's."), strata }),
    z.strictObject({ kind: z.literal("nested-k-fold"), folds: folds.optional().describe("Outer folds; 5 where left out."), innerFolds: folds.optional().describe("Folds inside every training side, for choosing settings; 5 where left out."), strata }),
    z.strictObject({ kind: z.literal("hold-out"), test: fraction.optional().describe("Share of the cases that is tested; 0.2 where left out."), validation: fraction.optional().describe("Share of the cases held back for early stopping; where left out, early stopping holds back its own."), strata }),
    z.strictObject({ kind: z.literal("leave-one-site-out"), column: z.string().min(1).describe("Column of the sites.") }),
    z.strictObject({ kind: z.literal("temporal"), column: z.string().min(1).describe("Column of years or dates, year first: 2021, 2021-03-09."), from: z.union([z.string(), z.number().int().transform(String)]).optional().describe("First year or date that is tested."), test: fraction.optional().describe("Share of the cases that is tested where no date is given; 0.2 where left out.") }),
    z.strictObject({ kind: z.literal("given") }),
  ])
  .describe("How cases are divided. Where left out: the table's split column, or k-fold without one. Patients, and copies of one image, always stay on one side.");

export type SplitSource = z.infer<typeof splitKey>;
