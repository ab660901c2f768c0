import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { seededRandom, type Tensor } from "../base/index.js";
import { initializeWeights, tinyVariant, type ArchitectureName } from "../models/index.js";
import { drawCases, imagesOf, normalizationOf, tinyNetwork, withMirrored } from "../study/explanation-truth.testkit.js";
import { compareHalf } from "./half-step.testkit.js";
import type { HalfOnWebGpu, SkippedOnDevice } from "./half-webgpu.testkit.js";
import { predict } from "./inference.js";
import { resolveRecipe } from "./recipe.js";
import type { CaseSource } from "./source.js";
import { bandSource, differing, tinyTask } from "./synthetic.testkit.js";
import { trainFold, type TrainFoldOptions } from "./train-fold.js";

const studied: readonly ArchitectureName[] = ["resnet50", "mobilenet_v2", "vgg16", "densenet121", "efficientnet_v2_m", "convnext_base", "xception"];
const variants = [...new Set(studied.map(tinyVariant))];

for (const architecture of variants) {
  // Batch statistics of 16 values in the last layers make much of every rounding, in single precision as well.
  for (const [batchNorm, least] of [["frozen", 0.999], ["train", 0.98]] as const) {
    for (const form of ["processor", "graphics"] as const) {
      test(`${architecture}, statistics ${batchNorm === "frozen" ? "stored" : "of the batch"}: gradients in half precision, in the operators for a ${form === "processor" ? "processor" : "graphics processor"}, point where those in single precision do`, async (t) => {
        const { parameters, cosine, apart, statisticsApart, losses } = await compareHalf(architecture, batchNorm, form);
        t.diagnostic(`${architecture}, ${batchNorm}, ${form}: ${parameters} gradients, cosine ${cosine.toFixed(6)}, apart by ${(100 * apart).toFixed(2)} %, statistics by ${statisticsApart === undefined ? "-" : `${(100 * statisticsApart).toFixed(4)} %`}, losses ${losses.join(" and ")}`);
        assert.ok(cosine > least, `${cosine}`);
        assert.ok(Math.abs(losses[0] - losses[1]) < 2e-3 * losses[0]);
        assert.ok(statisticsApart === undefined || statisticsApart < 2e-3);
      });
    }
  }
}

/** A head whose weights are so large that gradients leave float16's range at the first scales. */
function withLargeHead(start: ReadonlyMap<string, Tensor<"float32">>, head: string): Map<string, Tensor<"float32">> {
  const { shape, data } = start.get(head)!;
  return new Map([...start, [head, { dtype: "float32", shape, data: data.map((value) => 200 * value) }]]);
}

