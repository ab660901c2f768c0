import { z } from "zod";
import { methods, type MethodName } from "../explain/index.js";
import { augmentations } from "../images/index.js";
import { precisions } from "../train/index.js";
import { auditKey } from "./audit/recipe-key.js";
import { searchSchema } from "./search/search-recipe.js";
import { publishedKey } from "./published.js";
import { tableKey } from "./table-columns.js";
import { readersKey } from "./readers/recipe-key.js";
import { scopeKey } from "./scope/recipe-key.js";
import { splitKey } from "./split/recipe-key.js";

const methodName = z.enum(Object.keys(methods) as [MethodName, ...MethodName[]]);
const fraction = z.number().min(0).max(1);
const positive = z.number().positive();

const optimizer = z
  .strictObject({
    name: z.enum(["sgd", "adam", "adamw"]).describe("Optimizer, as PyTorch defines it."),
    learningRate: positive.describe("Highest learning rate of the schedule."),
    momentum: fraction.optional().describe("Momentum of sgd."),
    nesterov: z.boolean().optional().describe("Nesterov momentum of sgd."),
    beta1: fraction.optional().describe("Decay of the first moment of adam and adamw."),
    beta2: fraction.optional().describe("Decay of the second moment of adam and adamw."),
    epsilon: positive.optional().describe("Term added to the denominator of adam and adamw."),
  })
  .describe("How gradients become steps.");

const schedule = z
  .strictObject({
    name: z.enum(["constant", "cosine", "step"]).describe("Shape of the learning rate over the epochs."),
    warmupEpochs: z.number().min(0).optional().describe("Epochs of linear warm-up from zero."),
    stepEpochs: z.number().int().positive().optional().describe("Epochs between drops of the step schedule."),
    factor: fraction.optional().describe("Factor of each drop of the step schedule."),
  })
  .describe("Learning rate over time.");

const earlyStopping = z
  .strictObject({
    fraction: z.number().gt(0).lt(1).optional().describe("Part of the training fold held back to decide when to stop."),
    patience: z.number().int().positive().optional().describe("Epochs without improvement before training stops."),
  })
  .describe("Stops on a part of the training fold; the test fold is never looked at.");

/** What may be said of one row of the table: a regime with its settings. */
const regime = z.strictObject({
  regime: z
    .enum(["scratch", "feature-extraction", "fine-tuning"])
    .optional()
    .describe("The training regime; the row's own name where it is left out."),
  stages: z
    .union([z.literal("all"), z.number().int().positive()])
    .optional()
    .describe("fine-tuning: all stages, or the last n."),
  epochs: z.number().int().positive().optional().describe("Passes over the training fold."),
  batchSize: z.number().int().positive().optional().describe("Images per training step."),
  microBatch: z.number().int().positive().optional().describe("Images computed at once, where a batch does not fit the memory: gradients are added up over the batch before the weights change."),
  precision: z.enum(precisions).optional().describe("Arithmetic of training: single (32-bit floats, as where left out); half (mixed precision: convolutions, matrix products and activations in 16-bit floats, weights, statistics and loss in 32, with dynamic loss scaling); auto (half where the device computes in 16 bits, else single)."),
  optimizer: optimizer.optional(),
  schedule: schedule.optional(),
  headRateFactor: z.number().min(0).max(1e6).optional().describe("Learning rate of the new head as a multiple of the others'."),
  stageRateDecay: z.number().gt(0).max(1).optional().describe("Layer-wise rates: factor on the learning rate for every stage further from the head. 1: the same rate for all."),
  unfreezeEpochs: z.number().int().positive().optional().describe("Gradual unfreezing: the head alone at first, then one more stage every so many epochs."),
  startPenalty: z.number().min(0).max(1000).optional().describe("L2 penalty on the distance from the start weights (L2-SP), in place of weight decay; the new head keeps weight decay."),
  weightDecay: z.number().min(0).optional().describe("L2 regularization (decoupled for adamw)."),
  dropout: z.number().min(0).lt(1).optional().describe("Dropout probability before the classifier; the network's own where left out."),
  labelSmoothing: z.number().min(0).lt(1).optional().describe("Label smoothing of the cross-entropy."),
  classWeights: z
    .union([z.enum(["none", "balanced"]), z.record(z.string(), positive)])
    .optional()
    .describe("Weights of the classes in the loss."),
  batchNorm: z
    .enum(["train", "frozen"])
    .optional()
    .describe("Batch statistics in training, or the stored ones."),
  earlyStopping: z.union([z.literal(false), earlyStopping]).optional(),
  augmentation: z.boolean().optional().describe("false switches the augmentation off for this regime."),
});

const regionView = z.enum(["none", "crop", "crop-and-whole"]);

/** One key per augmentation of the shelf, with the shelf's own bounds. */
const augmentation = z
  .strictObject(
    Object.fromEntries(
      Object.entries(augmentations).map(([name, { summary, parameter }]) => {
        const strength = z.number().min(parameter.minimum).max(parameter.maximum).describe(parameter.unit);
        return [name, z.strictObject({ [parameter.name]: strength }).optional().describe(summary)];
      }),
    ),
  )
  .describe("Random changes of training images; off in validation and test.");

