import { DataError } from "../base/index.js";
import type { SetAside } from "./dataset.js";

/** What is wrong with one row or file. */
export interface RowProblem {
  readonly code: string;
  /** The file as the user knows it; empty where the row names none. */
  readonly file: string;
  /** Line of the table, from 1; undefined for folders. */
  readonly line?: number;
  /** For a person, without the file's name: `"no such file"`. */
  readonly reason: string;
}

const shown = 10;

/**
 * One error for all problems, so that a table is mended in one go.
 * @returns an error with the problems' common code, or `dataset-rows` where they differ
 */
export function problemsError(subject: string, problems: readonly RowProblem[], remedy = "Correct these lines"): DataError {
  const codes = new Set(problems.map(({ code }) => code));
  const list = problems.slice(0, shown).map(({ file, line, reason }) => {
    const where = [line === undefined ? "" : `line ${line}`, file].filter((part) => part !== "").join(", ");
    return `${where}: ${reason}`;
  });
  const more = problems.length > shown ? `; and ${problems.length - shown} more` : "";
  const got = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return new DataError(
    codes.size === 1 ? [...codes][0]! : "dataset-rows",
    `${subject}: expected every case to be usable, got ${got}: ${list.join("; ")}${more}. ${remedy}, or set these cases aside with skipBad (--skip-bad).`,
  );
}

/** The problems as entries of a data set's list of files set aside. */
export function toSetAside(problems: readonly RowProblem[]): SetAside[] {
  return problems.map(({ file, line, reason }) => ({
    file: file === "" ? `line ${line}` : file,
    reason: line === undefined || file === "" ? reason : `line ${line}: ${reason}`,
  }));
}
