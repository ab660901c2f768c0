import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { takeTurns } from "./compare.js";
import { startOsteon } from "./peer.js";
import type { Work } from "./work.js";

/** A change against another revision: below 1 is less work than there. */
export interface RevisionChange {
  readonly work: Work;
  readonly method: "instructions" | "fastest of interleaved rounds";
  /** Instructions or seconds of one piece of work. */
  readonly before: number;
  readonly after: number;
  readonly ratio: number;
}

/** Another revision's bench, built in a folder of its own. */
export interface BuiltRevision {
  readonly script: string;
  remove(): void;
}

/** Checks a revision out into a temporary folder and builds it there, beside the packages installed here. */
export function buildRevision(revision: string): BuiltRevision {
  const folder = mkdtempSync(path.join(tmpdir(), "osteon-revision-"));
  const remove = () => {
    execFileSync("git", ["worktree", "remove", "--force", folder], { stdio: "ignore" });
    rmSync(folder, { recursive: true, force: true });
  };
  execFileSync("git", ["worktree", "add", "--detach", folder, revision], { stdio: "ignore" });
  symlinkSync(path.resolve("node_modules"), path.join(folder, "node_modules"));
  const files = execFileSync("git", ["ls-files", "src/*.ts"], { cwd: folder, encoding: "utf8" }).trim().split("\n");
  execFileSync(path.resolve("node_modules/.bin/esbuild"), [...files, "--outbase=src", "--outdir=dist", "--format=esm", "--platform=node", "--log-level=error"], { cwd: folder });
  const script = path.join(folder, "dist/bench/osteon-peer.js");
  if (!existsSync(script)) {
    remove();
    throw new Error(`revision ${revision}: expected one with src/bench/osteon-peer.ts, got one without. Choose a later one.`);
  }
  return { script, remove };
}

/** Whether `perf` counts instructions here; in many virtual machines it cannot. */
export function countsInstructions(): boolean {
  const { status, stderr } = spawnSync("perf", ["stat", "-x", ",", "-e", "instructions:u", "true"], { encoding: "utf8" });
  return status === 0 && Number.isFinite(instructionsOf(stderr));
}

/** The number in the comma-separated output of `perf stat`. */
export function instructionsOf(text: string): number {
  const line = text.split("\n").find((one) => one.includes("instructions"));
  return line === undefined ? Number.NaN : Number(line.split(",")[0]);
}

/** Instructions of one piece of work: those of a process that did some, less those of one that did none. */
async function countInstructions(work: Work, script: string | undefined, rounds: number): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), "osteon-instructions-"));
  const count = async (times: number): Promise<number> => {
    const file = path.join(folder, `${times}.csv`);
    const before = ["perf", "stat", "-x", ",", "-e", "instructions:u", "-o", file, "--"];
    // Waiting threads spin, and spinning is counted: one thread has nobody to wait for.
    await takeTurns([await startOsteon({ ...work, threads: 1 }, { ...(script !== undefined && { script }), before })], { rounds: times, warmup: 1 });
    return instructionsOf(readFileSync(file, "utf8"));
  };
  try {
    const [some, none] = [await count(rounds), await count(0)];
    return (some - none) / rounds;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Compares this build with another revision's, by instructions where they can be counted, else by the fastest of interleaved rounds. */
export async function compareRevisions(work: Work, { script }: BuiltRevision, rounds: number): Promise<RevisionChange> {
  if (countsInstructions()) {
    const [before, after] = [await countInstructions(work, script, rounds), await countInstructions(work, undefined, rounds)];
    return { work, method: "instructions", before, after, ratio: after / before };
  }
  const [old, own] = await takeTurns([await startOsteon(work, { script }), await startOsteon(work)], { rounds, warmup: 1 });
  const [before, after] = [Math.min(...old!.seconds), Math.min(...own!.seconds)];
  return { work, method: "fastest of interleaved rounds", before, after, ratio: after / before };
}
