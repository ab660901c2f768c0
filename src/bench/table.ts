import { type Comparison, median, type Side, speedRatio } from "./compare.js";
import { type PeerName, peerNames, peers } from "./peers.js";
import { studiedNetworks, tasks } from "./work.js";

/** What a row says of a side, in images a second: the median over rounds, and the fastest round. */
export interface Rates {
  readonly median: number;
  readonly best: number;
}

/** What a row says, in numbers. */
export interface Figures {
  readonly osteon: Rates;
  /** Share of the matrix-product peak that the median round reaches, in [0, 1]. */
  readonly ofPeak: number;
  /** Seconds at the machine's peaks over seconds taken, in [0, 1]. */
  readonly ofRoofline: number;
}

function ratesOf({ seconds }: Side, batch: number): Rates {
  return { median: batch / median(seconds), best: batch / Math.min(...seconds) };
}

export function figuresOf({ work, osteon, peaks, gflop, leastSeconds }: Comparison): Figures {
  const seconds = median(osteon.seconds);
  return { osteon: ratesOf(osteon, work.batch), ofPeak: gflop / seconds / peaks.gflops, ofRoofline: leastSeconds / seconds };
}

/** A peer's rates, and how many times as fast Osteon is; undefined where it was not measured. */
export function figuresOfPeer(comparison: Comparison, name: PeerName): (Rates & { readonly ratio: number; readonly peakMb: number }) | undefined {
  const side = comparison.peers[name];
  const ratio = speedRatio(comparison, name);
  return side === undefined || ratio === undefined ? undefined : { ...ratesOf(side, side.batch ?? comparison.work.batch), ratio, peakMb: side.peakMb };
}

/** Rates of slow peers are far below 1. */
export const formatRate = (rate: number): string => (rate < 0.1 ? rate.toPrecision(2) : rate.toFixed(2));
export const formatRatio = (ratio: number): string => `${ratio < 100 ? ratio.toFixed(2) : ratio.toFixed(0)} x`;
export const formatShare = (share: number): string => `${(100 * share).toFixed(0)} %`;

/** A rate with the ratio to it; a dash where there is none. */
export function formatPeer(comparison: Comparison, name: PeerName): string {
  const figures = figuresOfPeer(comparison, name);
  return figures === undefined ? "-" : `${formatRate(figures.median)} (${formatRatio(figures.ratio)})`;
}

/** What a reader has to know of a peer's row: why there is no rate, or that its batch is another. */
export function notesOf({ work, peers: sides }: Comparison): string[] {
  return peerNames.flatMap((name) => {
    const { cannot, batch = work.batch } = sides[name] ?? {};
    if (cannot !== undefined) return [`${peers[name].title}: ${cannot}`];
    return batch === work.batch ? [] : [`${peers[name].title}: batch ${batch}`];
  });
}

export const tfjsPeers = ["tfjs-wasm", "tfjs-cpu"] as const satisfies readonly PeerName[];

const headings = [
  "network", "task", "batch", "Osteon img/s", "PyTorch img/s", "ratio", "best Osteon", "best PyTorch", "of peak", "of roofline", "Osteon MB", "PyTorch MB",
  ...tfjsPeers.flatMap((name) => [`${peers[name].title} img/s`, "MB"]),
];

/** Room for the longest names, so that rows printed one by one stand in line. */
const least = [studiedNetworks, Object.values(tasks).map(({ title }) => title)].map((names) => Math.max(...names.map((name) => name.length)));

function columns(comparison: Comparison): string[] {
  const { work, osteon } = comparison;
  const figures = figuresOf(comparison);
  const torch = figuresOfPeer(comparison, "torch");
  return [
    work.network,
    tasks[work.task].title,
    String(work.batch),
    figures.osteon.median.toFixed(2),
    torch?.median.toFixed(2) ?? "-",
    torch === undefined ? "-" : formatRatio(torch.ratio),
    figures.osteon.best.toFixed(2),
    torch?.best.toFixed(2) ?? "-",
    formatShare(figures.ofPeak),
    formatShare(figures.ofRoofline),
    osteon.peakMb.toFixed(0),
    torch?.peakMb.toFixed(0) ?? "-",
    ...tfjsPeers.flatMap((name) => [formatPeer(comparison, name), figuresOfPeer(comparison, name)?.peakMb.toFixed(0) ?? "-"]),
  ];
}

/** A table for the terminal: medians over rounds, the ratio within rounds, the best round of each side, shares, peak memory. */
export function formatTable(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(columns);
  const widths = headings.map((heading, i) => Math.max(heading.length, least[i] ?? 0, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) => cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  ");
  return [line(headings), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
