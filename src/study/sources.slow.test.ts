import assert from "node:assert/strict";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { isDeepStrictEqual } from "node:util";
import { InputError } from "../base/index.js";
import { sha256OfFile } from "../files/index.js";
import { readBundle, readWeights, writeBundle } from "../models/index.js";
import { planCells } from "./plan.js";
import type { RecipeSource } from "./recipe.js";
import { isEstimate } from "./results.js";
import { runStudy } from "./run-study.js";
import { openStarts } from "./start-weights.js";
import { inScratchFolder, makeShapeTable, makeStartWeights, studyOptions, tinyRecipe } from "./tiny-study.testkit.js";
import { trainModel } from "./train-model.js";

const network = "mobilenet_v2-tiny";
const base: RecipeSource = { ...tinyRecipe, networks: [network], regimes: { "fine-tuning": { epochs: 1 } }, validation: { folds: 2 }, explanation: { examples: 0 } };

test("sources make a cell each where a regime starts from weights; scratch and frozen stages take no part in none", () => {
  const regimes = { scratch: null, "feature-extraction": null, "fine-tuning": { startPenalty: 0.1, stageRateDecay: 0.8 }, last: { regime: "fine-tuning" as const, stages: 2 } };
  const cells = planCells({ ...base, regimes, sources: ["none", "imagenet", "run:spine"] });
  assert.deepEqual(cells.map(({ id }) => id.slice(network.length + 1)), [
    "scratch",
    "feature-extraction/imagenet",
    "feature-extraction/run-spine",
    "fine-tuning/none",
    "fine-tuning/imagenet",
    "fine-tuning/run-spine",
    "last/imagenet",
    "last/run-spine",
  ]);
  const [none, imagenet] = cells.filter(({ row }) => row === "fine-tuning");
  assert.deepEqual([none!.training.batchNorm, none!.training.startPenalty, none!.training.stageRateDecay], ["train", 0, 1]);
  assert.deepEqual([imagenet!.training.batchNorm, imagenet!.training.startPenalty, imagenet!.training.stageRateDecay], ["frozen", 0.1, 0.8]);
  assert.deepEqual(planCells({ ...base, regimes }).map(({ id, start }) => [id.slice(network.length + 1), start]), [["scratch", "none"], ["feature-extraction", "imagenet"], ["fine-tuning", "imagenet"], ["last", "imagenet"]]);
  assert.throws(() => planCells({ ...base, regimes: { "feature-extraction": null }, sources: ["none"] }), /expected a source that a row can start from, got none/);
});

