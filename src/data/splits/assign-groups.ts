import type { Random } from "../../base/index.js";
import type { CaseGroup } from "./groups.js";

/** Weight of a part that lacks a class wholly, against which no balance counts. */
const missingClass = 1000;
/** Weight of a stratum of further columns against a class. */
const stratumWeight = 0.5;
/** Weight of the parts' sizes against a class. */
const sizeWeight = 0.1;
/** Moves and swaps that are weighed before the search ends: bounds the time, the same on every machine. */
const maxTrials = 3_000_000;
/** Times that a part of the best assignment is shuffled and mended again. */
const maxKicks = 400;

/**
 * Distributes groups over parts so that every part gets its share of every class, of every stratum and of the cases.
 * Greedy first: the most lopsided groups first, each to the part where the imbalance grows least; then moves and swaps
 * while they help; then, again and again, a few groups put elsewhere and mended, kept where it is no worse.
 * Imbalance: sum over parts and classes of (count - share x total)^2 (1 / total + cases / (classes x total^2)) / 2, plus
 * half of (count - share x total)^2 / total for the strata and a tenth of it for the sizes.
 * @param shares of the parts; they sum to 1
 * @returns the part of every group
 * @see scikit-learn's StratifiedGroupKFold for the idea of the greedy pass; H. Lourenco, O. Martin, T. Stutzle, Iterated
 *   local search, 2003, for the rest
 */
export function assignGroups(groups: readonly CaseGroup[], shares: readonly number[], random: Random): number[] {
  if (groups.length === 0) return [];
  const board = new Board(groups, shares);
  const orders = [
    random.shuffle(groups.map((_, i) => i)).sort((a, b) => spread(groups[b]!.counts) - spread(groups[a]!.counts)),
    random.shuffle(groups.map((_, i) => i)).sort((a, b) => groups[b]!.members.length - groups[a]!.members.length),
  ];
  let best: { cost: number; partOf: Int32Array } | undefined;
  for (const order of orders) {
    board.clear();
    for (const group of order) board.put(group, board.cheapestPart(group));
    improve(board, random);
    if (best === undefined || board.cost() < best.cost - 1e-9) best = { cost: board.cost(), partOf: board.partOf.slice() };
  }
  board.load(best!.partOf);
  kick(board, random);
  return [...board.partOf];
}

function spread(counts: readonly number[]): number {
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - mean) ** 2, 0);
}

/** Groups on parts, with what every part still lacks of every class, stratum and in size. */
class Board {
  readonly partOf: Int32Array;
  readonly groups: number;
  readonly parts: number;
  trials = 0;
  readonly #axes: number;
  readonly #classes: number;
  /** [group, axis] */
  readonly #counts: Float64Array;
  /** [axis] */
  readonly #weights: Float64Array;
  /** [part, axis]: what is there beyond the share. */
  readonly #excess: Float64Array;
  /** [part, class] */
  readonly #held: Int32Array;
  readonly #totals: Float64Array;
  readonly #start: Float64Array;
  /** No assignment of whole cases costs less. */
  readonly leastCost: number;

