import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { stringify } from "yaml";
import { seededRandom } from "../base/index.js";
import { mainFile } from "../cli/cli.testkit.js";
import { writePhantomDataset } from "../phantom/index.js";
import { readResults } from "../study/tasks/read-results.testkit.js";
import { lastingFiles, makeStartWeights } from "../study/tiny-study.testkit.js";
import type { RecipeSource } from "../study/recipe.js";
import { readAttempts } from "./attempts/read-attempts.js";
import { studyStatus, taskLog, type StudyStatus } from "./status.js";

const networks = ["mobilenet_v2-tiny", "vgg16-tiny"] as const;

/** Two networks, two regimes, two seeds, five folds: forty tasks, with everything that has state. */
const recipe: RecipeSource = {
  study: "forty",
  networks: [...networks],
  regimes: { scratch: { epochs: 8, earlyStopping: { fraction: 0.25, patience: 8 } }, "feature-extraction": { epochs: 4 } },
  training: { batchSize: 8, dropout: 0.2 },
  augmentation: { flip: { probability: 0.5 }, noise: { maxStd: 0.05 } },
  image: { size: 32 },
  seeds: [1, 2],
  validation: { folds: 5 },
  explanation: { examples: 2 },
};

export const tasksInAll = 40;

/** Tiny phantoms, start weights and the recipe. */
export async function prepareForty(folder: string): Promise<void> {
  await writePhantomDataset({ study: "spinal-tumour", count: 40, seed: 3, size: 48, workers: 1, directory: path.join(folder, "phantoms") });
  for (const network of networks) await makeStartWeights(folder, network);
  await writeFile(path.join(folder, "forty.yaml"), stringify(recipe));
}

export interface Program {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly said: string }>;
}

/** A command line as a process of its own, with a group of its own, so that it can be killed with all that it started. */
export function startProgram(folder: string, argv: readonly string[], environment: Readonly<Record<string, string>> = {}): Program {
  const child = spawn(process.execPath, [mainFile, ...argv], { cwd: folder, detached: true, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder, NODE_TEST_CONTEXT: undefined, ...environment } });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<{ code: number | null; said: string }>((resolve) => child.once("close", (code) => resolve({ code, said })));
  return { child, ended };
}

/** Ends a program and all that it started, at once. */
export function killGroup({ child }: Program, signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): void {
  try {
    process.kill(-child.pid!, signal);
  } catch {
    // It is gone already.
  }
}

/** The study by the command line, with checkpoints as often as there can be one. */
export function studyArguments(out: string, extra: readonly string[] = []): string[] {
  const weights = networks.flatMap((network) => ["--weights", `${network}=${network}.safetensors`]);
  return ["study", "run", "forty.yaml", "--data", "phantoms/labels.csv", ...weights, "--threads", "1", "--checkpoint-seconds", "0", "--out", out, ...extra];
}

/** What must not depend on who trained: figures of the results without times, predictions and models. */
export async function figuresOf(run: string): Promise<{ results: unknown; files: Record<string, string> }> {
  return { results: await readResults(run), files: await lastingFiles(run) };
}

export interface FollowOptions {
  /** Called between two tasks that finish, again and again until it has been called so often. */
  readonly disturb: (status: StudyStatus) => Promise<boolean> | boolean;
  readonly disturbances: number;
  readonly leader: Program;
}

/** Looks at a run until its leading process ends, and disturbs it as often as asked: about evenly over its tasks. @returns how often */
export async function followRun(run: string, { disturb, disturbances, leader }: FollowOptions): Promise<number> {
  let [done, isOver] = [0, false];
  void leader.ended.then(() => (isOver = true));
  for (;;) {
    // oxlint-disable-next-line no-unmodified-loop-condition
    if (isOver) return done;
    await wait(300);
    const status = await studyStatus(run).catch(() => undefined);
    if (status === undefined || done >= disturbances || status.counts.running === 0) continue;
    if (status.counts.finished >= (done * (tasksInAll - 8)) / disturbances && (await disturb(status))) done += 1;
  }
}

/** Names drawn by a seed. */
export function drawer(seed: number): <T>(from: readonly T[]) => T {
  const random = seededRandom("forty tasks", seed);
  return (from) => from[random.integer(from.length)]!;
}

/** Attempts at all tasks: how many were made, accepted, and went on from a checkpoint of another. */
export async function countAttempts(run: string): Promise<{ attempts: number; accepted: number; wentOn: number }> {
  const { tasks } = await studyStatus(run);
  let [attempts, accepted, wentOn] = [0, 0, 0];
  for (const { id } of tasks) {
    const records = await readAttempts(run, id);
    attempts += records.length;
    accepted += records.filter(({ end }) => end?.state === "accepted").length;
    wentOn += (await taskLog(run, id)).split("goes on from the checkpoint of").length - 1;
  }
  return { attempts, accepted, wentOn };
}

/** Every task is done, each result accepted once, and all is as in the run of one process. */
export async function requireSame(run: string, expected: Awaited<ReturnType<typeof figuresOf>>): Promise<void> {
  const { counts, state } = await studyStatus(run);
  assert.deepEqual([state, counts], ["finished", { waiting: 0, running: 0, finished: tasksInAll, "given-up": 0 }]);
  const found = await figuresOf(run);
  assert.equal(Object.keys(found.files).length, tasksInAll + 1);
  assert.deepEqual(found, expected);
}
