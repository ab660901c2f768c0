import assert from "node:assert/strict";
import { cp, mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import type { Progress } from "../../base/index.js";
import { readBundle } from "../../models/index.js";
import { planCells } from "../plan.js";
import { openStarts } from "../start-weights.js";
import { inScratchFolder, makeStartWeights, tinyRecipe } from "../tiny-study.testkit.js";
import { pretrainOnPhantoms, type PretrainOptions } from "./pretrain-on-phantoms.js";

const network = "mobilenet_v2-tiny";
const small: Omit<PretrainOptions, "out"> = { network, views: ["whole-spine-ap"], classes: ["normal", "scoliosis"], count: 30, size: 64, epochs: 1, seed: 3, threads: 1, softwareVersion: "test" };

test("pretraining stopped in the images and in training goes on to the same model, which later runs start from", () =>
  inScratchFolder(async (folder) => {
    const start = await makeStartWeights(folder, network);
    const out = path.join(folder, "stopped");
    let stops = 0;
    for (const [unit, at] of [["images", 12], ["steps", 1]] as const) {
      const abort = new AbortController();
      const onProgress = (progress: Progress): void => {
        if (progress.unit === unit && progress.task !== "preparing images" && progress.done >= at) abort.abort(new Error("stop here"));
      };
      await pretrainOnPhantoms({ ...small, start, out, onProgress, signal: abort.signal }).catch((error: Error) => {
        assert.equal(error.message, "stop here");
        stops += 1;
      });
    }
    assert.equal(stops, 2);
    const resumed = await pretrainOnPhantoms({ ...small, start, out });
    // The images of the run that was not stopped are taken over, to save time; its training is its own.
    await mkdir(path.join(folder, "whole"));
    await cp(path.join(out, "phantoms"), path.join(folder, "whole", "phantoms"), { recursive: true });
    const whole = await pretrainOnPhantoms({ ...small, start, out: path.join(folder, "whole") });
    assert.equal(resumed.sha256, whole.sha256);
    assert.deepEqual(resumed.measures, whole.measures);
    assert.ok(resumed.measures.some(({ name, unit }) => name === "Cobb angle" && unit === "degrees"));
    assert.deepEqual((await readdir(out)).filter((name) => name !== "phantoms").sort(), ["model.onnx", "plan.json", "pretraining.json"]);
    // Finished: read back without a step.
    let seen = 0;
    assert.deepEqual(await pretrainOnPhantoms({ ...small, start, out, onProgress: () => (seen += 1) }), resumed);
    assert.equal(seen, 0);
    await assert.rejects(pretrainOnPhantoms({ ...small, start, out, seed: 4 }), /another (images, )?seed/);

    await assert.rejects(pretrainOnPhantoms({ ...small, classes: ["normal", "spondylolysis"], out: path.join(folder, "other") }), /expected two or more that whole-spine-ap shows, got normal/);

    const { metadata } = await readBundle(whole.model);
    assert.deepEqual(metadata.labels, ["normal", "scoliosis"]);
    const opened = await openStarts(planCells({ ...tinyRecipe, networks: [network], regimes: { "fine-tuning": null }, sources: ["run:phantom"] }), { sources: { phantom: [out] } });
    assert.deepEqual([...opened.values()][0]!.chain.map(({ source, labels }) => [source, labels]), [["imagenet", undefined], ["run:phantom", ["normal", "scoliosis"]]]);
  }));
