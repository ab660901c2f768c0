import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { tinyVariant, type ArchitectureName } from "../models/index.js";
import type { ComparedFold } from "./webgpu-fold.testkit.js";
import type { ComparedStep } from "./webgpu-step.testkit.js";

/** Debian's chromium brings a driver that computes on the processor. */
const drivers = "/usr/lib/chromium";
const noDriver: string | false = ["libvk_swiftshader.so", "libvulkan.so.1"].every((name) => existsSync(path.join(drivers, name))) ? false : `no SwiftShader in ${drivers}`;

/** The networks of the studies; some share their small variant. */
const studied: readonly ArchitectureName[] = ["resnet50", "mobilenet_v2", "vgg16", "vgg19", "densenet121", "efficientnet_v2_m", "convnext_base", "xception"];
const variants = [...new Set(studied.map(tinyVariant))];

/** What a program of this folder says last, run with the driver of `folder`. */
async function askApart<T>(name: string, folder: string, ...words: readonly string[]): Promise<T> {
  const program = fileURLToPath(new URL(name, import.meta.url));
  const environment = { ...process.env, XDG_RUNTIME_DIR: folder, VK_DRIVER_FILES: path.join(folder, "driver.json"), LD_LIBRARY_PATH: drivers };
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...words], { env: environment });
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as T;
}

async function withDriver(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-webgpu-"));
  try {
    const driver = { file_format_version: "1.0.0", ICD: { library_path: path.join(drivers, "libvk_swiftshader.so"), api_version: "1.1.0" } };
    await writeFile(path.join(folder, "driver.json"), JSON.stringify(driver));
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("a training step of every study's network on WebGPU has the processor's gradients, and leaves nothing to it", { skip: noDriver }, (t) =>
  withDriver(async (folder) => {
    for (const architecture of variants) {
      for (const regime of ["scratch", "fine-tuning"]) {
        await t.test(`${architecture}, ${regime}`, async (step) => {
          const { worst, where, nodes, onCpu, parameters, rounding, passedOver } = await askApart<ComparedStep>("webgpu-step.testkit.js", folder, architecture, regime, folder);
          step.diagnostic(`${architecture}, ${regime}: ${parameters} gradients, ${nodes} nodes, largest relative deviation ${worst.toExponential(1)} (${where}), by rounding on the processor ${rounding.toExponential(1)}, ${passedOver} draws passed over`);
          assert.ok(worst < 1e-3, `${where} deviates by ${worst}`);
          assert.deepEqual(onCpu, []);
        });
      }
    }
  }));

test("training on WebGPU, whose state stays on the device, ends where the processor's does, stopped or not", { skip: noDriver }, (t) =>
  withDriver(async (folder) => {
    const { worst, losses, changedByStop } = await askApart<ComparedFold>("webgpu-fold.testkit.js", folder, path.join(folder, "checkpoints"));
    t.diagnostic(`weights deviate by ${worst.toExponential(1)}; losses ${losses.map((pair) => pair.map((loss) => loss.toFixed(4)).join(" and ")).join(", ")}`);
    assert.ok(worst < 1e-3, `${worst}`);
    assert.deepEqual(changedByStop, []);
  }));
