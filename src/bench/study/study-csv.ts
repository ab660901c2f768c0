import { parse } from "csv-parse/sync";
import type { RegimeName } from "../../train/index.js";
import type { Circumstances } from "../csv.js";
import type { StudyProtocol } from "./protocol.js";
import type { SideName, StudyRow } from "./results.js";

/** Every run of a study bench, with where and with what it was made. */
export interface MeasuredStudy {
  readonly rows: readonly StudyRow[];
  readonly protocol: Pick<StudyProtocol, "images" | "size" | "threads" | "accuracy">;
  readonly circumstances: Omit<Circumstances, "tfjs">;
}

const columns = ["side", "regime", "fold", "seconds", "epochs", "images", "size", "threads", "accuracy", "machine", "node", "runtime", "pytorch", "commit"] as const;

/** One line per run; `epochs` has seconds:accuracy of each. */
export function formatStudyCsv({ rows, protocol, circumstances }: MeasuredStudy): string {
  const { machine, node, runtime, torch, commit } = circumstances;
  const shared = [protocol.images, protocol.size, protocol.threads, protocol.accuracy, `"${machine}"`, node, runtime, torch, commit];
  const lines = rows.map(({ side, regime, fold, seconds, epochs }) =>
    [side, regime, fold, seconds.toFixed(3), epochs.map((epoch) => `${epoch.seconds.toFixed(3)}:${epoch.accuracy.toFixed(4)}`).join(" "), ...shared].join(","),
  );
  return [columns.join(","), ...lines, ""].join("\n");
}

/** The runs of a file that {@link formatStudyCsv} wrote; undefined where it has none. */
export function readStudyCsv(text: string): MeasuredStudy | undefined {
  const lines = parse(text, { columns: true }) as Record<(typeof columns)[number], string>[];
  const [first] = lines;
  if (first === undefined) return undefined;
  const rows = lines.map((line): StudyRow => ({
    side: line.side as SideName,
    regime: line.regime as RegimeName,
    fold: Number(line.fold),
    seconds: Number(line.seconds),
    epochs: line.epochs.split(" ").map((pair) => {
      const [seconds, accuracy] = pair.split(":").map(Number) as [number, number];
      return { seconds, accuracy };
    }),
  }));
  return {
    rows,
    protocol: { images: Number(first.images), size: Number(first.size), threads: Number(first.threads), accuracy: Number(first.accuracy) },
    circumstances: { machine: first.machine, node: first.node, runtime: first.runtime, torch: first.pytorch, commit: first.commit },
  };
}
