import { z } from "zod";
import { DataError } from "../../base/index.js";
import { modelScopeSchema } from "../scope/contract.js";

const finite = z.number().refine(Number.isFinite);

const preprocessingSchema = z
  .strictObject({
    channels: z.enum(["grey", "rgb"]),
    size: z.int().min(1).max(8192),
    resize: z.enum(["letterbox", "stretch", "center-crop"]),
    shortSide: z.int().min(1).max(16384).optional(),
    mean: z.array(finite).min(1).max(3).readonly(),
    std: z.array(finite.positive()).min(1).max(3).readonly(),
    fill: finite.min(0).max(1),
  })
  .refine(({ mean, std }) => mean.length === std.length, { message: "mean and std have different lengths" })
  .refine(({ channels, mean }) => mean.length === 3 || (channels === "grey" && mean.length === 1), { message: "mean needs 3 numbers, or 1 for grey" })
  .refine(({ resize, shortSide, size }) => resize !== "center-crop" || shortSide === undefined || shortSide >= size, { message: "shortSide is smaller than size" });

/** What travels with a trained network. */
export const bundleMetadataSchema = z.strictObject({
  /** Version of this description. */
  version: z.literal(1),
  /** Name on the shelf, or of an imported network. */
  architecture: z.string().min(1).max(200),
  /** Class names in the order of the logits. */
  labels: z
    .array(z.string().min(1).max(1000))
    .min(1)
    .max(100_000)
    .refine((labels) => new Set(labels).size === labels.length, { message: "a label is given twice" }),
  preprocessing: preprocessingSchema,
  /** What the network sees of an image; the whole of it where left out. */
  region: z
    .strictObject({
      /** The region of interest cut out, or that and the whole image, the probabilities averaged. */
      view: z.enum(["crop", "crop-and-whole"]),
      /** Room around the region: a share of its longer side, pixels, or millimetres. */
      margin: z.union([z.strictObject({ share: finite.min(0).max(10) }), z.strictObject({ px: finite.min(0) }), z.strictObject({ mm: finite.min(0) })]),
      /** Whether the file finds the region itself: input `whole`, output `window`. */
      detector: z.boolean(),
    })
    .optional(),
  /** Value of the feature map that the heat map was made from. */
  camLayer: z.string().min(1),
  /** What the model is for: what it was trained on, and how far from that an image may lie; absent in older files. */
  scope: modelScopeSchema.optional(),
  /** How the network was trained: recipe, seed, data, versions, results. Free, but plain JSON. */
  training: z.record(z.string(), z.json()),
});

export type BundleMetadata = z.infer<typeof bundleMetadataSchema>;

/** Key of the description among an ONNX file's metadata. */
export const metadataKey = "osteon";

/** Longest description that is read. */
const maxMetadataCharacters = 16_000_000;

/**
 * Reads the description that a model file carries.
 * @throws DataError `model-metadata`
 */
export function parseMetadata(text: string, fileName: string): BundleMetadata {
  const refuse = (reason: string): DataError =>
    new DataError("model-metadata", `${fileName}: expected a description of the model under "${metadataKey}", got ${reason}. Export the model again.`);
  if (text.length > maxMetadataCharacters) throw refuse(`${text.length} characters`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse("text that is not JSON");
  }
  const parsed = bundleMetadataSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refuse(`${issue!.path.join(".") || "a value"}: ${issue!.message.slice(0, 300)}`);
  }
  return parsed.data;
}
