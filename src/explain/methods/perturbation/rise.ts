import { seededRandom } from "../../../base/index.js";
import { upsamplingMatrix } from "../../upsample.js";
import type { DrivenMethod } from "../contract.js";
import { oneBaseline, perturbationFacts } from "./contract.js";

/** Share of the cells that are shown. */
const shown = 0.5;

interface MaskShape {
  readonly height: number;
  readonly width: number;
  readonly cells: number;
}

/** Two neighboring cells and the weight of the second, for each position of an axis. */
function tapsOf(cells: number, extent: number): { low: Int32Array; weight: Float32Array } {
  const long = (cells + 1) * Math.ceil(extent / cells);
  const matrix = upsamplingMatrix(cells, long);
  const low = new Int32Array(long);
  const weight = new Float32Array(long);
  for (let i = 0; i < long; i++) {
    const row = matrix.subarray(i * cells, (i + 1) * cells);
    const first = row.findIndex((value) => value > 0);
    low[i] = Math.min(first, Math.max(0, cells - 2));
    weight[i] = cells === 1 ? 0 : row[low[i]! + 1]!;
  }
  return { low, weight };
}

/**
 * Smooth random masks: cells shown with probability 1/2, brought bilinearly to one cell more than the image's extent, and
 * cut out at a random shift. Mask i of a seed is always the same.
 * @returns writes mask i, [H, W], in 0..1
 */
export function riseMasks({ height, width, cells }: MaskShape, seed: number): (i: number, into: Float32Array) => void {
  const rows = tapsOf(cells, height);
  const columns = tapsOf(cells, width);
  const next = cells === 1 ? 0 : 1;
  /** The grid's rows, brought to the image's width. */
  const wide = new Float32Array(cells * width);
  return (i, into) => {
    const random = seededRandom("rise", seed, i);
    const grid = Float32Array.from({ length: cells * cells }, () => (random.uniform() < shown ? 1 : 0));
    const [down, right] = [random.integer(Math.ceil(height / cells)), random.integer(Math.ceil(width / cells))];
    for (let row = 0; row < cells; row++) {
      for (let x = 0; x < width; x++) {
        const left = row * cells + columns.low[x + right]!;
        wide[row * width + x] = grid[left]! + columns.weight[x + right]! * (grid[left + next]! - grid[left]!);
      }
    }
    for (let y = 0; y < height; y++) {
      const top = rows.low[y + down]! * width;
      const bottom = top + next * width;
      const v = rows.weight[y + down]!;
      const start = y * width;
      for (let x = 0; x < width; x++) into[start + x] = wide[top + x]! + v * (wide[bottom + x]! - wide[top + x]!);
    }
  };
}

const defaultSamples = 4000;

/**
 * RISE: the mean of random masks weighted by the score f_i of the image seen through them, less the mean score m:
 * sum_i (f_i - m) M_i / (n / 2), which is the score expected where the pixel is seen less that expected at all. The paper's own
 * map has no "- m"; its order of the pixels is the same, but its zero says nothing and depends on the score's offset. Hidden pixels
 * show the baseline. Default 4000 masks of 8 x 8 cells.
 * @see V. Petsiuk, A. Das, K. Saenko, RISE, BMVC 2018, arXiv 1806.07421, equation 6
 */
export const rise: DrivenMethod = {
  ...perturbationFacts,
  samples: defaultSamples,
  title: "RISE",
  summary: "Random masks, averaged with the score of the image seen through them as weight.",
  reference: "Petsiuk et al. 2018, arXiv 1806.07421",
  signed: true,
  sign: "positive: the score is higher on average where the pixel is seen; negative: it is lower",
  async explain(question, options) {
    const { height, width } = question;
    const { samples = defaultSamples, cells = 8, seed = 0 } = options;
    const baseline = oneBaseline(question, options);
    const mask = riseMasks({ height, width, cells: Math.min(cells, height, width) }, seed);
    const weighted = new Float64Array(height * width);
    const total = new Float64Array(height * width);
    const scores = await question.mixtures(baseline, samples, mask, (_, score, seen) => {
      for (let p = 0; p < total.length; p++) {
        weighted[p]! += score * seen[p]!;
        total[p]! += seen[p]!;
      }
    });
    const mean = scores.reduce((sum, score) => sum + score, 0) / samples;
    return { values: Float32Array.from(weighted, (value, p) => (value - mean * total[p]!) / (samples * shown)), height, width };
  },
};
