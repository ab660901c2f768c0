import { type Comparison, median, speedRatio } from "./compare.js";
import { studiedNetworks, tasks } from "./work.js";

/** What a row says, in numbers. */
export interface Figures {
  /** Images a second: medians over rounds, and of the fastest round. */
  readonly osteon: number;
  readonly osteonBest: number;
  readonly torch: number | undefined;
  readonly torchBest: number | undefined;
  readonly ratio: number | undefined;
  /** Share of the matrix-product peak that the median round reaches, in [0, 1]. */
  readonly ofPeak: number;
  /** Seconds at the machine's peaks over seconds taken, in [0, 1]. */
  readonly ofRoofline: number;
}

export function figuresOf(comparison: Comparison): Figures {
  const { work, osteon, torch, peaks, gflop, leastSeconds } = comparison;
  const seconds = median(osteon.seconds);
  return {
    osteon: work.batch / seconds,
    osteonBest: work.batch / Math.min(...osteon.seconds),
    torch: torch && work.batch / median(torch.seconds),
    torchBest: torch && work.batch / Math.min(...torch.seconds),
    ratio: speedRatio(comparison),
    ofPeak: gflop / seconds / peaks.gflops,
    ofRoofline: leastSeconds / seconds,
  };
}

const headings = ["network", "task", "batch", "Osteon img/s", "PyTorch img/s", "ratio", "best Osteon", "best PyTorch", "of peak", "of roofline", "Osteon MB", "PyTorch MB"];

/** Room for the longest names, so that rows printed one by one stand in line. */
const least = [studiedNetworks, Object.values(tasks).map(({ title }) => title)].map((names) => Math.max(...names.map((name) => name.length)));

function columns(comparison: Comparison): string[] {
  const { work, osteon, torch } = comparison;
  const figures = figuresOf(comparison);
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  return [
    work.network,
    tasks[work.task].title,
    String(work.batch),
    figures.osteon.toFixed(2),
    figures.torch?.toFixed(2) ?? "-",
    figures.ratio === undefined ? "-" : `${figures.ratio.toFixed(2)} x`,
    figures.osteonBest.toFixed(2),
    figures.torchBest?.toFixed(2) ?? "-",
    percent(figures.ofPeak),
    percent(figures.ofRoofline),
    osteon.peakMb.toFixed(0),
    torch?.peakMb.toFixed(0) ?? "-",
  ];
}

/** A table for the terminal: medians over rounds, the ratio within rounds, the best round of each side, shares, peak memory. */
export function formatTable(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(columns);
  const widths = headings.map((heading, i) => Math.max(heading.length, least[i] ?? 0, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) => cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  ");
  return [line(headings), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
