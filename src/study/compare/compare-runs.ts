import { readFile } from "node:fs/promises";
import path from "node:path";
import { DataError, InputError, unknownName } from "../../base/index.js";
import { withFileErrors } from "../../files/index.js";
import { headlineCell } from "../analysis/measure-study.js";
import { readPredictions, type PredictionTable } from "../read-predictions.js";
import type { StudyResults } from "../results.js";
import { readResults } from "../verify/verify-run.js";
import { adjustComparisons, compareCellPair, type CellComparison } from "./compare-cells.js";
import { pairDecisions, shareCases, type SharedCases } from "./match-cases.js";

export interface RunName {
  /** Name of the folder. */
  readonly run: string;
  readonly study: string;
  readonly osteon: string;
  readonly predictionsSha256?: string;
}

/** Two runs on the cases they share. */
export interface RunComparison {
  readonly format: 1;
  readonly a: RunName;
  readonly b: RunName;
  readonly labels: readonly string[];
  readonly level: number;
  readonly cases: SharedCases;
  readonly pairs: readonly CellComparison[];
  readonly warnings: readonly string[];
}

export interface CompareRunsOptions {
  /** Cells to compare, of the first and the second run; left out: those of the same name, or the most accurate of each. */
  readonly cells?: readonly (readonly [string, string])[];
}

/** Names of two folders that tell them apart. */
function namesOf(first: string, second: string): [string, string] {
  const last = (folder: string, parts: number): string => path.resolve(folder).split(path.sep).slice(-parts).join("/");
  return last(first, 1) === last(second, 1) ? [last(first, 2), last(second, 2)] : [last(first, 1), last(second, 1)];
}

async function openRun(folder: string): Promise<{ readonly results: StudyResults; readonly table: PredictionTable }> {
  const results = await readResults(folder);
  const name = path.join(path.basename(folder), "predictions.csv");
  return { results, table: readPredictions(await withFileErrors(name, () => readFile(path.join(folder, "predictions.csv"), "utf8")), name) };
}

function choosePairs(a: StudyResults, b: StudyResults, asked: CompareRunsOptions["cells"]): (readonly [string, string])[] {
  const [first, second] = [a.cells.map(({ id }) => id), b.cells.map(({ id }) => id)];
  if (asked !== undefined && asked.length > 0) {
    for (const [x, y] of asked) {
      if (!first.includes(x)) throw unknownName("cell of the first run", x, first);
      if (!second.includes(y)) throw unknownName("cell of the second run", y, second);
    }
    return [...asked];
  }
  const same = first.filter((id) => second.includes(id)).map((id) => [id, id] as const);
  return same.length > 0 ? same : [[headlineCell(a.cells)!.id, headlineCell(b.cells)!.id]];
}

/**
 * Tests two runs on the cases that both predicted, matched by name and checksum of the image.
 * @throws DataError `run-results`, `predictions-table`, `no-shared-cases`; InputError `other-classes`; NotFoundError for an unknown cell
 */
export async function compareRuns(first: string, second: string, options: CompareRunsOptions = {}): Promise<RunComparison> {
  const [a, b] = [await openRun(first), await openRun(second)];
  const { labels } = a.table;
  if (labels.length !== b.table.labels.length || labels.some((label) => !b.table.labels.includes(label))) {
    throw new InputError("other-classes", `study compare: expected two runs that tell the same classes apart, got ${labels.join(", ")} and ${b.table.labels.join(", ")}. Compare runs of one question.`);
  }
  const { facts, ids } = shareCases(a.table, b.table);
  if (ids.size === 0) {
    throw new DataError("no-shared-cases", `study compare: expected runs that share cases, got ${facts.first} and ${facts.second} without one of the same name, image and label. Compare runs on the same images.`);
  }
  const pairs = choosePairs(a.results, b.results, options.cells).map(([x, y]) =>
    compareCellPair({ a: x, b: y }, pairDecisions({ table: a.table, cell: x }, { table: b.table, cell: y }, ids), { labels, level: a.results.level }),
  );
  const names = namesOf(first, second);
  const nameOf = ({ results }: typeof a, run: string): RunName => ({ run, study: results.study.name, osteon: results.software.osteon, ...(results.predictions && { predictionsSha256: results.predictions.sha256 }) });
  const isWhole = facts.shared === facts.first && facts.shared === facts.second;
  return {
    format: 1,
    a: nameOf(a, names[0]),
    b: nameOf(b, names[1]),
    labels,
    level: a.results.level,
    cases: facts,
    pairs: adjustComparisons(pairs),
    warnings: [
      ...(isWhole ? [] : [`Only the ${facts.shared} cases that both runs predicted are compared (${facts.first} and ${facts.second} in all${facts.otherImage > 0 ? `; ${facts.otherImage} of the same name hold another image` : ""}${facts.otherLabel > 0 ? `; ${facts.otherLabel} bear another label` : ""}).`]),
      ...(facts.byImage ? [] : ["The runs do not tell the checksums of all images: cases were matched by name alone."]),
      ...(a.results.data.patients === undefined ? ["The table names no patients: every image was taken for a patient of its own."] : []),
      ...(options.cells === undefined && pairs.every((pair) => pair.a !== pair.b) ? ["The runs have no cell of the same name: the most accurate of each, picked after the fact, are compared."] : []),
    ],
  };
}
