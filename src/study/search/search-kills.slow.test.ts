// A whole study with a search, killed with SIGKILL at moments named by a seed: minutes.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { seededRandom } from "../../base/index.js";
import type { RecipeSource } from "../recipe.js";
import { runStudy } from "../run-study.js";
import { hashFiles, inScratchFolder, lastingFiles, makeShapeTable, makeStartWeights, studyOptions } from "../tiny-study.testkit.js";

const network = "mobilenet_v2-tiny";

const recipe: RecipeSource = {
  study: "search-kills",
  networks: [network],
  regimes: { scratch: { epochs: 6 }, "feature-extraction": { epochs: 6 } },
  training: { batchSize: 6, optimizer: { name: "adam", learningRate: 0.01 } },
  augmentation: { rotation: { maxDeg: 10 } },
  image: { size: 32 },
  validation: { folds: 2 },
  explanation: { examples: 2 },
  search: {
    space: { "training.optimizer.learningRate": { log: [1e-4, 1e-1] }, "training.dropout": { float: [0, 0.5] }, "augmentation.rotation.maxDeg": { float: [0, 20] } },
    sampler: "tpe",
    trials: 8,
    metric: "log-likelihood",
    scheduler: { name: "asha", reduction: 2 },
    innerFolds: 2,
    selectionRule: "one-standard-error",
  },
};

async function run(folder: string, out: string): Promise<void> {
  await runStudy(studyOptions({ recipe, data: path.join(folder, "labels.csv"), weights: { [network]: path.join(folder, `${network}.safetensors`) }, out: path.join(folder, out), checkpointSeconds: 0 }));
}

/** The same run in a process of its own, killed after a while; true if it came to its end before. */
function runAndKill(folder: string, out: string, killAfterMs: number): Promise<boolean> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "--child", folder, out], { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const timer = setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  return new Promise((resolve, reject) => {
    child.once("close", (code) => {
      clearTimeout(timer);
      if (code === null || code === 0) resolve(code === 0);
      else reject(new Error(stderr));
    });
  });
}

/** Every trial of every search of a run, but for the time it took. */
async function trialsIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith("trials.jsonl")).sort();
  const texts = await Promise.all(names.map(async (name) => `${name}\n${await readFile(path.join(folder, name), "utf8")}`));
  return texts.map((text) => text.replaceAll(/"seconds":[^,}]+/g, '"seconds":0'));
}

if (process.argv[2] === "--child") {
  const [folder, out] = process.argv.slice(3) as [string, string];
  await run(folder, out);
} else {
  test("a study with a search killed six times has the trials, models and predictions of one that was not", () =>
    inScratchFolder(async (folder) => {
      await makeShapeTable(folder, { perClass: 12 });
      await makeStartWeights(folder, network);
      const started = performance.now();
      await run(folder, "straight");
      const wholeMs = performance.now() - started;
      const expected = await lastingFiles(path.join(folder, "straight"));
      assert.equal(Object.keys(expected).length, 1 + 2 * 4);
      const trials = await trialsIn(path.join(folder, "straight"));
      assert.equal(trials.length, 4);

      const random = seededRandom("search kills", 1);
      let [kills, inTrial, runs] = [0, 0, 0];
      while (kills < 6) {
        const out = `run-${(runs += 1)}`;
        let isDone = false;
        while (!isDone && kills < 6) {
          isDone = await runAndKill(folder, out, random.between(0.1, 0.6) * wholeMs);
          if (isDone) break;
          kills += 1;
          if (Object.keys(await hashFiles(path.join(folder, out))).some((name) => name.includes("trial-"))) inTrial += 1;
        }
        await run(folder, out);
        assert.deepEqual(await lastingFiles(path.join(folder, out)), expected);
        assert.deepEqual(await trialsIn(path.join(folder, out)), trials);
        assert.deepEqual(Object.keys(await hashFiles(path.join(folder, out))).filter((name) => name.includes("checkpoint") || name.endsWith(".tmp") || name.includes("trial-")), []);
      }
      assert.ok(inTrial >= 2, `${inTrial} of ${kills} kills left a trial begun`);
    }));
}
