import { InputError } from "../../../base/index.js";
import type { DrivenMethod } from "../contract.js";
import { oneBaseline, perturbationFacts } from "./contract.js";

/** First positions of windows that begin every `stride` and of which the last ends at the border. */
function starts(extent: number, window: number, stride: number): number[] {
  const found: number[] = [];
  for (let at = 0; at < extent - window; at += stride) found.push(at);
  return [...found, extent - window];
}

/**
 * Occlusion: a window slides over the image and is replaced by the baseline; a pixel's value is the mean, over the windows that
 * cover it, of f(x) - f(x with the window hidden).
 * @see M. D. Zeiler, R. Fergus, Visualizing and Understanding Convolutional Networks, ECCV 2014, doi 10.1007/978-3-319-10590-1_53, section 4.2
 */
export const occlusion: DrivenMethod = {
  ...perturbationFacts,
  title: "Occlusion",
  summary: "Drop of the score when a sliding window is hidden.",
  reference: "Zeiler and Fergus 2014, doi 10.1007/978-3-319-10590-1_53",
  signed: true,
  sign: "positive: the score falls when the pixel is hidden; negative: it rises",
  cost: { forward: "windows", backward: 0 },
  async explain(question, options) {
    const { image, channels, height, width } = question;
    const side = Math.min(height, width);
    const { windowPx = Math.max(1, Math.round(side / 8)) } = options;
    const { stridePx = Math.max(1, Math.floor(windowPx / 2)) } = options;
    for (const [name, value] of Object.entries({ windowPx, stridePx })) {
      if (Number.isInteger(value) && value >= 1 && value <= side) continue;
      throw new InputError("occlusion-window", `occlusion, ${name}: expected a whole number from 1 to ${side} pixels, got ${value}.`);
    }
    const baseline = oneBaseline(question, options);
    const windows = starts(height, windowPx, stridePx).flatMap((top) => starts(width, windowPx, stridePx).map((left) => ({ top, left })));
    const scores = await question.scores(windows.length + 1, (i, into) => {
      into.set(image);
      if (i === 0) return;
      const { top, left } = windows[i - 1]!;
      for (let c = 0; c < channels; c++) {
        for (let y = top; y < top + windowPx; y++) {
          const row = (c * height + y) * width + left;
          into.set(baseline.subarray(row, row + windowPx), row);
        }
      }
    });
    const sum = new Float64Array(height * width);
    const covered = new Int32Array(height * width);
    windows.forEach(({ top, left }, i) => {
      const drop = scores[0]! - scores[i + 1]!;
      for (let y = top; y < top + windowPx; y++) {
        for (let p = y * width + left; p < y * width + left + windowPx; p++) {
          sum[p]! += drop;
          covered[p]!++;
        }
      }
    });
    return { values: Float32Array.from(sum, (value, p) => value / Math.max(1, covered[p]!)), height, width };
  },
};
