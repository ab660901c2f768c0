import { seededRandom } from "../../base/index.js";
import { estimateOrReason, isEstimable, oneVersusRestAuc, rocAuc, type Figure } from "../../stats/index.js";
import type { Features } from "./encode-columns.js";
import { LabelExchange } from "./exchange-labels.js";
import { RidgeScores } from "./ridge-scores.js";

export interface ProbeTestInput {
  /** Features of each probe, over the same cases. */
  readonly features: readonly Features[];
  /** Class of each case, from 0. */
  readonly truth: Int32Array;
  readonly labels: readonly string[];
  /** Patient of each case. */
  readonly groups: readonly number[];
  /** Cases of each fold. */
  readonly tests: readonly (readonly number[])[];
  readonly permutations: number;
  readonly level: number;
  readonly seed: number | string;
  readonly onPermutation?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface ProbeTest {
  /** Of the cross-validated scores: of the second class where there are two, else the mean over classes against the rest. */
  readonly auc: Figure;
  /** Of this probe alone. */
  readonly pValue: number;
  /** For all probes together: the chance of any such finding where the label has nothing to do with any of them. */
  readonly pAdjusted: number;
}

/** Milliseconds after which other work gets its turn. */
const breathMs = 40;

/**
 * Cross-validated AUC of each probe, with a permutation test that repeats everything (choice of the penalty and
 * cross-validation) for exchanged labels, and p-values adjusted by the step-down of the largest standardized AUC,
 * which takes into account that probes go together.
 * @see P. H. Westfall, S. S. Young, Resampling-Based Multiple Testing, 1993, algorithm 4.1 (step-down maxT)
 */
export async function testProbes(input: ProbeTestInput): Promise<ProbeTest[]> {
  const { features, truth, labels, groups, tests, permutations, level, seed } = input;
  const regressions = features.map((one) => new RidgeScores(one, tests));
  const exchange = new LabelExchange(truth, groups, tests);
  const random = seededRandom(seed, "shortcuts");
  const classes = labels.length;
  const targets = Array.from({ length: classes === 2 ? 1 : classes }, () => new Float64Array(truth.length));
  const scores = targets.map(() => new Float64Array(truth.length));
  const areas = features.map(() => new Float64Array(permutations + 1));
  const figures: Figure[] = [];
  let last = performance.now();
  for (let b = 0; b <= permutations; b++) {
    const drawn = b === 0 ? truth : exchange.draw(random);
    targets.forEach((target, k) => drawn.forEach((label, i) => (target[i] = label === (classes === 2 ? 1 : k) ? 1 : 0)));
    for (const [p, regression] of regressions.entries()) {
      regression.score(targets, scores);
      areas[p]![b] = targets.reduce((sum, target, k) => sum + binnedAuc(target, scores[k]!), 0) / targets.length;
      if (b === 0) figures.push(figureOf(scores, { truth, labels, groups, level, seed }));
    }
    if (b < permutations && performance.now() - last > breathMs) {
      input.onPermutation?.(b, permutations);
      await new Promise((resolve) => setImmediate(resolve));
      input.signal?.throwIfAborted();
      last = performance.now();
    }
  }
  const adjusted = stepDown(areas);
  return figures.map((auc, p) => ({ auc, pValue: shareReached(areas[p]!), pAdjusted: adjusted[p]! }));
}

/** Share of the labellings, the true one among them, whose AUC reaches the true one's. */
function shareReached(areas: Float64Array): number {
  return areas.filter((area) => area >= areas[0]! - 1e-12).length / areas.length;
}

function stepDown(areas: readonly Float64Array[]): number[] {
  const standardized = areas.map((list) => {
    const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
    const deviation = Math.sqrt(list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length);
    return list.map((value) => (deviation > 0 ? (value - mean) / deviation : 0));
  });
  const order = areas.map((_, p) => p).sort((a, b) => standardized[a]![0]! - standardized[b]![0]!);
  const largest = new Float64Array(areas[0]?.length ?? 0).fill(-Infinity);
  const raw: number[] = [];
  // From the least to the greatest: the maximum runs over this probe and all that reach less.
  for (const p of order) {
    standardized[p]!.forEach((value, b) => (largest[b] = Math.max(largest[b]!, value)));
    const observed = standardized[p]![0]!;
    raw[p] = largest.filter((value) => value >= observed - 1e-12).length / largest.length;
  }
  let running = 0;
  const adjusted: number[] = [];
  for (const p of order.reverse()) {
    running = Math.max(running, raw[p]!);
    adjusted[p] = running;
  }
  return adjusted;
}

const bins = 2048;

/** AUC of scores sorted into even bins: no sorting, the same for the true and for the exchanged labels. */
function binnedAuc(target: Float64Array, scores: Float64Array): number {
  let [low, high] = [Infinity, -Infinity];
  for (const score of scores) {
    if (score < low) low = score;
    if (score > high) high = score;
  }
  if (!(high > low)) return 0.5;
  const [positives, negatives] = [new Uint32Array(bins), new Uint32Array(bins)];
  for (let i = 0; i < scores.length; i++) {
    const bin = Math.min(bins - 1, Math.floor(((scores[i]! - low) / (high - low)) * bins));
    if (target[i] === 1) positives[bin]! += 1;
    else negatives[bin]! += 1;
  }
  let [below, wins, m] = [0, 0, 0];
  for (let bin = 0; bin < bins; bin++) {
    wins += positives[bin]! * (below + negatives[bin]! / 2);
    below += negatives[bin]!;
    m += positives[bin]!;
  }
  return m === 0 || below === 0 ? 0.5 : wins / (m * below);
}

function figureOf(scores: readonly Float64Array[], { truth, labels, groups, level, seed }: Pick<ProbeTestInput, "truth" | "labels" | "groups" | "level" | "seed">): Figure {
  const clustered = new Set(groups).size < groups.length;
  if (labels.length > 2) {
    const all = estimateOrReason(() => oneVersusRestAuc({ labels: Array.from(truth), probabilities: toProbabilities(scores), classes: labels }, { level, resamples: 500, random: seededRandom(seed, "interval"), ...(clustered && { groups }) }));
    return "notEstimable" in all || isEstimable(all.macro) ? ("macro" in all ? all.macro : all) : meanOf(all.perClass.map(({ auc }) => auc), all.macro);
  }
  const positive = Uint8Array.from(truth);
  const make = (method: "delong-logit" | "newcombe"): Figure => estimateOrReason(() => rocAuc(positive, scores[0]!, { level, method, ...(clustered && { groups }) }));
  const figure = make("delong-logit");
  return "notEstimable" in figure ? make("newcombe") : plain(figure);
}

/** Where resamples do not differ (every class told apart without error): the mean of the classes' own figures and limits. */
function meanOf(figures: readonly Figure[], otherwise: Figure): Figure {
  const known = figures.filter(isEstimable);
  const [first] = known;
  if (first === undefined || known.length < figures.length) return otherwise;
  const mean = (pick: (figure: (typeof known)[number]) => number): number => known.reduce((sum, figure) => sum + pick(figure), 0) / known.length;
  return { estimate: mean(({ estimate }) => estimate), lower: mean(({ lower }) => lower), upper: mean(({ upper }) => upper), level: first.level, method: `mean over classes, each: ${first.method}`, n: first.n };
}

/** A figure without what only its own kind has. */
function plain({ estimate, lower, upper, level, method, n, warnings }: Extract<Figure, { estimate: number }>): Figure {
  return { estimate, lower, upper, level, method, n, ...(warnings && { warnings }) };
}

/** Scores that sum to 1, drawn together until all lie in 0..1: the order within each class stays as it was. */
function toProbabilities(scores: readonly Float64Array[]): Float64Array[] {
  const even = 1 / scores.length;
  const furthest = Math.max(...scores.map((list) => list.reduce((most, value) => Math.max(most, Math.abs(value - even)), 0)), 1e-12);
  const factor = even / furthest;
  return Array.from({ length: scores[0]!.length }, (_, i) => Float64Array.from(scores, (list) => even + factor * (list[i]! - even)));
}
