import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { InputError, OsteonError, type Progress } from "../base/index.js";
import { loadDataset } from "../data/index.js";
import { readBundle, readWeights } from "../models/index.js";
import { planStudy, trainingCases } from "./plan.js";
import { runStudy, type StudyOutcome } from "./run-study.js";
import { hashFiles, inScratchFolder, makeShapeTable, makeStartWeights, studyOptions, tinyRecipe } from "./tiny-study.testkit.js";

let root = "";
let data = "";
let weights: Record<string, string> = {};
let whole: StudyOutcome;
const wholeRecipe = { ...tinyRecipe, regimes: { scratch: { epochs: 4 }, "feature-extraction": { epochs: 3 } }, validation: { folds: 2 } };
const wholeFolder = (): string => path.join(root, "whole");

before(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), "osteon-study-"));
  data = await makeShapeTable(root, { perClass: 12 });
  weights = {
    "mobilenet_v2-tiny": await makeStartWeights(root, "mobilenet_v2-tiny"),
    "vgg16-tiny": await makeStartWeights(root, "vgg16-tiny"),
  };
  whole = await runStudy(studyOptions({ recipe: wholeRecipe, data, weights, out: wholeFolder() }));
});
after(() => rm(root, { recursive: true, force: true, maxRetries: 3 }));

/** One network, one regime, two folds: seconds. */
const small = { ...tinyRecipe, networks: ["mobilenet_v2-tiny"], regimes: { scratch: { epochs: 4 } }, validation: { folds: 2 } };

test("a study leaves a report, the numbers, the predictions and one model per cell and fold, each with its hash", async () => {
  const files = await hashFiles(wholeFolder());
  for (const name of ["report.html", "results.json", "predictions.csv", "plan.json"]) assert.ok(name in files, name);
  const models = Object.keys(files).filter((name) => name.endsWith("model.onnx"));
  assert.equal(models.length, 2 * 2 * 2);
  assert.deepEqual(JSON.parse(await readFile(whole.resultsFile, "utf8")), JSON.parse(JSON.stringify(whole.results)));
  for (const { folds } of whole.results.cells) {
    for (const { model } of folds) assert.equal(files[model!.file], model!.sha256);
  }
  const rest = Object.keys(files).filter((name) => name.includes("tmp") || name.includes(".lock") || name.includes("checkpoint"));
  assert.deepEqual(rest, []);
});

