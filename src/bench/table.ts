import { type Comparison, median, type Side, speedRatio } from "./compare.js";

function rates({ seconds }: Side, batch: number): { readonly middle: number; readonly best: number } {
  return { middle: batch / median(seconds), best: batch / Math.min(...seconds) };
}

function columns(comparison: Comparison): string[] {
  const { work, osteon, torch } = comparison;
  const own = rates(osteon, work.batch);
  const other = torch && rates(torch, work.batch);
  const ratio = speedRatio(comparison);
  const kind = work.kind === "training" ? `training, ${work.batchNorm === "train" ? "batch" : "frozen"} norm` : "inference";
  return [
    work.network,
    kind,
    own.middle.toFixed(2),
    other?.middle.toFixed(2) ?? "-",
    ratio === undefined ? "-" : `${ratio.toFixed(2)} x`,
    own.best.toFixed(2),
    other?.best.toFixed(2) ?? "-",
    osteon.peakMb.toFixed(0),
    torch?.peakMb.toFixed(0) ?? "-",
  ];
}

const headings = ["network", "work", "Osteon img/s", "PyTorch img/s", "ratio", "best Osteon", "best PyTorch", "Osteon MB", "PyTorch MB"];

function layOut(rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) => cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  ");
  return [line(headings), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** A table for the terminal: medians over rounds, the ratio within rounds, the best round of each side, peak memory. */
export function formatTable(comparisons: readonly Comparison[]): string {
  return layOut(comparisons.map(columns));
}

/** Every round of every comparison, one line each. */
export function formatCsv(comparisons: readonly Comparison[]): string {
  const lines = comparisons.flatMap(({ work, osteon, torch }) =>
    osteon.seconds.map((seconds, round) =>
      [
        work.network,
        work.kind,
        work.batchNorm,
        work.batch,
        work.threads,
        round,
        seconds.toFixed(4),
        torch?.seconds[round]?.toFixed(4) ?? "",
        osteon.peakMb.toFixed(0),
        torch?.peakMb.toFixed(0) ?? "",
      ].join(","),
    ),
  );
  return ["network,kind,batch_norm,batch,threads,round,osteon_s,pytorch_s,osteon_peak_mb,pytorch_peak_mb", ...lines, ""].join("\n");
}
