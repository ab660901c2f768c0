import { InputError, type Tensor } from "../../base/index.js";
import type { Fill, Question } from "../methods/contract.js";
import { scoreOfLogits } from "../targets/select-classes.js";
import type { ClassTarget } from "../targets/target.js";
import { runBatches, type Course } from "./batches.js";

/** A model as a function: images [M, C, H, W] to one score per class, [M, K]. Logits, or what stands for them. */
export type Predict = (images: Tensor<"float32">) => Promise<Tensor>;

/** The questions that a method may ask of predictions alone. */
export function askPredictions(
  predict: Predict,
  { image, shape, selector, target }: { readonly image: Float32Array; readonly shape: readonly [number, number, number]; readonly selector: Float32Array; readonly target: ClassTarget },
  course: Course,
): Question {
  const [channels, height, width] = shape;
  const scores = async (count: number, fill: Fill) => {
    const result = new Float64Array(count);
    await runBatches({ count, shape, fill }, course, async (batch, first) => {
      rowsOf(await predict(batch), batch.shape[0]!).forEach((row, i) => (result[first + i] = scoreOfLogits(target, selector, row)));
    });
    return result;
  };
  return {
    image,
    channels,
    height,
    width,
    scores,
    mixtures: (baseline, count, fill) => {
      const mask = new Float32Array(height * width);
      return scores(count, (i, into) => {
        fill(i, mask);
        for (let c = 0, at = 0; c < channels; c++) for (let p = 0; p < mask.length; p++, at++) into[at] = baseline[at]! + mask[p]! * (image[at]! - baseline[at]!);
      });
    },
  };
}

/**
 * Rows of a prediction.
 * @throws InputError `prediction-shape`
 */
export function rowsOf(prediction: Tensor, images: number): Float32Array[] {
  const [rows, classes] = prediction.shape;
  if (prediction.shape.length !== 2 || rows !== images || prediction.dtype !== "float32") {
    throw new InputError("prediction-shape", `predict: expected float32 [${images}, K], got ${prediction.dtype} [${prediction.shape.join(", ")}].`);
  }
  return Array.from({ length: images }, (_, i) => (prediction.data as Float32Array).subarray(i * classes!, (i + 1) * classes!));
}
