import { z } from "zod";
import { DataError } from "../base/index.js";

/** What one task (network x regime x seed x fold) leaves behind in `task.json`, whole or not at all. */
export const taskRecordSchema = z.strictObject({
  format: z.literal(1),
  /** SHA-256 over all that decides the task's numbers; a record with another key is not reused. */
  key: z.string(),
  cell: z.string(),
  seed: z.number().int(),
  fold: z.number().int(),
  counts: z.strictObject({ train: z.number().int(), validation: z.number().int(), test: z.number().int() }),
  parameters: z.strictObject({ total: z.number().int(), trained: z.number().int() }),
  history: z.array(
    z.strictObject({
      epoch: z.number().int(),
      learningRate: z.number(),
      loss: z.number(),
      accuracy: z.number(),
      validationLoss: z.number().optional(),
      validationAccuracy: z.number().optional(),
    }),
  ),
  bestEpoch: z.number().int(),
  stoppedEarly: z.boolean(),
  seconds: z.number(),
  idleShare: z.number().optional(),
  /** Of trainings in half precision alone: steps whose gradients were not finite, and that changed nothing. */
  skippedSteps: z.number().int().optional(),
  weightsSha256: z.string(),
  model: z.strictObject({ file: z.string(), sha256: z.string() }).optional(),
  predictions: z.array(
    z.strictObject({
      case: z.string(),
      label: z.number().int(),
      /** Class of the largest probability. */
      predicted: z.number().int(),
      probabilities: z.array(z.number()),
      /** Share of the map inside the case's region; null where the map is zero; absent where no region is known. */
      relevance: z.number().nullable().optional(),
      regionShare: z.number().optional(),
      /** The part of the image that the network saw, where it was cut out. */
      window: z.strictObject({ row: z.number(), column: z.number(), height: z.number(), width: z.number() }).optional(),
    }),
  ),
  /** How well the detector found the windows of test cases whose region is known. */
  detection: z.array(z.strictObject({ case: z.string(), overlap: z.number(), centerError: z.number() })).optional(),
  /** Heat maps of the test cases, [n, height, width], as little-endian float32 in base64. */
  maps: z.strictObject({ height: z.number().int(), width: z.number().int(), values: z.string() }),
});

export type TaskRecord = z.infer<typeof taskRecordSchema>;
export type CasePrediction = TaskRecord["predictions"][number];

/** @throws DataError `task-record` when the text is no record */
export function parseTaskRecord(text: string, file: string): TaskRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DataError("task-record", `${file}: expected JSON, got damaged text. Delete the file and run the study again: only this task is repeated.`);
  }
  const parsed = taskRecordSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new DataError("task-record", `${file}: expected a task's record, got another structure (${parsed.error.issues[0]?.path.join(".")}: ${parsed.error.issues[0]?.message}). Delete the file and run the study again: only this task is repeated.`);
}

/** Map of the i-th test case. */
export function mapOf(record: TaskRecord, index: number): { values: Float32Array; height: number; width: number } {
  const { height, width, values } = record.maps;
  const bytes = Buffer.from(values, "base64");
  const size = height * width;
  const map = new Float32Array(size);
  for (let i = 0; i < size; i++) map[i] = bytes.readFloatLE((index * size + i) * 4);
  return { values: map, height, width };
}
