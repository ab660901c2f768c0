import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Random } from "../../base/index.js";
import { csvText } from "../../base/index.js";
import { parse } from "csv-parse/sync";

/** Changes the label or a probability of one row of predictions.csv, so that the row stays sound by itself. */
export function alterPrediction(text: string, random: Random): string {
  const rows: string[][] = parse(text);
  const [head] = rows;
  const probabilities = head!.flatMap((name, column) => (name.startsWith("probability_") ? [column] : []));
  const at = (name: string): number => head!.indexOf(name);
  const row = rows[1 + random.integer(rows.length - 1)]!;
  const labels = probabilities.map((column) => head![column]!.slice("probability_".length));
  if (random.uniform() < 0.3) {
    // Another truth, with the row's own mark of right and wrong mended.
    const others = labels.filter((label) => label !== row[at("label")]);
    row[at("label")] = others[random.integer(others.length)]!;
    row[at("correct")] = row[at("label")] === row[at("predicted")] ? "1" : "0";
    return csvText(rows);
  }
  const own = probabilities.map((column) => Number(row[column]));
  const highest = own.indexOf(Math.max(...own));
  const other = (highest + 1 + random.integer(own.length - 1)) % own.length;
  // A part of what the other class has is moved, in either direction; the sum stays 1 and, in half of the cases, the class too.
  const step = random.uniform() < 0.5 ? 0.01 * (0.1 + random.uniform()) : own[highest]! * 0.9;
  const moved = Math.min(step, own[highest]! - 1e-6);
  own[highest] = own[highest]! - moved;
  own[other] = own[other]! + moved;
  probabilities.forEach((column, k) => (row[column] = String(own[k])));
  row[at("predicted")] = labels[own.indexOf(Math.max(...own))]!;
  row[at("correct")] = row[at("label")] === row[at("predicted")] ? "1" : "0";
  return csvText(rows);
}

/** Runs `work` with another text of predictions.csv, and puts the run's own back. */
export async function withPredictions<T>(folder: string, change: (text: string) => string, work: () => Promise<T>): Promise<T> {
  const file = path.join(folder, "predictions.csv");
  const own = await readFile(file, "utf8");
  try {
    await writeFile(file, change(own));
    return await work();
  } finally {
    await writeFile(file, own);
  }
}
