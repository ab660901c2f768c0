import { type Peer, startOsteon, startTorch } from "./peer.js";
import type { Work } from "./work.js";

export interface Side {
  readonly seconds: readonly number[];
  readonly peakMb: number;
}

/** One row of the table. */
export interface Comparison {
  readonly work: Work;
  readonly osteon: Side;
  readonly torch?: Side;
}

export interface CompareOptions {
  /** Rounds that count; in each, both sides do the work once, one after the other. */
  readonly rounds: number;
  /** Rounds before, which warm up memory. */
  readonly warmup: number;
  readonly python?: string;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** How many times as fast as PyTorch: the median over rounds of the ratio within a round, so that a busy minute hits both. */
export function speedRatio({ osteon, torch }: Comparison): number | undefined {
  if (torch === undefined) return undefined;
  return median(torch.seconds.map((seconds, i) => seconds / osteon.seconds[i]!));
}

/** Both sides live at once and take turns; the one that waits is idle. */
export async function compare(work: Work, { rounds, warmup, python }: CompareOptions): Promise<Comparison> {
  const peers: Peer[] = [await startOsteon(work)];
  if (python !== undefined) peers.push(await startTorch(work, python));
  const seconds = peers.map((): number[] => []);
  for (let round = -warmup; round < rounds; round++) {
    // The order alternates, so that neither side always follows the other.
    const order = peers.map((_, i) => (round % 2 === 0 ? i : peers.length - 1 - i));
    for (const i of order) {
      const taken = await peers[i]!.run();
      if (round >= 0) seconds[i]!.push(taken);
    }
  }
  const sides: Side[] = [];
  for (const [i, peer] of peers.entries()) sides.push({ seconds: seconds[i]!, peakMb: await peer.end() });
  return { work, osteon: sides[0]!, ...(sides[1] && { torch: sides[1] }) };
}
