import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { seededRandom } from "../base/index.js";
import { spawnCli } from "../cli/cli.testkit.js";
import { osteonVersion } from "../cli/version.js";
import type { RecipeSource } from "./recipe.js";
import { parseRecipe } from "./parse-recipe.js";
import { runStudy } from "./run-study.js";
import { hashFiles, lastingFiles, makeShapeTable, makeStartWeights } from "./tiny-study.testkit.js";

const network = "mobilenet_v2-tiny";

/** A run with everything that has state: augmentation, early stopping, dropout, cached features, batch statistics. */
const recipe: RecipeSource = {
  study: "kills",
  networks: [network],
  regimes: { scratch: { epochs: 10, earlyStopping: { fraction: 0.25, patience: 10 } }, "feature-extraction": { epochs: 6 } },
  training: { batchSize: 6, dropout: 0.2 },
  augmentation: { flip: { probability: 0.5 }, noise: { maxStd: 0.05 } },
  image: { size: 32 },
  validation: { folds: 2 },
  explanation: { examples: 2 },
};

/** Data, weights and recipe of the run that is to be killed. */
export async function prepareKills(folder: string): Promise<void> {
  await makeShapeTable(folder, { perClass: 8 });
  await makeStartWeights(folder, network);
  await writeFile(path.join(folder, "kills.yaml"), stringify(recipe));
}

/** The same run by the command line, which writes checkpoints seldom, so that a kill costs it a whole fold. */
function byCommandLine(folder: string, out: string, killAfterMs?: number): ReturnType<typeof spawnCli> {
  return spawnCli(["study", "run", "kills.yaml", "--data", "labels.csv", "--weights", `${network}=${network}.safetensors`, "--threads", "1", "--out", out], { folder, killAfterMs });
}

/** The same run with a checkpoint as often as there can be one, so that a kill hits their writing. */
function byCheckpoints(folder: string, out: string, killAfterMs: number): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "--child", folder, out], { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const timer = setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  return new Promise((resolve) => {
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ code, stderr });
    });
  });
}

export interface Survived {
  readonly killed: number;
  /** Kills that left training begun and not finished. */
  readonly inTraining: number;
}

/**
 * Kills runs at moments named by the seed, alternately of the command line and of one that writes checkpoints all the
 * time, and resumes each until it is done; a new run is begun where the one before ended. Every run must end with the
 * models and predictions of the run that nobody killed.
 */
export async function surviveKills(folder: string, { kills, seed }: { kills: number; seed: number }): Promise<Survived> {
  await prepareKills(folder);
  const started = performance.now();
  const straight = await byCommandLine(folder, "straight");
  const wholeMs = performance.now() - started;
  assert.equal(straight.code, 0, straight.stderr);
  const expected = await lastingFiles(path.join(folder, "straight"));
  assert.equal(Object.keys(expected).length, 5);

  const random = seededRandom("study kills", seed);
  let [killed, inTraining, runs] = [0, 0, 0];
  while (killed < kills) {
    const out = `run-${(runs += 1)}`;
    let isDone = false;
    while (!isDone && killed < kills) {
      const killAfterMs = random.between(0.3, 0.95) * wholeMs;
      const result = await (killed % 2 === 0 ? byCheckpoints(folder, out, killAfterMs) : byCommandLine(folder, out, killAfterMs));
      isDone = result.code === 0;
      if (isDone) break;
      assert.equal(result.code, null, `killed, not failed: ${result.stderr}`);
      killed += 1;
      const left = Object.keys(await hashFiles(path.join(folder, out)).catch(() => ({})));
      if (left.some((name) => name.startsWith("tasks/"))) inTraining += 1;
      // What is there under its own name is whole.
      for (const name of left.filter((file) => file.endsWith(".json") && !path.basename(file).startsWith("."))) JSON.parse(await readFile(path.join(folder, out, name), "utf8"));
    }
    const last = await byCommandLine(folder, out);
    assert.equal(last.code, 0, last.stderr);
    const files = Object.keys(await hashFiles(path.join(folder, out)));
    assert.deepEqual(await lastingFiles(path.join(folder, out)), expected, `${out} ends as the run that was not killed`);
    assert.deepEqual(files.filter((name) => name.endsWith(".tmp") || name.endsWith(".lock") || name.includes("checkpoint")), []);
  }
  return { killed, inTraining };
}

if (process.argv[2] === "--child") {
  const [folder, out] = process.argv.slice(3) as [string, string];
  await runStudy({
    recipe: parseRecipe(await readFile(path.join(folder, "kills.yaml"), "utf8"), "kills.yaml"),
    data: path.join(folder, "labels.csv"),
    weights: { [network]: path.join(folder, `${network}.safetensors`) },
    out: path.join(folder, out),
    softwareVersion: osteonVersion(),
    command: "osteon study run kills.yaml",
    threads: 1,
    checkpointSeconds: 0,
  });
}
