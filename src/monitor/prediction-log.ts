import { appendFile, readFile } from "node:fs/promises";
import { z } from "zod";
import { DataError } from "../base/index.js";
import { withFileErrors } from "../files/index.js";
import type { FrameTraits } from "../images/index.js";

const finite = z.number().refine(Number.isFinite);

/** One prediction as it is noted: nothing of the patient, and no file name. */
const recordSchema = z.strictObject({
  /** When, ISO 8601. */
  time: z.string().min(10).max(40),
  /** SHA-256 of the model file. */
  model: z.string().regex(/^[0-9a-f]{64}$/),
  /** Same for images of one exam, of which the first counts. */
  exam: z.string().min(1).max(200).optional(),
  verdict: z.enum(["in-scope", "out-of-scope", "unknown"]),
  /** Largest probability's class; none where the image was declined. */
  label: z.string().max(1000).optional(),
  probabilities: z.record(z.string().max(1000), finite.min(0).max(1)).optional(),
  distance: finite.min(0).optional(),
  traits: z.record(z.string().max(100), finite).optional(),
});

export type PredictionRecord = z.infer<typeof recordSchema>;

export interface RecordOptions {
  readonly model: string;
  readonly verdict: PredictionRecord["verdict"];
  readonly label?: string;
  readonly probabilities?: Readonly<Record<string, number>>;
  readonly distance?: number;
  readonly traits?: FrameTraits;
  readonly exam?: string;
  readonly time?: Date;
}

const rounded = (value: number): number => Number(value.toPrecision(5));
const roundedAll = (values: Readonly<Record<string, number>>): Record<string, number> => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, rounded(value)]));

/** What is noted of a prediction. */
export function recordOf({ model, verdict, label, probabilities, distance, traits, exam, time = new Date() }: RecordOptions): PredictionRecord {
  return {
    time: time.toISOString(),
    model,
    ...(exam !== undefined && { exam }),
    verdict,
    ...(label !== undefined && { label }),
    ...(probabilities && { probabilities: roundedAll(probabilities) }),
    ...(distance !== undefined && Number.isFinite(distance) && { distance: rounded(distance) }),
    ...(traits && { traits: roundedAll({ ...traits }) }),
  };
}

/**
 * Appends predictions to a log, one JSON object a line. One write, so that a kill tears at most the last line.
 * @throws DataError `file-...`
 */
export async function appendToLog(file: string, ...records: readonly PredictionRecord[]): Promise<void> {
  if (records.length === 0) return;
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join("");
  await withFileErrors(file, () => appendFile(file, text, { mode: 0o600 }));
}

export interface PredictionLog {
  readonly records: readonly PredictionRecord[];
  /** Lines that are no prediction: torn by a kill, or of another program. */
  readonly unreadable: number;
}

/** @throws DataError `file-...`; `log-empty` where no line is a prediction */
export async function readLog(file: string): Promise<PredictionLog> {
  const text = await withFileErrors(file, () => readFile(file, "utf8"));
  const records: PredictionRecord[] = [];
  let unreadable = 0;
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const record = parseLine(line);
    if (record === undefined) unreadable += 1;
    else records.push(record);
  }
  if (records.length === 0) throw new DataError("log-empty", `${file}: expected predictions, one JSON object a line, got ${unreadable} lines of something else. Make a log with: osteon predict MODEL IMAGES --log FILE.`);
  return { records, unreadable };
}

function parseLine(line: string): PredictionRecord | undefined {
  try {
    return recordSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
