import { parse } from "csv-parse/sync";
import type { Comparison, Side } from "./compare.js";
import { peerNames, peers } from "./peers.js";
import { keyOf, type Work, workOf } from "./work.js";

/** Where and with what a measurement was made. */
export interface Circumstances {
  readonly machine: string;
  readonly node: string;
  readonly runtime: string;
  readonly torch: string;
  readonly tfjs: string;
  readonly commit: string;
}

export type Measured = Comparison & { readonly circumstances: Circumstances };

/** Older files lack those of tfjs. */
const columns = [
  "network", "task", "batch", "size", "threads", "round", "osteon_s", "pytorch_s", "osteon_peak_mb", "pytorch_peak_mb",
  "peak_gflops", "bandwidth_gb_s", "gflop", "least_s", "machine", "node", "runtime", "pytorch", "commit",
  "tfjs_wasm_s", "tfjs_wasm_batch", "tfjs_wasm_peak_mb", "tfjs_wasm_cannot", "tfjs_cpu_s", "tfjs_cpu_batch", "tfjs_cpu_peak_mb", "tfjs_cpu_cannot", "tfjs",
] as const;

type Row = Readonly<Partial<Record<string, string>>>;

/** A side's cells of one round; cells of columns that the file does not have are left out of it. */
function cellsOf(column: string, round: number, side: Side | undefined): Row {
  const peak = side === undefined || Number.isNaN(side.peakMb) ? "" : side.peakMb.toFixed(0);
  return { [`${column}_s`]: side?.seconds[round]?.toFixed(4), [`${column}_peak_mb`]: peak, [`${column}_batch`]: side?.batch?.toString(), [`${column}_cannot`]: side?.cannot };
}

function rowsOf({ work, osteon, peers: sides, peaks, gflop, leastSeconds, circumstances }: Measured): Row[] {
  return osteon.seconds.map((_, round) => ({
    network: work.network, task: work.task, batch: String(work.batch), size: String(work.size), threads: String(work.threads), round: String(round),
    ...cellsOf("osteon", round, osteon),
    ...Object.assign({}, ...peerNames.map((name) => cellsOf(peers[name].column, round, sides[name]))) as Row,
    peak_gflops: peaks.gflops.toFixed(1), bandwidth_gb_s: peaks.bandwidthGBs.toFixed(1), gflop: gflop.toFixed(2), least_s: leastSeconds.toFixed(4),
    machine: circumstances.machine, node: circumstances.node, runtime: circumstances.runtime, pytorch: circumstances.torch, commit: circumstances.commit, tfjs: circumstances.tfjs,
  }));
}

/** Every round of every measurement, one line each, with machine, versions and commit. */
export function formatCsv(measured: readonly Measured[]): string {
  const quoted = (cell: string) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const lines = measured.flatMap(rowsOf).map((row) => columns.map((column) => quoted(row[column] ?? "")).join(","));
  return [columns.join(","), ...lines, ""].join("\n");
}

const said = (cell: string | undefined): cell is string => cell !== undefined && cell !== "";

function sideOf(rows: readonly Row[], column: string): Side | undefined {
  const [first] = rows;
  const [batch, peak, cannot] = ["batch", "peak_mb", "cannot"].map((fact) => first?.[`${column}_${fact}`]);
  const seconds = rows.map((row) => row[`${column}_s`]).filter(said).map(Number);
  if (seconds.length === 0 && !said(cannot)) return undefined;
  return { seconds, peakMb: said(peak) ? Number(peak) : Number.NaN, ...(said(batch) && { batch: Number(batch) }), ...(said(cannot) && { cannot }) };
}

/** The measurements of a file that {@link formatCsv} wrote. */
export function readCsv(text: string): Measured[] {
  const byWork = new Map<string, { work: Work; rows: Row[] }>();
  for (const row of parse(text, { columns: true }) as Record<string, string>[]) {
    const work = workOf({ network: row["network"]!, task: row["task"]!, batch: Number(row["batch"]), size: Number(row["size"]), threads: Number(row["threads"]) });
    const key = `${keyOf(work)},${row["machine"]}`;
    byWork.set(key, { work, rows: [...(byWork.get(key)?.rows ?? []), row] });
  }
  return [...byWork.values()].map(({ work, rows }) => {
    const number = (column: string) => Number(rows[0]![column]);
    const word = (column: string) => rows[0]![column] ?? "";
    const sides = peerNames.flatMap((name) => {
      const side = sideOf(rows, peers[name].column);
      return side === undefined ? [] : [[name, side] as const];
    });
    return {
      work,
      osteon: sideOf(rows, "osteon")!,
      peers: Object.fromEntries(sides),
      peaks: { gflops: number("peak_gflops"), bandwidthGBs: number("bandwidth_gb_s") },
      gflop: number("gflop"),
      leastSeconds: number("least_s"),
      circumstances: { machine: word("machine"), node: word("node"), runtime: word("runtime"), torch: word("pytorch"), tfjs: word("tfjs"), commit: word("commit") },
    };
  });
}

const placeOf = ({ work, circumstances }: Measured): string => `${keyOf(work)},${circumstances.machine}`;

/** Old measurements, those of the same works on the same machine replaced by the new. */
export function mergeMeasured(old: readonly Measured[], fresh: readonly Measured[]): Measured[] {
  const keys = new Set(fresh.map(placeOf));
  return [...old.filter((one) => !keys.has(placeOf(one))), ...fresh];
}
