import { parse } from "csv-parse/sync";
import type { Comparison, Side } from "./compare.js";
import { keyOf, type Work, workOf } from "./work.js";

/** Where and with what a measurement was made. */
export interface Circumstances {
  readonly machine: string;
  readonly node: string;
  readonly runtime: string;
  readonly torch: string;
  readonly commit: string;
}

export type Measured = Comparison & { readonly circumstances: Circumstances };

const columns = [
  "network", "task", "batch", "size", "threads", "round", "osteon_s", "pytorch_s", "osteon_peak_mb", "pytorch_peak_mb",
  "peak_gflops", "bandwidth_gb_s", "gflop", "least_s", "machine", "node", "runtime", "pytorch", "commit",
] as const;

type Row = Record<(typeof columns)[number], string>;

function rowsOf({ work, osteon, torch, peaks, gflop, leastSeconds, circumstances }: Measured): Row[] {
  return osteon.seconds.map((seconds, round) => ({
    network: work.network, task: work.task, batch: String(work.batch), size: String(work.size), threads: String(work.threads), round: String(round),
    osteon_s: seconds.toFixed(4), pytorch_s: torch?.seconds[round]?.toFixed(4) ?? "",
    osteon_peak_mb: osteon.peakMb.toFixed(0), pytorch_peak_mb: torch?.peakMb.toFixed(0) ?? "",
    peak_gflops: peaks.gflops.toFixed(1), bandwidth_gb_s: peaks.bandwidthGBs.toFixed(1), gflop: gflop.toFixed(2), least_s: leastSeconds.toFixed(4),
    machine: circumstances.machine, node: circumstances.node, runtime: circumstances.runtime, pytorch: circumstances.torch, commit: circumstances.commit,
  }));
}

/** Every round of every measurement, one line each, with machine, versions and commit. */
export function formatCsv(measured: readonly Measured[]): string {
  const quoted = (cell: string) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const lines = measured.flatMap(rowsOf).map((row) => columns.map((column) => quoted(row[column])).join(","));
  return [columns.join(","), ...lines, ""].join("\n");
}

function sideOf(rows: readonly Row[], peer: "osteon" | "pytorch"): Side {
  return { seconds: rows.map((row) => Number(row[`${peer}_s`])), peakMb: Number(rows[0]![`${peer}_peak_mb`]) };
}

/** The measurements of a file that {@link formatCsv} wrote. */
export function readCsv(text: string): Measured[] {
  const byWork = new Map<string, { work: Work; rows: Row[] }>();
  for (const row of parse(text, { columns: true }) as Row[]) {
    const work = workOf(row);
    const key = keyOf(work);
    byWork.set(key, { work, rows: [...(byWork.get(key)?.rows ?? []), row] });
  }
  return [...byWork.values()].map(({ work, rows }) => {
    const [first] = rows as [Row];
    return {
      work,
      osteon: sideOf(rows, "osteon"),
      ...(first.pytorch_s !== "" && { torch: sideOf(rows, "pytorch") }),
      peaks: { gflops: Number(first.peak_gflops), bandwidthGBs: Number(first.bandwidth_gb_s) },
      gflop: Number(first.gflop),
      leastSeconds: Number(first.least_s),
      circumstances: { machine: first.machine, node: first.node, runtime: first.runtime, torch: first.pytorch, commit: first.commit },
    };
  });
}

/** Old measurements, those of the same works replaced by the new. */
export function mergeMeasured(old: readonly Measured[], fresh: readonly Measured[]): Measured[] {
  const keys = new Set(fresh.map(({ work }) => keyOf(work)));
  return [...old.filter(({ work }) => !keys.has(keyOf(work))), ...fresh];
}
