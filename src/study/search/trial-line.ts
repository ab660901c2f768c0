import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { writeJsonAtomic } from "../../files/index.js";
import type { TrialJob } from "../../search/index.js";
import { digestOf } from "../plan.js";
import { trialLineSchema, type TrialLine } from "./trial-log.js";

const fileSchema = z.strictObject({ key: z.string(), line: trialLineSchema });

/** A trial that was done by itself, before its search came to it. */
export function trialLineFile(directory: string, trial: number): string {
  return path.join(directory, `line-${String(trial).padStart(3, "0")}.json`);
}

export async function writeTrialLine(directory: string, { key, line }: { readonly key: string; readonly line: TrialLine }): Promise<void> {
  await writeJsonAtomic(trialLineFile(directory, line.trial), { key, line });
}

/** The result of a trial that was done by itself; undefined where there is none, or one of another search or of other settings. */
export async function readTrialLine(directory: string, key: string, { trial, settings, resource }: TrialJob): Promise<TrialLine | undefined> {
  const text = await readFile(trialLineFile(directory, trial), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success || parsed.data.key !== key) return undefined;
  const { line } = parsed.data;
  return line.resource === resource && digestOf(line.settings) === digestOf(settings) ? line : undefined;
}
