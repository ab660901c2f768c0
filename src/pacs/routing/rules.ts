import { z } from "zod";

const words = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((value) => (typeof value === "string" ? [value] : value))
  .refine((list) => list.every((word) => word.trim() !== "" && word.length <= 64), { message: "expected words of 1 to 64 characters" });

const years = z.number().min(0).max(150);

/** What an image has to be. Every condition must hold; within one, any of its words. `*` and `?` stand for what they do in file names. */
export const conditionsSchema = z.strictObject({
  modality: words.optional(),
  bodyPart: words.optional(),
  view: words.optional(),
  laterality: words.optional(),
  manufacturer: words.optional(),
  /** Of the patient, in years; an image that does not tell it does not fit. */
  age: z
    .strictObject({ from: years.optional(), to: years.optional() })
    .refine(({ from, to }) => from !== undefined || to !== undefined, { message: "expected from, to, or both" })
    .refine(({ from = 0, to = 150 }) => from <= to, { message: "from is above to" })
    .optional(),
  /** Text that the description of study, series or protocol contains. */
  description: words.optional(),
});

export const ruleSchema = z.strictObject({
  name: z.string().min(1).max(64),
  when: conditionsSchema.default({}),
  /** None of these may fit as a whole. */
  unless: conditionsSchema.optional(),
  /** Name among the models. */
  model: z.string().min(1),
  /** What is decided on as one: each image, or all images of a series or study that the rule fits. Their probabilities are averaged. */
  unit: z.enum(["image", "series", "study"]).default("image"),
  /** Which slices of a stack, and which frames of a file with several: `middle`, `all`, `around:N`. */
  slices: z
    .string()
    .regex(/^(?:middle|all|around:[1-9]\d{0,3})$/, { message: "expected middle, all or around:N" })
    .default("middle"),
  /** Seconds without a further image after which a series or study is taken as complete. */
  wait: z.number().min(1).max(86_400).default(15),
});

export type Conditions = z.infer<typeof conditionsSchema>;
export type Rule = z.infer<typeof ruleSchema>;
