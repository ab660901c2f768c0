import { z } from "zod";

/** Measures that a published figure can be of. Kappa is Cohen's, between the decision and the truth. */
export const publishedMeasures = ["accuracy", "kappa", "precision", "recall", "specificity", "f1", "auc"] as const;

const figures = z
  .array(
    z
      .strictObject({
        name: z.string().min(1).describe("Whose figure it is."),
        measure: z.enum(publishedMeasures).describe("What was measured."),
        value: z.number().describe("The figure."),
        interval: z.tuple([z.number(), z.number()]).optional().describe("Its interval, as published."),
      })
      .describe("One published figure."),
  )
  .min(1);

/** Recipe key `published`: figures of the literature that are printed beside this study's own. */
export const publishedKey = z
  .strictObject({
    source: z.string().min(1).describe("The publication."),
    cases: z.string().min(1).describe("What the figures were measured on, and how that differs from this study's cases."),
    figures: figures.describe("The figures."),
  })
  .describe("Published figures that stand beside this study's own. They are of other cases: nothing is tested between them.");

export type Published = z.infer<typeof publishedKey>;
