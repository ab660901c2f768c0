import assert from "node:assert/strict";
import test from "node:test";
import { planCells } from "../plan.js";
import type { RecipeSource } from "../recipe.js";
import { tuneCell } from "./apply-settings.js";
import { narrowSearch } from "./narrow-search.js";
import { planSearch, refuseFrameSearch, searchedFacts, withSearched } from "./plan-search.js";

const imported = new Map();

const recipe: RecipeSource = {
  study: "search",
  networks: ["mobilenet_v2-tiny", "vgg16-tiny"],
  regimes: { scratch: { epochs: 9 }, "fine-tuning": { optimizer: { name: "sgd", learningRate: 0.5 }, stages: 2 } },
  training: { dropout: 0.1, optimizer: { name: "adam", learningRate: 0.01 } },
  augmentation: { rotation: { maxDeg: 5 } },
  search: { space: { "training.optimizer.learningRate": { log: [1e-4, 1e-1] }, "regimes.fine-tuning.stages": { int: [1, 3] } }, trials: 5 },
};
const cells = planCells(recipe);
const planned = (search: RecipeSource["search"]) => planSearch({ ...recipe, search }, cells);

test("a searched setting takes the place of the recipe's in the row itself, and leaves the rest alone", () => {
  const fine = cells.find(({ id }) => id === "vgg16-tiny/fine-tuning")!;
  const tuned = tuneCell(recipe, fine, { settings: { "training.optimizer.learningRate": 0.02, "training.dropout": 0.4, "training.schedule.warmupEpochs": 2, "augmentation.rotation.maxDeg": 9, "augmentation.noise.maxStd": 0.1, "image.size": 64, "regimes.scratch.epochs": 99 }, imported });
  assert.equal(tuned.cell.id, fine.id);
  assert.deepEqual([tuned.cell.training.optimizer.name, tuned.cell.training.optimizer.learningRate, tuned.cell.training.dropout], ["sgd", 0.02, 0.4]);
  assert.deepEqual([tuned.cell.training.schedule.name, tuned.cell.training.schedule.warmupEpochs], ["cosine", 2]);
  assert.deepEqual(tuned.recipe.augmentation, { rotation: { maxDeg: 9 }, noise: { maxStd: 0.1 } });
  assert.equal(tuned.recipe.image?.size, 64);
  assert.equal(tuned.recipe.regimes["scratch"]?.epochs, 9, "another row's setting is none of this cell's");
  // Where no optimizer is named in the row, the cell's own is.
  const bare = tuneCell({ ...recipe, training: {} }, cells[0]!, { settings: { "training.optimizer.learningRate": 0.02, "training.earlyStopping.patience": 3 }, imported });
  assert.deepEqual([bare.cell.training.optimizer.name, bare.cell.training.optimizer.learningRate], ["adam", 0.02]);
  assert.equal(bare.cell.training.earlyStopping && bare.cell.training.earlyStopping.patience, 3);
});

test("each cell is searched over the settings that concern it, and stands behind the one it is compared with", () => {
  const searched = planSearch(recipe, cells);
  assert.deepEqual(searched.map(({ id, space }) => [id, Object.keys(space).length]), [
    ["mobilenet_v2-tiny/scratch/searched", 1],
    ["mobilenet_v2-tiny/fine-tuning/searched", 2],
    ["vgg16-tiny/scratch/searched", 1],
    ["vgg16-tiny/fine-tuning/searched", 2],
  ]);
  assert.deepEqual(searched[0]!.terms, { sampler: "tpe", trials: 5, metric: "macro-auc", scheduler: "none", minimumEpochs: 1, reduction: 3, innerFolds: 3, selectionRule: "best" });
  const one = planned({ ...recipe.search!, networks: ["vgg16-tiny"], rows: ["fine-tuning"], scheduler: { name: "asha", minimumEpochs: 2 } });
  assert.deepEqual(one.map(({ id, rungs }) => [id, rungs]), [["vgg16-tiny/fine-tuning/searched", [4, 12]]]);
  const plan = withSearched({ cells, folds: [], level: 0.95 }, one);
  assert.deepEqual(plan.cells.map(({ id }) => id).slice(-2), ["vgg16-tiny/fine-tuning", "vgg16-tiny/fine-tuning/searched"]);
});

