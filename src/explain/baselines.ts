import { InputError, seededRandom } from "../base/index.js";
import type { BaselineChoice } from "./methods/contract.js";

interface Image {
  /** [C, H, W] */
  readonly image: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/**
 * The image that says nothing, against which an explanation is made.
 * `"zero"`: 0, the mean grey of a normalized image. `"mean"`: the image's own mean per channel. `"blur"`: the image under a
 * Gaussian of a tenth of its side. `"uniform"`: noise between the image's smallest and largest value, by seed. A number, or an
 * image [C, H, W].
 * @throws InputError `baseline`
 */
export function baselineOf(choice: BaselineChoice, subject: Image, seed = 0): Float32Array {
  const { image, channels, height, width } = subject;
  if (choice instanceof Float32Array) {
    if (choice.length === image.length) return choice;
    throw new InputError("baseline", `baseline: expected ${image.length} values [${channels}, ${height}, ${width}], got ${choice.length}.`);
  }
  if (choice === "zero") return new Float32Array(image.length);
  if (choice === "mean") return meansOf(subject);
  if (choice === "blur") return blur(subject, Math.max(height, width) / 10);
  if (choice === "uniform") {
    const [low, high] = rangeOf(image);
    const random = seededRandom("baseline", seed);
    return Float32Array.from(image, () => random.between(low, high));
  }
  if (Number.isFinite(choice)) return new Float32Array(image.length).fill(choice);
  throw new InputError("baseline", `baseline: expected zero, mean, blur, uniform, a number or an image, got ${String(choice)}.`);
}

/** Smallest and largest value. */
export function rangeOf(values: Float32Array): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

function meansOf({ image, channels }: Image): Float32Array {
  const size = image.length / channels;
  const means = new Float32Array(image.length);
  for (let c = 0; c < channels; c++) {
    const plane = image.subarray(c * size, (c + 1) * size);
    means.fill(plane.reduce((sum, value) => sum + value, 0) / size, c * size, (c + 1) * size);
  }
  return means;
}

/** Separable Gaussian, cut at three standard deviations, the border held. */
export function blur({ image, channels, height, width }: Image, sigmaPx: number): Float32Array {
  const radius = Math.max(1, Math.ceil(3 * sigmaPx));
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigmaPx ** 2)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const pass = (from: Float32Array, length: number, step: number, start: (line: number) => number, lines: number) => {
    const to = new Float32Array(from.length);
    for (let line = 0; line < lines; line++) {
      const first = start(line);
      for (let i = 0; i < length; i++) {
        let sum = 0;
        for (let k = -radius; k <= radius; k++) sum += weights[k + radius]! * from[first + Math.min(length - 1, Math.max(0, i + k)) * step]!;
        to[first + i * step] = sum / total;
      }
    }
    return to;
  };
  const rows = pass(image, width, 1, (line) => line * width, channels * height);
  return pass(rows, height, width, (line) => Math.floor(line / width) * height * width + (line % width), channels * width);
}
