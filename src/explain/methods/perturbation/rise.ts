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

/** Smooth random masks of a seed, and sums of them. */
interface RiseMasks {
  /** Writes mask i, [H, W], in 0..1. Mask i of a seed is always the same. */
  readonly write: (i: number, into: Float32Array) => void;
  /** Sum of the first masks, each times its weight, [H, W]. */
  readonly sum: (weights: ArrayLike<number>) => Float64Array;
}

/**
 * Smooth random masks: cells shown with probability 1/2, brought bilinearly to one cell more than the image's extent, and
 * cut out at a random shift.
 */
export function riseMasks({ height, width, cells }: MaskShape, seed: number): RiseMasks {
  const rows = tapsOf(cells, height);
  const columns = tapsOf(cells, width);
  const next = cells === 1 ? 0 : 1;
  const [shiftsDown, shiftsRight] = [Math.ceil(height / cells), Math.ceil(width / cells)];
  const draw = (i: number) => {
    const random = seededRandom("rise", seed, i);
    const grid = Float64Array.from({ length: cells * cells }, () => (random.uniform() < shown ? 1 : 0));
    return { grid, down: random.integer(shiftsDown), right: random.integer(shiftsRight) };
  };
  /** The grid's rows, brought to the image's width. */
  const wide = new Float64Array(cells * width);
  const render = ({ grid, down, right }: ReturnType<typeof draw>, take: (at: number, value: number) => void) => {
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
      for (let x = 0; x < width; x++) take(y * width + x, wide[top + x]! + v * (wide[bottom + x]! - wide[top + x]!));
    }
  };
  return {
    write: (i, into) => render(draw(i), (at, value) => (into[at] = value)),
    sum: (weights) => {
      // Masks of one shift are added as grids, which are small: bringing a grid to the image's extent is linear.
      const sums = new Map<number, ReturnType<typeof draw>>();
      for (let i = 0; i < weights.length; i++) {
        const { grid, down, right } = draw(i);
        const place = down * shiftsRight + right;
        if (!sums.has(place)) sums.set(place, { grid: new Float64Array(grid.length), down, right });
        const own = sums.get(place)!.grid;
        for (let cell = 0; cell < grid.length; cell++) own[cell]! += weights[i]! * grid[cell]!;
      }
      const total = new Float64Array(height * width);
      for (const own of sums.values()) render(own, (at, value) => (total[at]! += value));
      return total;
    },
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
    const masks = riseMasks({ height, width, cells: Math.min(cells, height, width) }, seed);
    const scores = await question.mixtures(baseline, samples, masks.write);
    const mean = scores.reduce((sum, score) => sum + score, 0) / samples;
    const weighted = masks.sum(scores.map((score) => score - mean));
    return { values: Float32Array.from(weighted, (value) => value / (samples * shown)), height, width };
  },
};