  constructor(groups: readonly CaseGroup[], shares: readonly number[]) {
    const [first] = groups;
    this.groups = groups.length;
    this.parts = shares.length;
    this.#classes = first!.counts.length;
    this.#axes = this.#classes + first!.strata.length + 1;
    this.#counts = Float64Array.from(groups.flatMap(({ counts, strata, members }) => [...counts, ...strata, members.length]));
    const totals = new Float64Array(this.#axes);
    this.#counts.forEach((count, i) => (totals[i % this.#axes]! += count));
    this.#totals = totals;
    const size = totals[this.#axes - 1]!;
    this.#weights = totals.map((total, axis) => {
      if (total === 0) return 0;
      if (axis === this.#axes - 1) return sizeWeight / total;
      // A rare class counts by its share of cases and by the share of its own: the mean of both.
      const share = (0.5 * (1 + size / (this.#classes * total))) / total;
      return axis < this.#classes ? share : stratumWeight / total;
    });
    this.#start = Float64Array.from(shares.flatMap((share) => [...totals].map((total) => -share * total)));
    this.#excess = this.#start.slice();
    this.leastCost = totals.reduce((sum, total, axis) => sum + this.#weights[axis]! * leastSquares(shares.map((share) => share * total)), 0);
    this.#held = new Int32Array(this.parts * this.#classes);
    this.partOf = new Int32Array(this.groups).fill(-1);
  }

  clear(): void {
    this.partOf.fill(-1);
    this.#excess.set(this.#start);
    this.#held.fill(0);
  }

  load(partOf: Int32Array): void {
    this.clear();
    partOf.forEach((part, group) => this.put(group, part));
  }

  put(group: number, part: number): void {
    const from = this.partOf[group]!;
    for (let axis = 0; axis < this.#axes; axis++) {
      const count = this.#counts[group * this.#axes + axis]!;
      if (from >= 0) this.#excess[from * this.#axes + axis]! -= count;
      this.#excess[part * this.#axes + axis]! += count;
      if (axis >= this.#classes) continue;
      if (from >= 0) this.#held[from * this.#classes + axis]! -= count;
      this.#held[part * this.#classes + axis]! += count;
    }
    this.partOf[group] = part;
  }

  cost(): number {
    let sum = 0;
    this.#excess.forEach((excess, i) => (sum += excess * excess * this.#weights[i % this.#axes]!));
    for (const held of this.#held) if (held === 0) sum += missingClass;
    return sum;
  }

  /** Sum over the classes of the root of their squared distances, by their own number: what a rare class suffers. */
  spread(): number {
    let sum = 0;
    for (let axis = 0; axis < this.#classes; axis++) {
      let square = 0;
      for (let part = 0; part < this.parts; part++) square += this.#excess[part * this.#axes + axis]! ** 2;
      sum += Math.sqrt(square) / this.#totals[axis]!;
    }
    return sum;
  }

  cheapestPart(group: number): number {
    let best = 0;
    let least = Infinity;
    for (let part = 0; part < this.parts; part++) {
      const growth = this.#growth(group, part);
      if (growth < least - 1e-12) [best, least] = [part, growth];
    }
    return best;
  }

  #growth(group: number, part: number): number {
    let growth = 0;
    for (let axis = 0; axis < this.#axes; axis++) {
      const count = this.#counts[group * this.#axes + axis]!;
      if (count === 0) continue;
      growth += this.#weights[axis]! * count * (2 * this.#excess[part * this.#axes + axis]! + count);
      if (axis < this.#classes && this.#held[part * this.#classes + axis] === 0) growth -= missingClass;
    }
    return growth;
  }

  /** Change of the cost if `a` went to `to` and, where given, `b` came from there. */
  change(a: number, to: number, b = -1): number {
    this.trials += 1;
    const from = this.partOf[a]!;
    let sum = 0;
    for (let axis = 0; axis < this.#axes; axis++) {
      const moved = this.#counts[a * this.#axes + axis]! - (b < 0 ? 0 : this.#counts[b * this.#axes + axis]!);
      if (moved === 0) continue;
      sum += 2 * this.#weights[axis]! * moved * (this.#excess[to * this.#axes + axis]! - this.#excess[from * this.#axes + axis]! + moved);
      if (axis >= this.#classes) continue;
      const [left, there] = [this.#held[from * this.#classes + axis]!, this.#held[to * this.#classes + axis]!];
      sum += missingClass * (Number(left === moved) - Number(left === 0) + Number(there === -moved) - Number(there === 0));
    }
    return sum;
  }
}

/** Least sum of squared distances of whole numbers from the ideal ones, of the same sum. */
function leastSquares(ideals: readonly number[]): number {
  const total = Math.round(ideals.reduce((sum, ideal) => sum + ideal, 0));
  const rests = ideals.map((ideal) => ideal - Math.floor(ideal + 1e-9)).sort((a, b) => b - a);
  const up = total - ideals.reduce((sum, ideal) => sum + Math.floor(ideal + 1e-9), 0);
  return rests.reduce((sum, rest, i) => sum + (i < up ? (1 - rest) ** 2 : rest ** 2), 0);
}

/** Carries out every move and swap that lowers the cost, in random order, until none does or the trials are spent. */
function improve(board: Board, random: Random, only?: readonly number[]): void {
  const all = random.shuffle(Array.from({ length: board.groups }, (_, i) => i));
  let first: readonly number[] = only ?? all;
  for (let helped = true; helped && board.trials < maxTrials; first = all) {
    helped = false;
    for (const a of first) {
      for (let to = 0; to < board.parts; to++) {
        if (to === board.partOf[a] || board.change(a, to) >= -1e-9) continue;
        board.put(a, to);
        helped = true;
      }
      for (const b of all) {
        const to = board.partOf[b]!;
        const from = board.partOf[a]!;
        if (to === from || board.change(a, to, b) >= -1e-9) continue;
        board.put(a, to);
        board.put(b, from);
        helped = true;
        if (board.trials >= maxTrials) return;
      }
    }
  }
}

/** Weight of the cost against the spread in what is kept. */
const costWeight = 0.1;

/** Puts a few groups elsewhere at random and mends the rest; what is worse is taken back. */
function kick(board: Board, random: Random): void {
  let kept = board.partOf.slice();
  const [cost, spread] = [board.cost(), board.spread()].map((value) => Math.max(value, 1e-12)) as [number, number];
  // Both measures against where they began, so that neither is bought with the other.
  const judge = (): number => (costWeight * board.cost()) / cost + board.spread() / spread;
  let least = judge();
  for (let round = 0; round < maxKicks && board.trials < maxTrials && board.cost() > board.leastCost + 1e-9; round++) {
    const moved = Array.from({ length: 2 + random.integer(3) }, () => random.integer(board.groups));
    for (const group of moved) board.put(group, random.integer(board.parts));
    improve(board, random);
    const found = judge();
    if (found < least + 1e-9) {
      least = Math.min(found, least);
      kept = board.partOf.slice();
    } else board.load(kept);
  }
}
