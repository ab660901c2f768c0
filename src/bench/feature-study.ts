import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { ArchitectureName } from "../models/index.js";
import { median } from "../stats/index.js";

/** A cross-validation by feature extraction. */
export interface FeatureStudy {
  readonly network: ArchitectureName;
  readonly images: number;
  readonly size: number;
  readonly threads: number;
  readonly folds: number;
  readonly epochs: number;
  readonly batch: number;
  /** Whether features are computed anew in every epoch. */
  readonly recomputed?: boolean;
}

/** Seconds; medians of the rounds. */
export interface FeatureTimes {
  /** Frozen features computed once. */
  readonly cached: number;
  /** The same protocol with the features computed anew in every epoch, once; undefined where it was not asked for. */
  readonly recomputed: number | undefined;
  /** PyTorch with features computed once. */
  readonly torch: number | undefined;
}

export interface FeatureOptions {
  readonly python: string | undefined;
  readonly cachedOnly?: boolean;
  readonly rounds?: number;
}

/** Seconds that a peer tells of its own work, in a process of its own: what another left behind would slow it down. */
async function secondsOf(command: string, script: string, study: FeatureStudy): Promise<number> {
  const { stdout } = await promisify(execFile)(command, [fileURLToPath(new URL(script, import.meta.url)), JSON.stringify(study)]);
  return (JSON.parse(stdout) as { seconds: number }).seconds;
}

/** Times both sides by turns, and the long form at the end if wanted. */
export async function timeFeatureStudy(study: FeatureStudy, { python, cachedOnly = false, rounds = 3 }: FeatureOptions): Promise<FeatureTimes> {
  const osteon = (recomputed: boolean) => secondsOf(process.execPath, "osteon-feature-peer.js", { ...study, recomputed });
  const cached: number[] = [];
  const torch: number[] = [];
  for (let round = 0; round < rounds; round++) {
    cached.push(await osteon(false));
    if (python !== undefined) torch.push(await secondsOf(python, "../../scripts/bench/torch_features.py", study));
  }
  return { cached: median(cached), torch: python === undefined ? undefined : median(torch), recomputed: cachedOnly ? undefined : await osteon(true) };
}

export function formatFeatureTimes({ cached, recomputed, torch }: FeatureTimes): string {
  const line = (name: string, seconds: number) => `${name.padEnd(44)}${seconds.toFixed(2).padStart(9)} s${(seconds / cached).toFixed(1).padStart(8)} x`;
  return [line("Osteon, features computed once", cached), ...(torch === undefined ? [] : [line("PyTorch, features computed once", torch)]), ...(recomputed === undefined ? [] : [line("Osteon, features computed in every epoch", recomputed)])].join("\n");
}