/**
 * A study as data: what is compared, how it is trained and how it is validated. Paths are no part of it, so that
 * one recipe serves any hospital's images.
 */
export const recipeSchema = z
  .strictObject({
    study: z
      .string()
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "lower-case words joined by hyphens")
      .describe("Short name of the study, in kebab-case."),
    title: z.string().optional().describe("Title of the report."),
    question: z.string().optional().describe("The question the study answers, in one sentence."),
    reference: z.string().optional().describe("The published study this one repeats."),
    networks: z.array(z.string()).min(1).describe("Networks to compare, by name."),
    sources: z
      .array(z.string().regex(/^(none|imagenet|run:[a-z0-9]+(-[a-z0-9]+)*)$/, "none, imagenet or run:NAME"))
      .min(1)
      .refine((sources) => new Set(sources).size === sources.length, "each source once")
      .optional()
      .describe("Where fine-tuning and feature extraction start from, each a cell of its own: imagenet (--weights), run:NAME (an earlier run or model, --source NAME=PLACE), or none (random weights, in rows that fine-tune all stages; with batch statistics unless batchNorm is given). Scratch always starts from none. Left out: imagenet."),
    regimes: z
      .record(z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/), z.union([regime, z.null()]))
      .describe("Rows of the table: a name and the settings that differ from the regime's defaults."),
    region: z
      .union([regionView, z.array(regionView).min(1).refine((views) => new Set(views).size === views.length, "each view once")])
      .optional()
      .describe("What the network sees, each a cell of its own: the whole image (none, as where left out), the region of interest cut out (crop), or both, their probabilities averaged (crop-and-whole). Where a case has no region, a detector on the same backbone, trained in the same fold, finds it."),
    training: regime
      .omit({ regime: true, stages: true })
      .optional()
      .describe("Settings shared by all regimes."),
    image: z
      .strictObject({
        size: z.number().int().min(16).max(2048).optional().describe("Side of the square the network sees, in pixels."),
        resize: z.enum(["letterbox", "stretch", "center-crop"]).optional().describe("letterbox keeps the aspect ratio."),
        channels: z.enum(["grey", "rgb"]).optional().describe("Radiographs are grey; photographs may be rgb."),
        grey: z
          .enum(["repeat", "sum", "mean"])
          .optional()
          .describe("How networks made for color take a grey image: it is repeated for every channel (repeat, as where left out), or the first convolution gets one channel whose weights are the sum or the mean of those of the three."),
      margin: z
        .union([z.strictObject({ share: z.number().min(0).max(10) }), z.strictObject({ px: z.number().min(0) }), z.strictObject({ mm: z.number().min(0) })])
        .optional()
        .describe("Room around a region of interest that is cut out: a share of its longer side, pixels of the image, or millimetres (column spacing_mm)."),
      })
      .optional()
      .describe("From the file to the network's input."),
    augmentation: augmentation.optional(),
    validation: z
      .strictObject({
        folds: z.number().int().min(2).max(50).optional().describe("Folds of the stratified, patient-grouped cross-validation."),
        level: z.number().gt(0.5).lt(1).optional().describe("Confidence level of every interval."),
      })
      .optional(),
    split: splitKey.optional(),
    seeds: z.array(z.number().int().min(0)).min(1).optional().describe("One whole cross-validation per seed."),
    explanation: z
      .strictObject({
        method: methodName.optional().describe("Explanation of every test prediction that is drawn, stored and measured; the first of methods where left out, or grad-cam."),
        methods: z.array(methodName).min(1).refine((names) => new Set(names).size === names.length, "each method once").optional().describe("Explanations drawn side by side in the examples, with their mean. May be changed after a run: nothing is trained again."),
        samples: z.number().int().min(1).optional().describe("Perturbed images, noisy copies or steps of methods that draw them; each method's own number where left out."),
        examples: z.number().int().min(0).max(200).optional().describe("Cases in the report's heat-map grid."),
      })
      .optional(),
    subgroups: z.array(z.string().min(1)).refine((columns) => new Set(columns).size === columns.length, "each column once").optional().describe("Columns of the table by whose values every cell is measured too (sex, age, site); numbers are cut into thirds. May be changed after a run: nothing is trained again."),
    readers: readersKey.optional(),
    published: publishedKey.optional(),
    table: tableKey.optional(),
    audit: auditKey.optional(),
    search: searchSchema.optional(),
    scope: scopeKey.optional(),
    models: z.enum(["keep", "discard"]).optional().describe("Keep the trained network of every fold as an ONNX file."),
  })
  .describe("A study of Osteon.");

export type RecipeSource = z.infer<typeof recipeSchema>;
export type RegimeSource = z.infer<typeof regime>;

/** JSON schema (draft 2020-12) of recipes, for editors that complete and check YAML. */
export function recipeJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(recipeSchema, { target: "draft-2020-12", io: "input" }),
    title: "Osteon study recipe",
  };
}
