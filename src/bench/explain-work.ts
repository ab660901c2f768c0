import { median } from "./compare.js";
import { startExplainPeer, type Peer } from "./peer.js";

/** What is timed: the bare prediction of a batch, methods of one graph on a batch, and methods that ask, on one image. */
export const explainWorks = ["prediction", "grad-cam", "saliency", "lime", "rise"] as const;
export type ExplainWork = (typeof explainWorks)[number];

export interface ExplainRound {
  readonly round: number;
  readonly side: "Osteon" | "PyTorch";
  readonly seconds: Readonly<Record<ExplainWork, number>>;
}

export interface ExplainBenchOptions {
  readonly network: string;
  readonly batch: number;
  /** Perturbed images of LIME and of RISE. */
  readonly samples: number;
  readonly threads: number;
  readonly rounds: number;
  readonly python?: string;
  readonly works: readonly ExplainWork[];
}

/** What a method costs, as a multiple of what the bars are set in. */
export interface ExplainCost {
  readonly work: ExplainWork;
  /** Seconds over those of the prediction of the same round; for LIME and RISE the rate over the rate of predictions. */
  readonly ratio: number;
  readonly bar: string;
  readonly isMet: boolean;
}

const bars: Partial<Record<ExplainWork, { readonly text: string; readonly isMet: (ratio: number) => boolean }>> = {
  "grad-cam": { text: "at most 1.15 x the prediction", isMet: (ratio) => ratio <= 1.15 },
  saliency: { text: "at most 2.5 x the prediction", isMet: (ratio) => ratio <= 2.5 },
  lime: { text: "at least 0.90 x the rate of predictions", isMet: (ratio) => ratio >= 0.9 },
  rise: { text: "at least 0.90 x the rate of predictions", isMet: (ratio) => ratio >= 0.9 },
};

/** Both sides live at once and take turns, every work once a round. */
export async function timeExplanations({ network, batch, samples, threads, rounds, python, works }: ExplainBenchOptions): Promise<ExplainRound[]> {
  const sides: [ExplainRound["side"], Peer][] = [["Osteon", await startExplainPeer("osteon", { network, batch, samples, threads })]];
  if (python !== undefined) sides.push(["PyTorch", await startExplainPeer(python, { network, batch, samples, threads })]);
  const found: ExplainRound[] = [];
  for (let round = -1; round < rounds; round++) {
    for (const [side, peer] of round % 2 === 0 ? sides : sides.toReversed()) {
      const seconds = Object.fromEntries(explainWorks.map((work) => [work, Number.NaN])) as Record<ExplainWork, number>;
      // The first round opens what is opened when it is first asked for, and warms up memory.
      for (const work of works) seconds[work] = await peer.run(work);
      if (round >= 0) found.push({ round, side, seconds });
    }
  }
  for (const [, peer] of sides) await peer.end();
  return found;
}

/** Medians over the rounds of the ratio within a round, so that a busy minute hits both. */
export function explainCosts(rounds: readonly ExplainRound[], side: ExplainRound["side"], { batch, samples }: { readonly batch: number; readonly samples: number }): ExplainCost[] {
  const own = rounds.filter((one) => one.side === side);
  return (Object.keys(bars) as ExplainWork[]).flatMap((work) => {
    const asks = work === "lime" || work === "rise";
    const ratios = own.map(({ seconds }) => (asks ? samples / seconds[work] / (batch / seconds.prediction) : seconds[work] / seconds.prediction)).filter(Number.isFinite);
    if (ratios.length === 0) return [];
    const ratio = median(ratios);
    return [{ work, ratio, bar: bars[work]!.text, isMet: bars[work]!.isMet(ratio) }];
  });
}

/** Table of both sides for the terminal. */
export function formatExplainCosts(rounds: readonly ExplainRound[], options: { readonly batch: number; readonly samples: number }): string {
  const torch = new Map(explainCosts(rounds, "PyTorch", options).map((cost) => [cost.work, cost]));
  const seconds = (side: ExplainRound["side"], work: ExplainWork) => median(rounds.filter((one) => one.side === side).map((one) => one.seconds[work]));
  const lines = explainCosts(rounds, "Osteon", options).map(({ work, ratio, bar, isMet }) => {
    const other = torch.get(work);
    return `${work.padEnd(10)}${seconds("Osteon", work).toFixed(2).padStart(10)} s${ratio.toFixed(2).padStart(8)} x  ${isMet ? "met   " : "MISSED"}  ${bar.padEnd(42)}${other ? `${seconds("PyTorch", work).toFixed(2).padStart(10)} s${other.ratio.toFixed(2).padStart(8)} x` : ""}`;
  });
  return [`${"method".padEnd(10)}${"Osteon".padStart(12)}${"cost".padStart(10)}          ${"bar".padEnd(42)}${torch.size > 0 ? `${"PyTorch".padStart(12)}${"cost".padStart(10)}` : ""}`, ...lines].join("\n");
}

export function formatExplainCsv(rounds: readonly ExplainRound[], { network, batch, samples, threads }: Pick<ExplainBenchOptions, "network" | "batch" | "samples" | "threads">): string {
  const cells = (one: ExplainRound) => explainWorks.map((work) => (Number.isFinite(one.seconds[work]) ? one.seconds[work].toFixed(4) : ""));
  const rows = rounds.map((one) => [network, batch, samples, threads, one.round, one.side, ...cells(one)].join(","));
  return `${[["network", "batch", "samples", "threads", "round", "side", ...explainWorks.map((work) => `${work}_s`)].join(","), ...rows].join("\n")}\n`;
}