test("the report is one file that asks nothing of the network and names every cell", async () => {
  const html = await readFile(whole.report, "utf8");
  assert.doesNotMatch(html, /<(script|link|img|iframe)[^>]+(src|href)="https?:/);
  for (const { row } of whole.results.cells) assert.ok(html.includes(row));
  assert.ok(html.includes(whole.results.recipeSha256));
  assert.ok(!html.includes(root), "no path of this machine");
  assert.ok(!(await readFile(whole.resultsFile, "utf8")).includes(root), "no path of this machine");
});

test("a model file carries its labels, its preprocessing and how it was trained", async () => {
  for (const { network, row, folds } of whole.results.cells) {
    const { metadata } = await readBundle(path.join(wholeFolder(), folds[0]!.model!.file));
    assert.equal(metadata.architecture, network);
    assert.deepEqual(metadata.labels, ["square", "stripes"]);
    assert.equal(metadata.preprocessing.size, 32);
    assert.equal(metadata.training["weightsSha256"], folds[0]!.weightsSha256);
    assert.equal((metadata.training["regime"] as { name: string }).name, row);
  }
});

test("no patient is on both sides of a split, nor in training and in what early stopping watches", async () => {
  const dataset = await loadDataset(data);
  const recipe = { ...tinyRecipe, training: { earlyStopping: { fraction: 0.3 } }, seeds: [1, 2, 3] };
  const { cells, folds } = planStudy(recipe, dataset);
  const patientsOf = (indices: readonly number[]): Set<string> => new Set(indices.map((i) => dataset.cases[i]!.patient!));
  assert.equal(folds.length, 9);
  for (const fold of folds) {
    const { train, validation } = trainingCases(dataset, cells[0]!, fold);
    assert.ok(validation.length > 0);
    const [a, b, c] = [patientsOf(train), patientsOf(validation), patientsOf(fold.test)];
    assert.equal(a.size + b.size + c.size, new Set([...a, ...b, ...c]).size);
    assert.deepEqual([...train, ...validation, ...fold.test].sort((x, y) => x - y), dataset.cases.map((_, i) => i));
  }
});

test("feature extraction keeps the file's weights, fine-tuning of the last stages the earlier ones, fine-tuning none", () =>
  inScratchFolder(async (folder) => {
    const network = "vgg16-tiny";
    const regimes = { "feature-extraction": { epochs: 1 }, last: { regime: "fine-tuning" as const, stages: 2, epochs: 1 }, "fine-tuning": { epochs: 1 } };
    const { results } = await runStudy(studyOptions({ recipe: { ...small, networks: [network], regimes }, data, weights, out: folder }));
    const given = await readWeights(weights[network]!);
    const kept: Record<string, number> = {};
    for (const { row, folds, startWeights } of results.cells) {
      const { graph } = await readBundle(path.join(folder, folds[0]!.model!.file));
      const names = [...given.keys()].filter((name) => name.startsWith("features."));
      assert.ok(names.every((name) => graph.initializers.has(name)));
      kept[row] = names.filter((name) => isDeepStrictEqual(graph.initializers.get(name)!.data, given.get(name)!.data)).length / names.length;
      assert.equal(startWeights.source, `${network}.safetensors`);
      const head = [...graph.initializers.values()].find(({ shape }) => shape.length === 2 && shape[0] === 2);
      assert.ok(head, "a head of two classes in place of the file's ten");
    }
    assert.equal(kept["feature-extraction"], 1);
    assert.ok(kept["last"]! > 0);
    assert.equal(kept["fine-tuning"], 0);
    const trained = Object.fromEntries(results.cells.map(({ row, parameters }) => [row, parameters.trained]));
    assert.ok(trained["feature-extraction"]! < trained["last"]! && trained["last"]! < trained["fine-tuning"]!);
  }));

test("missing weights are refused before anything is written, with the two ways to get them", async () => {
  const out = path.join(root, "never");
  await assert.rejects(runStudy(studyOptions({ data, weights: { "mobilenet_v2-tiny": weights["mobilenet_v2-tiny"]! }, out })), (error) => {
    assert.ok(error instanceof InputError);
    assert.equal(error.code, "weights-needed");
    assert.match(error.message, /feature-extraction of vgg16-tiny.*--weights vgg16-tiny=FILE.*osteon weights pull vgg16-tiny/);
    return true;
  });
  await assert.rejects(stat(out), { code: "ENOENT" });
});

test("weights that are no weights, or another network's, are refused before training", () =>
  inScratchFolder(async (folder) => {
    const recipe = { ...small, regimes: { "fine-tuning": { epochs: 1 } } };
    const text = path.join(folder, "notes.safetensors");
    await writeFile(text, "not weights at all, only a note");
    const reject = async (file: string, pattern: RegExp): Promise<void> => {
      const out = path.join(folder, "run");
      await assert.rejects(runStudy(studyOptions({ recipe, data, weights: { "mobilenet_v2-tiny": file }, out })), (error) => {
        assert.ok(error instanceof OsteonError && error.exitCode !== 70, String(error));
        assert.match(error.message, pattern);
        return true;
      });
      await assert.rejects(stat(path.join(out, "tasks")), { code: "ENOENT" });
    };
    await reject(text, /notes\.safetensors/);
    await reject(path.join(folder, "absent.safetensors"), /absent\.safetensors/);
    await reject(weights["vgg16-tiny"]!, /expected/);
  }));

test("a finished run that is run again trains nothing and gives the same files", async () => {
  const filesBefore = await hashFiles(wholeFolder());
  const seen: Progress[] = [];
  await runStudy(studyOptions({ recipe: wholeRecipe, data, weights, out: wholeFolder(), onProgress: (progress) => seen.push(progress) }));
  assert.deepEqual(seen.filter(({ unit }) => unit === "steps"), []);
  assert.deepEqual(await hashFiles(wholeFolder()), filesBefore);
});

test("another recipe in the same folder is refused and harms nothing", async () => {
  const filesBefore = await hashFiles(wholeFolder());
  const recipe = { ...tinyRecipe, validation: { folds: 3 } };
  await assert.rejects(runStudy(studyOptions({ recipe, data, weights, out: wholeFolder() })), (error) => error instanceof InputError && error.code === "run-differs" && /another recipe\. Choose another --out/.test(error.message));
  assert.deepEqual(await hashFiles(wholeFolder()), filesBefore);
});
