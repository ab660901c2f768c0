import { median } from "../stats/index.js";
import { type Peer, startOsteon, startTorch } from "./peer.js";
import { demandOfWork, higherPeaks, measurePeaks, type Peaks } from "./roofline.js";
import type { Work } from "./work.js";

export { median };

export interface Side {
  /** One entry per round. */
  readonly seconds: readonly number[];
  readonly peakMb: number;
}

/** One row of the table. */
export interface Comparison {
  readonly work: Work;
  readonly osteon: Side;
  readonly torch?: Side;
  /** The machine's peaks, the higher of before and after. */
  readonly peaks: Peaks;
  /** Operations of one piece of work, 10^9. */
  readonly gflop: number;
  /** Seconds that it takes at the machine's peaks. */
  readonly leastSeconds: number;
}

export interface CompareOptions {
  /** Rounds that count; in each, both sides do the work once, one after the other. */
  readonly rounds: number;
  /** Rounds before, which warm up memory. */
  readonly warmup: number;
  readonly python?: string;
}

/** How many times as fast as PyTorch: the median over rounds of the ratio within a round, so that a busy minute hits both. */
export function speedRatio({ osteon, torch }: Pick<Comparison, "osteon" | "torch">): number | undefined {
  if (torch === undefined) return undefined;
  return median(torch.seconds.map((seconds, i) => seconds / osteon.seconds[i]!));
}

/** Lets peers take turns. The order alternates, so that neither always follows the other; the one that waits is idle. */
export async function takeTurns(peers: readonly Peer[], { rounds, warmup }: { readonly rounds: number; readonly warmup: number }): Promise<Side[]> {
  const seconds = peers.map((): number[] => []);
  for (let round = -warmup; round < rounds; round++) {
    for (const i of peers.map((_, n) => (round % 2 === 0 ? n : peers.length - 1 - n))) {
      const taken = await peers[i]!.run();
      if (round >= 0) seconds[i]!.push(taken);
      // Idle threads of the runtime spin for a moment.
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
  const sides: Side[] = [];
  for (const [i, peer] of peers.entries()) sides.push({ seconds: seconds[i]!, peakMb: await peer.end() });
  return sides;
}

/** Lets both sides live at once and take turns; the machine is measured before and after. */
export async function compare(work: Work, { rounds, warmup, python }: CompareOptions): Promise<Comparison> {
  const before = await measurePeaks(work.threads);
  const demand = demandOfWork(work);
  const peers: Peer[] = [await startOsteon(work)];
  if (python !== undefined) peers.push(await startTorch(work, python));
  const [osteon, torch] = await takeTurns(peers, { rounds, warmup });
  const peaks = higherPeaks(before, await measurePeaks(work.threads));
  return { work, osteon: osteon!, ...(torch && { torch }), peaks, gflop: demand.gflop, leastSeconds: demand.seconds(peaks) };
}
