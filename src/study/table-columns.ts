import { z } from "zod";

/** Columns that the study's table may have in a terminal, after those that name the cell. */
export const tableColumns = ["accuracy", "over-folds", "precision", "recall", "specificity", "f1", "auc", "auc-by-class", "kappa", "relevance", "parameters", "time"] as const;
export type TableColumn = (typeof tableColumns)[number];

/** Recipe key `table`: the figures that the study's own table shows. */
export const tableKey = z
  .array(z.enum(tableColumns))
  .min(1)
  .refine((columns) => new Set(columns).size === columns.length, "each column once")
  .describe("Columns of the table that is printed when the study is done: accuracy, over-folds (mean and standard deviation of the folds' accuracy), precision, recall (the sensitivity), specificity, f1, auc (means over the classes), auc-by-class, kappa, relevance (share of the heat map inside the region), parameters, time. The report has all of them.");

/** What is shown where a recipe does not say. */
export const defaultColumns: readonly TableColumn[] = ["accuracy", "f1", "auc", "relevance", "time"];
