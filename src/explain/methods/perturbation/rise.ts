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
  return (i, into) => {
    const random = seededRandom("rise", seed, i);
    const grid = Float32Array.from({ length: cells * cells }, () => (random.uniform() < shown ? 1 : 0));
    const [down, right] = [random.integer(Math.ceil(height / cells)), random.integer(Math.ceil(width / cells))];
    for (let y = 0; y < height; y++) {
      const top = rows.low[y + down]! * cells;
      const v = rows.weight[y + down]!;
      for (let x = 0; x < width; x++) {
        const left = columns.low[x + right]!;
        const u = columns.weight[x + right]!;
        const upper = grid[top + left]! * (1 - u) + grid[top + left + next]! * u;
        const lower = grid[top + next * cells + left]! * (1 - u) + grid[top + next * cells + left + next]! * u;
        into[y * width + x] = upper * (1 - v) + lower * v;
      }
    }
  };
}

/**
 * RISE: the mean of random masks weighted by the score of the image seen through them, sum_i f(x M_i) M_i / (n / 2): the score
 * expected where the pixel is seen. Hidden pixels show the baseline. Default 4000 masks of 8 x 8 cells.
 * @see V. Petsiuk, A. Das, K. Saenko, RISE, BMVC 2018, arXiv 1806.07421, equation 6
 */
export const rise: DrivenMethod = {
  ...perturbationFacts,
  title: "RISE",
  summary: "Random masks, averaged with the score of the image seen through them as weight.",
  reference: "Petsiuk et al. 2018, arXiv 1806.07421",
  signed: true,
  sign: "the score expected where the pixel is seen: pixels compare with each other, zero has no meaning of its own",
  async explain(question, options) {
    const { image, channels, height, width } = question;
    const { samples = 4000, cells = 8, seed = 0 } = options;
    const baseline = oneBaseline(question, options);
    const mask = riseMasks({ height, width, cells: Math.min(cells, height, width) }, seed);
    const plane = height * width;
    const waiting = new Map<number, Float32Array>();
    const free: Float32Array[] = [];
    const sum = new Float64Array(plane);
    await question.scores(
      samples,
      (i, into) => {
        const seen = free.pop() ?? new Float32Array(plane);
        waiting.set(i, seen);
        mask(i, seen);
        for (let c = 0; c < channels; c++) {
          for (let p = 0, at = c * plane; p < plane; p++, at++) into[at] = baseline[at]! + seen[p]! * (image[at]! - baseline[at]!);
        }
      },
      (i, score) => {
        const seen = waiting.get(i)!;
        for (let p = 0; p < plane; p++) sum[p]! += score * seen[p]!;
        waiting.delete(i);
        free.push(seen);
      },
    );
    return { values: Float32Array.from(sum, (value) => value / (samples * shown)), height, width };
  },
};
