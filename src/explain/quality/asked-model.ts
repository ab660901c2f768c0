import { InputError, type Tensor } from "../../base/index.js";
import { rowsOf, type Predict } from "../asking/ask-predictions.js";
import { runBatches } from "../asking/batches.js";
import type { Fill } from "../methods/contract.js";

/** A classifier asked about changed copies of one image. */
export interface AskedModel {
  /** [C, H, W] */
  readonly image: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Class that the map explains. */
  readonly class: number;
  /** Logits, [K] each, of `count` images of the same extent. */
  readonly logits: (count: number, fill: Fill) => Promise<readonly Float32Array[]>;
}

export interface AskModelOptions {
  /** Extent of an image. */
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly class: number;
  /** Default 32. */
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
}

/**
 * Prepares a classifier for questions about one image. A pass is saved where nothing was changed: the unchanged image is asked like any other.
 * @param image [C, H, W], as the network takes it
 * @throws InputError `image-shape`
 */
export function askModel(predict: Predict, image: Float32Array, { shape, batchSize = 32, signal, ...rest }: AskModelOptions): AskedModel {
  const [channels, height, width] = shape;
  if (image.length !== channels * height * width) throw new InputError("image-shape", `image: expected ${channels * height * width} values [${shape.join(", ")}], got ${image.length}.`);
  const logits = async (count: number, fill: Fill) => {
    const rows: Float32Array[] = [];
    await runBatches({ count, shape, fill }, { task: "asking", batchSize, signal }, async (batch: Tensor<"float32">) => {
      rows.push(...rowsOf(await predict(batch), batch.shape[0]!).map((row) => row.slice()));
    });
    return rows;
  };
  return { image, channels, height, width, class: rest.class, logits };
}

/** Logits of the explained class. */
export async function scoresOf(model: AskedModel, count: number, fill: Fill): Promise<number[]> {
  return (await model.logits(count, fill)).map((row) => row[model.class]!);
}

/** Probabilities of the explained class. */
export async function probabilitiesOf(model: AskedModel, count: number, fill: Fill): Promise<number[]> {
  return (await model.logits(count, fill)).map((row) => {
    const highest = row.reduce((a, b) => Math.max(a, b));
    const total = row.reduce((sum, value) => sum + Math.exp(value - highest), 0);
    return Math.exp(row[model.class]! - highest) / total;
  });
}
