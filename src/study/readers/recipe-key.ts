import { z } from "zod";
import { readerMetrics } from "./contract.js";

/** Recipe key `readers`: what a comparison with readers will test, said before anybody reads. */
export const readersKey = z
  .strictObject({
    metric: z.enum(readerMetrics).optional().describe("The figure that the comparison is decided on; accuracy where left out. Recall is the sensitivity."),
    label: z.string().optional().describe("The metric of this class against the rest; the mean over classes where left out (of two classes, the second)."),
    margin: z.number().gt(0).lt(1).optional().describe("Non-inferiority margin: the largest loss against the mean of the readers that is accepted. Without it nothing is said of non-inferiority."),
    alpha: z.number().gt(0).lt(0.5).optional().describe("One-sided error of the non-inferiority test; 0.025 where left out."),
    cell: z.string().optional().describe("The cell of the table that is compared; the first where left out."),
  })
  .describe("What the comparison with readers tests, named in advance: osteon study readers.");

export type ReadersKey = z.infer<typeof readersKey>;
