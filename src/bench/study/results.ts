import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { RegimeName } from "../../train/index.js";
import { median } from "../compare.js";
import { itemsOf, type StudyItem, type StudyProtocol } from "./protocol.js";

export const sides = ["osteon", "pytorch"] as const;

export type SideName = (typeof sides)[number];

/** What one run showed. */
export interface RunResult {
  /** In all: training, the test part after every epoch, and once more at the end. */
  readonly seconds: number;
  /** Since the start, at the end of every epoch, with the accuracy on the fold's test part. */
  readonly epochs: readonly { readonly seconds: number; readonly accuracy: number }[];
}

/** A run's result of one side. */
export interface StudyRow extends StudyItem, RunResult {
  readonly side: SideName;
}

/** Where a side leaves what a run showed; a file that is there is a run that is done. */
export function fileOf(side: SideName, { regime, fold }: StudyItem): string {
  return `${side}-${regime}-${fold}.json`;
}

export function readResults(folder: string, protocol: Pick<StudyProtocol, "folds" | "regimes">): StudyRow[] {
  return itemsOf(protocol).flatMap((item) =>
    sides.flatMap((side): StudyRow[] => {
      const file = path.join(folder, fileOf(side, item));
      return existsSync(file) ? [{ side, ...item, ...(JSON.parse(readFileSync(file, "utf8")) as RunResult) }] : [];
    }),
  );
}

/** When a run first reached an accuracy; undefined where it did not. */
export function secondsTo(accuracy: number, { epochs }: RunResult): number | undefined {
  return epochs.find((epoch) => epoch.accuracy >= accuracy)?.seconds;
}

/** One regime, over the folds that all sides there are have done. */
export interface RegimeFigures {
  readonly regime: RegimeName;
  readonly folds: number;
  /** Sums over folds. */
  readonly seconds: Readonly<Record<SideName, number>>;
  /** Mean over folds of the last epoch's. */
  readonly accuracy: Readonly<Record<SideName, number>>;
  /** Folds that reached the asked accuracy, and the median time of these. */
  readonly reached: Readonly<Record<SideName, { readonly folds: number; readonly seconds: number | undefined }>>;
}

export function figuresOfStudy(rows: readonly StudyRow[], accuracy: number): RegimeFigures[] {
  const regimes = [...new Set(rows.map(({ regime }) => regime))];
  const present = sides.filter((side) => rows.some((row) => row.side === side));
  return regimes.map((regime) => {
    const own = rows.filter((row) => row.regime === regime);
    const folds = [...new Set(own.map(({ fold }) => fold))].filter((fold) => present.every((side) => own.some((row) => row.fold === fold && row.side === side)));
    const each = <T>(figure: (runs: readonly StudyRow[]) => T): Record<SideName, T> => {
      const of = (side: SideName) => figure(own.filter((row) => row.side === side && folds.includes(row.fold)));
      return { osteon: of("osteon"), pytorch: of("pytorch") };
    };
    return {
      regime,
      folds: folds.length,
      seconds: each((runs) => runs.reduce((sum, { seconds }) => sum + seconds, 0)),
      accuracy: each((runs) => runs.reduce((sum, { epochs }) => sum + epochs.at(-1)!.accuracy, 0) / runs.length),
      reached: each((runs) => {
        const times = runs.flatMap((run) => secondsTo(accuracy, run) ?? []);
        return { folds: times.length, seconds: times.length === 0 ? undefined : median(times) };
      }),
    };
  });
}

/** The figures as a table in Markdown, which the terminal shows as well. */
export function formatStudy(figures: readonly RegimeFigures[], accuracy: number): string {
  const cells = ({ regime, folds, seconds, accuracy: at, reached }: RegimeFigures): string[] => {
    const time = ({ folds: count, seconds: when }: { folds: number; seconds: number | undefined }) => (when === undefined ? "not reached" : `${when.toFixed(1)} s (${count} of ${folds})`);
    const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
    return [regime, String(folds), seconds.osteon.toFixed(1), seconds.pytorch.toFixed(1), `${(seconds.pytorch / seconds.osteon).toFixed(2)} x`, time(reached.osteon), time(reached.pytorch), percent(at.osteon), percent(at.pytorch)];
  };
  const to = `${(100 * accuracy).toFixed(0)} %`;
  const total = (side: SideName) => figures.reduce((sum, { seconds }) => sum + seconds[side], 0);
  const rows = [
    ["regime", "folds", "Osteon s", "PyTorch s", "ratio", `Osteon to ${to}`, `PyTorch to ${to}`, "Osteon at the end", "PyTorch at the end"],
    Array.from({ length: 9 }, () => "---"),
    ...figures.map(cells),
    ["all", "", total("osteon").toFixed(1), total("pytorch").toFixed(1), `${(total("pytorch") / total("osteon")).toFixed(2)} x`, "", "", "", ""],
  ];
  return rows.map((row) => `| ${row.join(" | ")} |`).join("\n");
}
