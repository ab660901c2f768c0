import { z } from "zod";

const finite = z.number().refine(Number.isFinite);
/** How many training cases had each value. */
const counts = z.record(z.string().min(1).max(200), z.int().min(0));

/** What a model was trained on, as headers, table or recipe tell; what is left out is not known. */
export const trainedOnSchema = z.strictObject({
  /** Training cases. */
  cases: z.int().min(0),
  modality: counts.optional(),
  bodyPart: counts.optional(),
  view: counts.optional(),
  manufacturer: counts.optional(),
  ageYears: z.strictObject({ low: finite.min(0), high: finite.max(200) }).optional(),
});

export type TrainedOn = z.infer<typeof trainedOnSchema>;

/** Which features of the network the distance is made of, and from which distance on an image is out of scope. */
export const distanceFactsSchema = z.strictObject({
  /** Values of the graph whose means over height and width are the features. */
  values: z.array(z.string().min(1).max(1000)).min(1).max(32),
  /** Channels taken of each value, evenly spread. */
  channels: z.array(z.int().min(1).max(100_000)).min(1).max(32),
  /** Share of in-scope images that is refused at most. */
  falseRefusalRate: finite.gt(0).lt(1),
  /** Share of the cases it was fitted on that lie beyond it. */
  refusedShare: finite.min(0).max(1),
  threshold: finite.min(0),
  /** `rank`: a rank among the cases; `log-normal`: a prediction limit, where they are too few for a rank. */
  method: z.enum(["rank", "log-normal"]),
  /** Cases it was fitted on. */
  cases: z.int().min(1),
  /** `held-out`: the network was not trained on them. `training`: it was, each measured against the others. */
  fittedOn: z.enum(["held-out", "training"]),
});

export type DistanceFacts = z.infer<typeof distanceFactsSchema>;

/** What inputs and outputs looked like when the model was made: one row per case, in no order that tells who. */
export const referenceSchema = z.strictObject({
  columns: z.array(z.string().min(1).max(200)).min(1).max(200),
  rows: z.array(z.array(finite).max(200)).max(2000),
  /** Whether the network was trained on these cases, so that its answers on them are better than on others. */
  fittedOn: z.enum(["held-out", "training"]),
});

export type ScopeReference = z.infer<typeof referenceSchema>;

/** What a model is for: what it was trained on, and how far from that an image may lie. */
export const modelScopeSchema = z.strictObject({
  trainedOn: trainedOnSchema,
  distance: distanceFactsSchema.optional(),
  reference: referenceSchema.optional(),
});

export type ModelScope = z.infer<typeof modelScopeSchema>;

/** What is known of how an image was taken. */
export interface ImageFacts {
  readonly modality?: string;
  readonly bodyPart?: string;
  readonly view?: string;
  readonly manufacturer?: string;
  readonly ageYears?: number;
}

/** Whether an image is one that the model was made for. */
export interface ScopeVerdict {
  /** `unknown` where the model file does not say what it is for. */
  readonly verdict: "in-scope" | "out-of-scope" | "unknown";
  /** Why it is out of scope: "modality MR, trained on CR". */
  readonly reasons: readonly string[];
  /** What could not be compared, or differs without being a reason. */
  readonly remarks: readonly string[];
  readonly distance?: number;
  readonly threshold?: number;
}