test("a run in half precision that skipped steps goes on from its checkpoint bit for bit", async () => {
  const directory = await mkdtemp(path.join(os.tmpdir(), "osteon-half-"));
  try {
    const task = tinyTask("scratch", { epochs: 3, precision: "half", dropout: 0.3, optimizer: { name: "adam", learningRate: 1e-3 } });
    const [head] = task.network.headParameters as [string];
    const options: TrainFoldOptions = { ...task, startWeights: withLargeHead(task.startWeights, head), regime: { name: "scratch" }, source: bandSource({ cases: 12 }), train: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], seed: 3, engine: { threads: 1 } };
    const whole = await trainFold(options);
    assert.equal(whole.precision, "half");
    assert.ok(whole.skippedSteps > 0 && whole.skippedSteps < whole.updates, `${whole.skippedSteps} of ${whole.updates}`);
    assert.equal(whole.history.reduce((sum, { skippedSteps = 0 }) => sum + skippedSteps, 0), whole.skippedSteps);
    await trainFold({ ...options, directory, untilEpoch: 1 });
    const continued = await trainFold({ ...options, directory });
    assert.deepEqual(differing(whole.weights, continued.weights), []);
    assert.equal(continued.skippedSteps, whole.skippedSteps);
    assert.deepEqual(continued.history.map(({ loss }) => loss), whole.history.map(({ loss }) => loss));
    assert.equal(whole.warnings[0]?.code, "precision-emulated");
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

test("a small network learns simulated films as well in half precision as in single precision", async (t) => {
  const [films, asked] = [withMirrored(drawCases(1, 96, "training")), drawCases(1, 80, "test")];
  const normalization = normalizationOf(films);
  const sourceOf = (cases: typeof films): CaseSource => {
    return {
      labels: cases.map(({ curved }) => Number(curved)), classNames: ["straight", "curved"], augmented: false, augmentationKey: "", key: (index) => `film ${index}`,
      read: (indices) => Promise.resolve(imagesOf(indices.map((index) => cases[index]!), normalization)),
    };
  };
  const network = tinyNetwork();
  const startWeights = initializeWeights(network, seededRandom("half precision"));
  const accuracies: number[] = [];
  for (const precision of ["single", "half"] as const) {
    const recipe = resolveRecipe("scratch", { epochs: 8, batchSize: 16, precision, optimizer: { name: "adamw", learningRate: 5e-3 } });
    const trained = await trainFold({ network, startWeights, regime: { name: "scratch" }, recipe, source: sourceOf(films), train: films.map((_, i) => i), seed: 1, engine: { threads: 1 } });
    const test = sourceOf(asked);
    const { classes } = await predict({ network, weights: trained.weights, source: test, indices: asked.map((_, i) => i) });
    accuracies.push(classes.filter((k, i) => k === test.labels[i]).length / asked.length);
    t.diagnostic(`${precision}: accuracy ${accuracies.at(-1)}, losses ${trained.history.map(({ loss }) => loss.toFixed(3)).join(" ")}, ${trained.skippedSteps} steps skipped`);
  }
  const [single, half] = accuracies as [number, number];
  assert.ok(single > 0.85 && Math.abs(single - half) <= 0.05, `${single} and ${half}`);
});

/** Debian's chromium brings a driver that computes on the processor. */
const drivers = "/usr/lib/chromium";
const noDriver: string | false = ["libvk_swiftshader.so", "libvulkan.so.1"].every((name) => existsSync(path.join(drivers, name))) ? false : `no SwiftShader in ${drivers}`;

/** What a program says last, and on its standard error, run with that driver. */
async function askApart(...words: readonly string[]): Promise<{ answer: unknown; said: string }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-half-"));
  try {
    await writeFile(path.join(folder, "driver.json"), JSON.stringify({ file_format_version: "1.0.0", ICD: { library_path: path.join(drivers, "libvk_swiftshader.so"), api_version: "1.1.0" } }));
    const environment = { ...process.env, XDG_RUNTIME_DIR: folder, VK_DRIVER_FILES: path.join(folder, "driver.json"), LD_LIBRARY_PATH: drivers };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [fileURLToPath(new URL("half-webgpu.testkit.js", import.meta.url)), ...words], { env: environment, maxBuffer: 2 ** 28 });
    return { answer: JSON.parse(stdout.trim().split("\n").at(-1)!), said: stderr };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("on an adapter without float16, auto is single precision to the bit and half is refused; on one with it, both are half", { skip: noDriver }, async (t) => {
  const { hasHalf, auto, single, half } = (await askApart()).answer as HalfOnWebGpu;
  t.diagnostic(`adapter ${hasHalf ? "with" : "without"} float16`);
  assert.equal(auto.precision, hasHalf ? "half" : "single");
  if (!hasHalf) assert.equal(auto.loss, single.loss);
  assert.match(half, hasHalf ? /^half$/ : /^precision-unavailable: precision half: expected a device that computes in 16-bit floats, got webgpu .*shader-f16.*Use precision single, or auto/);
});

test("on WebGPU, whose state stays on the device, a step whose gradients are not finite changes nothing, bit for bit, and the next one is taken", { skip: noDriver }, async (t) => {
  const { finite, changed, unchanged, apart } = (await askApart("skip")).answer as SkippedOnDevice;
  t.diagnostic(`first moments apart from the processor's by ${apart.toExponential(1)}`);
  assert.deepEqual([finite, changed, unchanged], [[0, 1], [], []]);
  assert.ok(apart < 1e-3, `${apart}`);
});

test("the operators of a step in half precision of every study's network are put on WebGPU, none on the processor", { skip: noDriver }, async (t) => {
  for (const architecture of variants) {
    for (const batchNorm of ["train", "frozen"] as const) {
      await t.test(`${architecture}, ${batchNorm}`, async () => {
        const { said } = await askApart(architecture, batchNorm);
        const places = said.split("\n").filter((line) => /placed on \[/.test(line)).map((line) => line.replace(/^.*placed on/, "placed on"));
        assert.ok(places.some((line) => line.includes("[WebGpuExecutionProvider]")), "the runtime says where operators are");
        assert.deepEqual(places.filter((line) => line.includes("[CPUExecutionProvider]")), []);
      });
    }
  }
});