test("a study from nothing, from weights and from an earlier run replaces the head, keeps the chain and tests every pair", () =>
  inScratchFolder(async (folder) => {
    const data = await makeShapeTable(folder, { perClass: 10 });
    const weights = { [network]: await makeStartWeights(folder, network) };
    const first = await trainModel(studyOptions({ recipe: { ...base, study: "first" }, data, weights, out: path.join(folder, "first") }));
    const firstModel = await readBundle(first.file);

    const target = path.join(folder, "target.csv");
    await writeFile(target, (await readFile(data, "utf8")).replaceAll(",square,", ",box,").replaceAll(",stripes,", ",lines,"));
    const recipe = { ...base, regimes: { "feature-extraction": { epochs: 1 }, "fine-tuning": { epochs: 1 } }, sources: ["none", "imagenet", "run:first"] };
    const out = path.join(folder, "second");
    const { results, report } = await runStudy(studyOptions({ recipe, data: target, weights, sources: { first: [path.join(folder, "first")] }, out }));

    const imagenet = { source: "imagenet", file: `${network}.safetensors`, sha256: await sha256OfFile(weights[network]), network };
    const run = { source: "run:first", file: "model.onnx", sha256: first.sha256, network, labels: ["square", "stripes"], dataSha256: firstModel.metadata.training["dataSha256"] as string };
    const expected: Record<string, readonly object[] | undefined> = { none: undefined, imagenet: [imagenet], "run:first": [imagenet, run] };
    for (const cell of results.cells) {
      assert.deepEqual(cell.startWeights.chain, expected[cell.start!], cell.id);
      const { metadata } = await readBundle(path.join(out, cell.folds[0]!.model!.file));
      assert.deepEqual(metadata.training["chain"], expected[cell.start!] ?? []);
      assert.deepEqual(metadata.labels, ["box", "lines"]);
    }
    assert.match(run.dataSha256, /^[0-9a-f]{64}$/);

    // Feature extraction keeps the source's backbone bit for bit, and its normalization; the head is new.
    const extracted = results.cells.find(({ id }) => id.endsWith("feature-extraction/run-first"))!;
    const { graph, metadata } = await readBundle(path.join(out, extracted.folds[0]!.model!.file));
    const given = await readWeights(weights[network]);
    const same = (name: string) => isDeepStrictEqual(graph.initializers.get(name)!.data, firstModel.graph.initializers.get(name)!.data);
    const names = [...given.keys()].filter((name) => name.startsWith("features.") && graph.initializers.has(name));
    assert.ok(names.length > 40 && names.every(same), "the backbone of the source");
    assert.ok(!names.every((name) => isDeepStrictEqual(graph.initializers.get(name)!.data, given.get(name)!.data)), "and not of the source's own start");
    assert.ok(!same("classifier.1.weight"), "a new head");
    assert.deepEqual(metadata.preprocessing.mean, firstModel.metadata.preprocessing.mean);

    // The same figure on two ways: the difference of the AUCs of two cells, and DeLong's.
    const scores = (id: string) => results.cells.find((cell) => cell.id === id)!.pooled.perClass["lines"]!.auc;
    assert.equal(results.comparisons.length, 10);
    for (const { a, b, auc } of results.comparisons) {
      const [x, y] = [scores(a), scores(b)];
      if (!isEstimate(auc!.difference) || !isEstimate(x) || !isEstimate(y)) continue;
      assert.ok(Math.abs(auc!.difference.estimate - (x.estimate - y.estimate)) < 1e-12, `${a} against ${b}`);
      assert.ok(auc!.pValue! <= auc!.pAdjusted!);
    }
    const html = await readFile(report, "utf8");
    assert.ok(html.includes("imagenet, then run:first") && html.includes("p adjusted (AUC)"));
    assert.ok(!html.includes(folder), "no path of this machine");
  }));

test("a source that is missing, of another network or not one model is refused before anything is trained", () =>
  inScratchFolder(async (folder) => {
    const data = await makeShapeTable(folder, { perClass: 4 });
    const recipe = { ...base, sources: ["run:first"] };
    const cells = planCells(recipe);
    const open = (...places: string[]) => openStarts(cells, { sources: { first: places } });
    const refused = (code: string, pattern: RegExp) => (error: unknown) => error instanceof InputError && error.code === code && pattern.test(error.message);
    await assert.rejects(openStarts(cells, {}), refused("source-needed", /fine-tuning of mobilenet_v2-tiny from run:first.*--source first=FOLDER_OR_MODEL/));
    await assert.rejects(open(path.join(folder, "absent")), /absent/);

    const weights = { "vgg16-tiny": await makeStartWeights(folder, "vgg16-tiny") };
    const other = await trainModel(studyOptions({ recipe: { ...base, networks: ["vgg16-tiny"] }, data, weights, out: path.join(folder, "vgg") }));
    await assert.rejects(open(other.file), refused("source-model", /expected one model of mobilenet_v2-tiny, got one of vgg16-tiny/));

    const own = await trainModel(studyOptions({ recipe: { ...base, regimes: { scratch: { epochs: 1 } } }, data, out: path.join(folder, "own") }));
    // A run of a study: one model per fold below the network's name.
    for (const fold of ["fold-1", "fold-2"]) {
      await mkdir(path.join(folder, "study", "tasks", network, fold), { recursive: true });
      await cp(own.file, path.join(folder, "study", "tasks", network, fold, "model.onnx"));
    }
    await assert.rejects(open(path.join(folder, "study")), refused("source-model", /got 2: fold-1.model.onnx, fold-2.model.onnx.*--source first=FILE/));
    // The same name may serve several networks.
    const opened = await open(other.file, path.join(folder, "own"));
    assert.equal([...opened.values()][0]!.sha256, own.sha256);

    const { graph, metadata } = await readBundle(own.file);
    const forged = path.join(folder, "forged.onnx");
    await writeBundle(forged, { graph, metadata: { ...metadata, training: { ...metadata.training, chain: [{ source: "imagenet" }] } } });
    await assert.rejects(open(forged), /forged\.onnx: expected a record of its training, got chain\.0\.file/);
  }));
