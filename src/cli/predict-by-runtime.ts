import path from "node:path";
import { float32, UnsupportedError, type Tensor } from "../base/index.js";
import type { Session } from "../engine/index.js";
import type { Predict } from "../explain/index.js";
import { decodeImage, fitToFrame, normalize, placement, type Preprocessing } from "../images/index.js";
import { judgeScope } from "../models/index.js";
import type { ImagePrediction, PredictOptions } from "./predict-images.js";

/** Side of the image where neither the file nor the user says it. */
const usualSize = 224;

export interface RuntimeModel {
  readonly channels: number;
  readonly size: number;
  readonly classes: number;
  readonly predict: Predict;
  readonly look: (files: readonly string[], model: { preprocessing: Preprocessing; labels: readonly string[] }, options?: PredictOptions) => Promise<ImagePrediction[]>;
}

/** [N, C, H, W] as [N, H, W, C]. */
function channelsLast({ data, shape }: Tensor<"float32">): Tensor<"float32"> {
  const [n, channels, height, width] = shape as [number, number, number, number];
  const plane = height * width;
  const moved = new Float32Array(data.length);
  for (let i = 0; i < n * channels; i++) {
    const [image, c] = [Math.floor(i / channels), i % channels];
    for (let p = 0; p < plane; p++) moved[(image * plane + p) * channels + c] = data[i * plane + p]!;
  }
  return float32([n, height, width, channels], moved);
}

/**
 * A session of any file from one image input to scores as a function: images [N, C, H, W] to [N, K]. A fixed batch is filled up with
 * zeros; channels may come last.
 * @throws UnsupportedError `image-input`, `score-output`
 */
export async function predictByRuntime(session: Session, { name, size: wanted, output: chosen }: { readonly name: string; readonly size?: number; readonly output?: string }): Promise<RuntimeModel> {
  const [input, ...others] = session.inputs;
  const shape = input?.shape ?? [];
  const isLast = ![1, 3].includes(Number(shape[1])) && [1, 3].includes(Number(shape[3]));
  const channels = Number(isLast ? shape[3] : shape[1]);
  if (input === undefined || others.length > 0 || input.dtype !== "float32" || shape.length !== 4 || ![1, 3].includes(channels)) {
    const got = session.inputs.map((one) => `${one.name}: ${one.dtype} [${one.shape.join(", ")}]`).join("; ");
    throw new UnsupportedError("image-input", `${name}: expected one input of images, float32 [N, C, H, W] or [N, H, W, C] with 1 or 3 channels, got ${got || "none"}. Export the classifier without other inputs.`);
  }
  const stated = Number(isLast ? shape[1] : shape[2]);
  const size = Number.isInteger(stated) && stated > 0 ? stated : (wanted ?? usualSize);
  const fixed = typeof shape[0] === "number" && shape[0] > 0 ? shape[0] : undefined;
  const run = async (images: Tensor<"float32">): Promise<Tensor<"float32">> => {
    const results = await session.run({ [input.name]: isLast ? channelsLast(images) : images });
    const n = images.shape[0]!;
    const scores = Object.entries(results).find(([key, { dtype, shape: of }]) => (chosen === undefined ? dtype === "float32" && of[0] === n && of.length >= 2 && of.slice(2).every((extent) => extent === 1) : key === chosen))?.[1];
    if (scores === undefined || scores.data.length % n !== 0) {
      throw new UnsupportedError("score-output", `${name}: expected an output of scores, float32 [N, K], got ${session.outputs.map((one) => `${one.name} [${one.shape.join(", ")}]`).join("; ")}. Name the output with --output.`);
    }
    return float32([n, scores.data.length / n], scores.data as Float32Array);
  };
  const predict: Predict = async (images) => {
    const n = images.shape[0]!;
    if (fixed === undefined || fixed === n) return run(images);
    const one = images.data.length / n;
    const rows: number[] = [];
    for (let first = 0; first < n; first += fixed) {
      const count = Math.min(fixed, n - first);
      const batch = new Float32Array(fixed * one);
      batch.set(images.data.subarray(first * one, (first + count) * one));
      const scores = await run(float32([fixed, ...images.shape.slice(1)], batch));
      const classes = scores.shape[1]!;
      rows.push(...scores.data.subarray(0, count * classes));
    }
    return float32([n, rows.length / n], rows);
  };
  const empty = await predict(float32([1, channels, size, size], new Float32Array(channels * size * size)));
  return {
    channels,
    size,
    classes: empty.shape[1]!,
    predict,
    look: async (files, { preprocessing, labels }, options = {}) => {
      const predictions: ImagePrediction[] = [];
      for (const file of files) {
        options.signal?.throwIfAborted();
        const image = await decodeImage(file, { channels: preprocessing.channels, name: path.basename(file) });
        const planes = fitToFrame(image, preprocessing);
        const scores = await predict(float32([1, channels, size, size], normalize(planes, preprocessing)));
        const logits = scores.data as Float32Array;
        const probabilities = probabilitiesOf(logits);
        predictions.push({
          file,
          label: labels[probabilities.indexOf(Math.max(...probabilities))]!,
          probabilities: Object.fromEntries(labels.map((label, k) => [label, probabilities[k]!])),
          logits,
          map: { values: new Float32Array(0), height: 0, width: 0 },
          frame: { values: planes.subarray(0, size * size), height: size, width: size },
          placement: placement(image.height, image.width, preprocessing),
          scope: judgeScope(undefined, {}),
        });
        options.onProgress?.(predictions.length, files.length);
      }
      return predictions;
    },
  };
}

/** The scores themselves where they are probabilities, which sum to one or are a single one; else their softmax. */
function probabilitiesOf(scores: Float32Array): number[] {
  const values = Array.from(scores);
  const sum = values.reduce((total, value) => total + value, 0);
  if (values.every((value) => value >= 0 && value <= 1) && (values.length === 1 || Math.abs(sum - 1) < 1e-3)) return values;
  const highest = Math.max(...values);
  const odds = values.map((value) => Math.exp(value - highest));
  const total = odds.reduce((all, value) => all + value, 0);
  return odds.map((value) => value / total);
}