test("a conditional setting is kept with the one it depends on, and a grid has as many trials as points", () => {
  const [first] = planned({
    sampler: "grid",
    rows: ["scratch"],
    space: { "training.optimizer.name": { choice: ["sgd", "adamw"] }, "training.optimizer.momentum": { float: [0, 0.9], when: { "training.optimizer.name": "sgd" } } },
  });
  assert.deepEqual(Object.keys(first!.space), ["training.optimizer.name", "training.optimizer.momentum"]);
  assert.equal(first!.terms.trials, 4, "three momenta of sgd, and adamw");
});

test("a search that cannot be run is refused before it begins", () => {
  const refused = (search: RecipeSource["search"], message: RegExp) => assert.throws(() => planned(search), message);
  refused({ space: { "training.droput": { float: [0, 0.5] } } }, /training\.droput: .* unknown key "droput", did you mean "dropout"\?/);
  refused({ space: { dropout: { float: [0, 0.5] } } }, /expected settings of training, regimes, augmentation, image by their place, got "dropout"/);
  refused({ space: { "validation.folds": { int: [2, 5] } } }, /got "validation\.folds"/);
  refused({ space: { "regimes.tuning.epochs": { int: [2, 5] } } }, /expected a row of the recipe \(scratch, fine-tuning\), got "tuning"/);
  refused({ space: { "training.dropout": { float: [0, 1.5] } } }, /training\.dropout: expected .* got 1\.5: Too big/);
  refused({ space: { "training.dropout": { log: [0, 0.5] } } }, /training\.dropout: expected a logarithmic range above 0/);
  refused({ rows: ["scratch"], space: { "training.dropout": { float: [0, 0.5] }, "regimes.fine-tuning.stages": { int: [1, 3] } } }, /regimes\.fine-tuning\.stages: expected a setting that makes a difference/);
  refused({ ...recipe.search!, networks: ["resnet50"] }, /resnet50/);
  refused({ ...recipe.search!, rows: ["fine-tunning"] }, /Did you mean "fine-tuning"/);
  refused({ ...recipe.search!, innerFolds: 1, selectionRule: "one-standard-error" }, /at least 2 inner folds/);
  refused({ scheduler: "asha", space: { "training.epochs": { int: [2, 9] } } }, /fixed number of epochs for asha/);
  refused({ selectionRule: "one-standard-error", space: { "training.optimizer.name": { choice: ["sgd", "adam"] } } }, /known simplicity/);
  assert.deepEqual(planSearch({ ...recipe, search: undefined }, cells), []);
  const sizes = planned({ space: { "image.size": { choice: [32, 64] } } });
  refuseFrameSearch(sizes, []);
  assert.throws(() => refuseFrameSearch(sizes, ["an external test set"]), { code: "search-space", message: /image\.size: expected one frame/ });
});

test("the settings of a searched cell tell what was found in every fold", () => {
  const facts = { id: "a/searched", network: "a", row: "scratch", regime: "scratch", startWeights: { source: "random" }, settings: { dropout: 0.1, optimizer: { name: "adam", learningRate: 0.01 } } };
  const shown = searchedFacts(facts, [0.02, 0.03].map((rate) => ({ chosen: { settings: { "training.optimizer.learningRate": rate } } })));
  assert.equal(shown.row, "scratch, searched");
  assert.deepEqual(shown.settings, { dropout: 0.1, optimizer: { name: "adam", learningRate: "searched" }, "searched, by fold": { "training.optimizer.learningRate": [0.02, 0.03] } });
});

test("a search follows the networks, rows and trials that are left of its recipe, and goes where none is", () => {
  const search = { ...recipe.search!, networks: ["vgg16-tiny"], trials: 9 };
  const { "fine-tuning": _, ...regimes } = recipe.regimes;
  const left = narrowSearch({ ...recipe, regimes, search }, 3).search!;
  assert.deepEqual([Object.keys(left.space), left.trials, left.networks], [["training.optimizer.learningRate"], 3, ["vgg16-tiny"]]);
  assert.equal(narrowSearch({ ...recipe, networks: ["mobilenet_v2-tiny"], search }).search, undefined);
  assert.equal(narrowSearch({ ...recipe, search }, 0).search, undefined);
  assert.deepEqual(narrowSearch({ ...recipe, search }).search, search);
});
