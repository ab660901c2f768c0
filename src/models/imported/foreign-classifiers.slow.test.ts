// Networks of Debian's torchvision, exported by scripts/reference/export-classifiers.py. Oracles: ONNX Runtime on the file as it
// came (logits); bands of brightness that any network can learn (loss).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { float32, seededRandom } from "../../base/index.js";
import { createSession, createSessionFromBytes } from "../../engine/index.js";
import { explainedGraph } from "../../explain/index.js";
import { resolveRecipe, trainFold } from "../../train/index.js";
import { bandSource } from "../../train/synthetic.testkit.js";
import { initializeWeights } from "../initialize-weights.js";
import { openClassifier } from "./open-classifier.js";

const names = ["squeezenet1_1", "shufflenet_v2_x0_5", "googlenet", "regnet_y_400mf", "mnasnet0_5", "resnext50_32x4d"];

function hasTorchvision(): boolean {
  try {
    execFileSync("/usr/bin/python3", ["-c", "import torch, torchvision"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const skip = hasTorchvision() ? false : "Debian's python3-torchvision is not installed";
const folder = mkdtempSync(path.join(tmpdir(), "osteon-foreign-"));
after(() => rmSync(folder, { recursive: true, force: true }));

for (const name of names) {
  test(`${name} imports with its logits, trains and explains`, { skip }, async () => {
    execFileSync("/usr/bin/python3", ["scripts/reference/export-classifiers.py", folder, name], { stdio: "ignore" });
    const file = path.join(folder, `${name}.onnx`);
    const random = seededRandom("foreign", name);
    const input = float32([1, 3, 224, 224], Float32Array.from({ length: 3 * 224 * 224 }, () => random.normal()));
    const own = await openClassifier(file);
    const [before, imported] = [await createSessionFromBytes(new Uint8Array(readFileSync(file))), await createSession(own.network.graph)];
    const { logits: expected } = await before.run({ input });
    const { logits } = await imported.run({ input, ...Object.fromEntries(own.tensors) });
    await Promise.all([before.release(), imported.release()]);
    const scale = Math.max(...Array.from(expected!.data as Float32Array, Math.abs));
    logits!.data.forEach((value, i) => assert.ok(Math.abs(Number(value) - Number(expected!.data[i])) <= 1e-5 * scale, `logit ${i}`));

    const { network } = await openClassifier(file, { classes: 2 });
    // Weights as the layers' inventors start them: torchvision's, without the folded normalization, let the signal die out.
    const startWeights = initializeWeights(network, seededRandom(1));
    const recipe = resolveRecipe("fine-tuning", { epochs: 6, batchSize: 4, optimizer: { learningRate: 3e-4 }, schedule: { warmupEpochs: 0 } });
    const source = bandSource({ cases: 8, size: 224 });
    const trained = await trainFold({ network, startWeights, regime: { name: "fine-tuning", stages: "all" }, recipe, source, train: source.labels.map((_, i) => i), seed: 1 });
    const moved = trained.trained.filter((parameter) => trained.weights.get(parameter)!.data.some((value, i) => value !== startWeights.get(parameter)!.data[i]));
    assert.equal(moved.length, trained.trained.length);
    const losses = trained.history.map(({ loss }) => loss);
    assert.ok(losses.at(-1)! < 0.9 * losses[0]!, `the loss fell: ${losses.map((loss) => loss.toFixed(3)).join(", ")}`);
    const explained = explainedGraph(network, trained.weights, { method: "grad-cam" });
    assert.ok(explained.outputs.some(({ name: output }) => output === "map"));
  });
}
