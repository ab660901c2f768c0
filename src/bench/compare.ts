import { median } from "../stats/index.js";
import { type Peer, startOsteon, type Unable } from "./peer.js";
import { type PeerName, type PeerOptions, startOne } from "./peers.js";
import { demandOfWork, higherPeaks, measurePeaks, type Peaks } from "./roofline.js";
import type { Work } from "./work.js";

export { median };

export interface Side {
  /** One entry per round; of a peer without time for all of them, those of the first rounds. */
  readonly seconds: readonly number[];
  readonly peakMb: number;
  /** Images of one piece of work, where that is not the work's batch. */
  readonly batch?: number;
  /** Why there are no seconds. */
  readonly cannot?: string;
}

/** One row of the table. */
export interface Comparison {
  readonly work: Work;
  readonly osteon: Side;
  readonly peers: Readonly<Partial<Record<PeerName, Side>>>;
  /** The machine's peaks, the higher of before and after. */
  readonly peaks: Peaks;
  /** Operations of one piece of work, 10^9. */
  readonly gflop: number;
  /** Seconds that it takes at the machine's peaks. */
  readonly leastSeconds: number;
}

interface Rounds {
  /** Rounds that count; in each, every side does the work once, one after the other. */
  readonly rounds: number;
  /** Rounds before, which warm up memory. */
  readonly warmup: number;
}

export interface CompareOptions extends Rounds, PeerOptions {
  readonly peers: readonly PeerName[];
}

/** How many times as fast as a peer per image: the median over rounds of the ratio within a round, so that a busy minute hits both. */
export function speedRatio({ work, osteon, peers }: Pick<Comparison, "work" | "osteon" | "peers">, name: PeerName): number | undefined {
  const { seconds = [], batch = work.batch } = peers[name] ?? {};
  if (seconds.length === 0) return undefined;
  return median(seconds.map((taken, i) => taken / batch / (osteon.seconds[i]! / work.batch)));
}

/** Whether it is a peer's turn: a bounded one stays away from warm-up where that would take its time, and ends when it is used up. */
export function isDue({ bounds }: Pick<Peer, "bounds">, { round, rounds, warmup, taken }: Rounds & { readonly round: number; readonly taken: readonly number[] }): boolean {
  if (bounds === undefined) return true;
  if (round < 0) return bounds.estimate * (rounds + warmup) <= bounds.seconds;
  const spent = taken.reduce((sum, seconds) => sum + seconds, 0);
  return taken.length === 0 || (taken.length === round && spent + spent / taken.length <= bounds.seconds);
}

/** Lets peers take turns. The order alternates, so that none always follows the same; those that wait are idle. */
export async function takeTurns(peers: readonly (Peer | Unable)[], rounds: Rounds): Promise<Side[]> {
  const sides = peers.map((peer) => ({ peer, taken: [] as number[], cannot: "cannot" in peer ? peer.cannot : undefined }));
  for (let round = -rounds.warmup; round < rounds.rounds; round++) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const { peer, taken } = side;
      if ("cannot" in peer || side.cannot !== undefined || !isDue(peer, { ...rounds, round, taken })) continue;
      try {
        const seconds = await peer.run();
        if (round >= 0) taken.push(seconds);
      } catch (error) {
        // A peer that may be too slow or run out of its memory is no reason to lose the others.
        if (peer.bounds === undefined) throw error;
        side.cannot = error instanceof Error ? error.message : String(error);
      }
      // Idle threads of the runtime spin for a moment.
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
  const ended: Side[] = [];
  for (const { peer, taken, cannot } of sides) {
    if ("cannot" in peer || cannot !== undefined) ended.push({ seconds: [], peakMb: Number.NaN, cannot: cannot! });
    else ended.push({ seconds: taken, peakMb: await peer.end(), ...(peer.batch !== undefined && { batch: peer.batch }) });
  }
  return ended;
}

/** Lets all sides live at once and take turns; the machine is measured before and after. */
export async function compare(work: Work, options: CompareOptions): Promise<Comparison> {
  const before = await measurePeaks(work.threads);
  const demand = demandOfWork(work);
  const started: (Peer | Unable)[] = [await startOsteon(work)];
  for (const name of options.peers) started.push(await startOne(name, { work, demand }, options));
  const [osteon, ...sides] = await takeTurns(started, options);
  const peaks = higherPeaks(before, await measurePeaks(work.threads));
  const peers = Object.fromEntries(options.peers.map((name, i) => [name, sides[i]!]));
  return { work, osteon: osteon!, peers, peaks, gflop: demand.gflop, leastSeconds: demand.seconds(peaks) };
}
