import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { seededRandom } from "../base/index.js";
import { predict } from "./inference.js";
import { bandSource, tinyTask } from "./synthetic.testkit.js";
import { trainFold, weightsSha256 } from "./train-fold.js";

const cases = Array.from({ length: 12 }, (_, i) => i);

/** A small run with everything that has state: dropout, batch statistics, augmentation, early stopping, an optimizer with two moments. */
export async function trainForKills(directory: string | undefined, onStep: (step: number) => void): Promise<string> {
  const task = tinyTask("scratch", { epochs: 6, earlyStopping: { patience: 6 }, optimizer: { name: "adam" }, dropout: 0.3 });
  const source = bandSource({ cases: 16, augmented: true });
  const result = await trainFold({
    ...task,
    regime: { name: "scratch" },
    source,
    train: cases,
    validation: [12, 13, 14, 15],
    seed: 9,
    directory,
    checkpointSteps: 1,
    onProgress: ({ done, epoch }) => epoch === undefined && onStep(done),
  });
  const { logits } = await predict({ network: task.network, weights: result.weights, source, indices: [0, 5, 12, 15] });
  return `${weightsSha256(result.weights)} ${weightsSha256(new Map([["logits", logits]]))}`;
}

/** Runs {@link trainForKills} in a process of its own; ends it by SIGKILL some time after a step, or lets it end. */
async function runChild(directory: string, kill: { afterSteps: number; delayMs: number } | undefined): Promise<string | undefined> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "--child", directory], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  let armed = false;
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    const steps = output.split("\n").filter((line) => line.startsWith("step")).length;
    if (kill === undefined || armed || steps < kill.afterSteps) return;
    armed = true;
    setTimeout(() => child.kill("SIGKILL"), kill.delayMs);
  });
  await new Promise((resolve) => child.once("close", resolve));
  return /^result (.+)$/m.exec(output)?.[1];
}

/** Kills a run again and again at moments named by the seed, resumes it each time, and returns how it ended and how often it was killed. */
export async function surviveKills(directory: string, options: { kills: number; seed: number }): Promise<{ result: string; killed: number }> {
  const random = seededRandom("kills", options.seed);
  let killed = 0;
  for (let attempt = 0; attempt < options.kills; attempt++) {
    const result = await runChild(directory, { afterSteps: 1 + random.integer(4), delayMs: random.between(0, 60) });
    if (result !== undefined) return { result, killed };
    killed += 1;
  }
  return { result: (await runChild(directory, undefined)) ?? "no result", killed };
}

if (process.argv[2] === "--child") {
  const result = await trainForKills(process.argv[3], (step) => process.stdout.write(`step ${step}\n`));
  process.stdout.write(`result ${result}\n`);
}
