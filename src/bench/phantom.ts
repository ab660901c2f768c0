import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { studies, writePhantomDataset, type PhantomDatasetOptions } from "../phantom/index.js";

/** What data set is written again and again. */
export interface PhantomWork {
  readonly name: string;
  readonly options: Pick<PhantomDatasetOptions, "study" | "view">;
}

/** Time of one data set, with all masks and truth. */
export interface PhantomRate {
  readonly work: PhantomWork;
  readonly images: number;
  readonly size: number;
  readonly workers: number;
  readonly seconds: number;
  /** Processor time of all threads. */
  readonly cpuSeconds: number;
}

/** Every preset, then every view with all of its conditions. */
export const phantomWorks: readonly PhantomWork[] = [
  ...(Object.keys(studies) as (keyof typeof studies)[]).map((study) => ({ name: study, options: { study } })),
  ...(["whole-spine-ap", "whole-spine-lateral", "lumbar-ap", "lumbar-lateral", "disc-mri"] as const).map((view) => ({ name: view, options: { view } })),
];

/** Writes a data set to a temporary folder; starting the threads counts. */
export async function timePhantom(work: PhantomWork, { images, size, workers }: { images: number; size: number; workers: number }): Promise<PhantomRate> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "phantom-bench-"));
  const [cpu, start] = [process.cpuUsage(), performance.now()];
  try {
    await writePhantomDataset({ ...work.options, directory, count: images, seed: 7, size, workers });
    const { user, system } = process.cpuUsage(cpu);
    return { work, images, size, workers, seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** One line of the table; without a rate, the headings. */
export function phantomRow(rate?: PhantomRate): string {
  if (rate === undefined) return `${"images".padEnd(28)}${"size".padStart(6)}${"count".padStart(7)}${"threads".padStart(9)}${"images/s".padStart(10)}${"CPU ms each".padStart(13)}`;
  const { work, images, size, workers, seconds, cpuSeconds } = rate;
  return `${work.name.padEnd(28)}${String(size).padStart(6)}${String(images).padStart(7)}${String(workers).padStart(9)}${(images / seconds).toFixed(1).padStart(10)}${((cpuSeconds * 1000) / images).toFixed(1).padStart(13)}`;
}
