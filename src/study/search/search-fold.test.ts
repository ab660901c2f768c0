import assert from "node:assert/strict";
import { appendFile, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import type { OnProgress } from "../../base/index.js";
import type { Case } from "../../data/index.js";
import { withStudy } from "../open-study.js";
import { planStudy } from "../plan.js";
import type { RecipeSource } from "../recipe.js";
import type { TaskContext } from "../run-task.js";
import { hashFiles, inScratchFolder, makeShapeTable, makeStartWeights, studyOptions } from "../tiny-study.testkit.js";
import { planSearch } from "./plan-search.js";
import { innerFoldsOf, searchFold, searchFolder, type FoldSearch } from "./search-fold.js";

const network = "mobilenet_v2-tiny";

/** A head on frozen features: the cheapest study that has everything a search needs. */
const recipe: RecipeSource = {
  study: "search",
  networks: [network],
  regimes: { "feature-extraction": { epochs: 2 } },
  training: { batchSize: 6, optimizer: { name: "adam", learningRate: 0.01 } },
  image: { size: 32 },
  validation: { folds: 2 },
  models: "discard",
  search: {
    space: { "training.optimizer.learningRate": { log: [1e-4, 1e-1] }, "training.dropout": { float: [0, 0.5] } },
    trials: 4,
    metric: "log-likelihood",
    scheduler: { name: "asha", reduction: 2 },
    innerFolds: 2,
  },
};

interface Opened {
  readonly context: TaskContext;
  readonly search: (context: TaskContext) => Promise<FoldSearch>;
  readonly folder: string;
  readonly inner: ReturnType<typeof innerFoldsOf>;
  readonly fold: ReturnType<typeof planStudy>["folds"][number];
}

function inStudy(work: (opened: Opened) => Promise<void>): Promise<void> {
  return inScratchFolder(async (scratch) => {
    const options = studyOptions({ recipe, data: await makeShapeTable(scratch, { perClass: 12 }), weights: { [network]: await makeStartWeights(scratch, network) }, out: path.join(scratch, "run"), checkpointSeconds: 0 });
    await withStudy(options, async ({ context, dataset }) => {
      const { cells, folds } = planStudy(recipe, dataset);
      const [searched] = planSearch(recipe, cells);
      const fold = folds[0]!;
      await work({ context, fold, inner: innerFoldsOf(searched!, fold, context), folder: searchFolder(searched!, fold, context), search: (own) => searchFold({ recipe, searched: searched!, fold, contexts: new Map() }, own) });
    });
  });
}

const timeless = ({ lines, ...rest }: FoldSearch) => JSON.stringify({ ...rest, lines }, (key, value: unknown) => (key === "seconds" ? undefined : value));

/** Law: inner folds cover the training part, hold no test case and no patient on two sides. */
function checkInnerFolds(cases: readonly Case[], fold: Opened["fold"], inner: Opened["inner"]): void {
  const patients = (indices: readonly number[]) => new Set(indices.map((index) => cases[index]!.patient));
  const outer = patients(fold.test);
  assert.deepEqual(inner.flatMap(({ test }) => test).sort((a, b) => a - b), [...fold.train]);
  for (const { train, test } of inner) {
    const inside = patients(train);
    assert.ok([...patients(test)].every((patient) => !inside.has(patient) && !outer.has(patient)));
    assert.ok([...inside].every((patient) => !outer.has(patient)));
  }
}

test("the test cases play no part in a search: neither their labels nor their images change a single score", () =>
  inStudy(async ({ context, search, fold, folder, inner }) => {
    const { dataset, prepared } = context;
    checkInnerFolds(dataset.cases, fold, inner);
    const test = new Set(fold.test);
    const expected = await search(context);
    assert.ok(expected.lines.length > 4);
    // Forget the search and the features, then exchange the labels of all test cases and blank their images.
    await rm(folder, { recursive: true });
    await rm(context.folder.file("cache/features"), { recursive: true });
    const other = dataset.labels.toReversed();
    const cases = dataset.cases.map((one, i) => (test.has(i) ? { ...one, label: other[dataset.labels.indexOf(one.label)]!, contentSha256: "0".repeat(64) } : one));
    const frames = prepared.frames.map((frame, i) => (test.has(i) ? frame.map(() => Number.NaN) : frame));
    assert.equal(timeless(await search({ ...context, dataset: { ...dataset, cases }, prepared: { ...prepared, frames } })), timeless(expected));
    // The same change in the training part does change it.
    await rm(folder, { recursive: true });
    const swapped = dataset.cases.map((one, i) => (i === fold.train[0] ? { ...one, label: other[dataset.labels.indexOf(one.label)]! } : one));
    assert.notEqual(timeless(await search({ ...context, dataset: { ...dataset, cases: swapped } })), timeless(expected));
  }));

test("a search that is stopped within and between trials, its log torn, ends as one that was not; rungs go on and features are shared", () =>
  inStudy(async ({ context, search, folder }) => {
    let steps = 0;
    const count: OnProgress = ({ unit }) => (steps += unit === "steps" ? 1 : 0);
    const expected = await search({ ...context, onProgress: count });
    const straight = steps;
    // One step of six images an epoch and inner fold: no epoch is trained twice, and every trial goes on where it stood.
    const epochs = [...new Map(expected.lines.map(({ trial, resource }) => [trial, resource])).values()].reduce((sum, resource) => sum + resource, 0);
    assert.equal(straight, 2 * epochs);
    assert.ok(expected.lines.some(({ resource }) => resource === 2) && expected.lines.some(({ trial }) => expected.lines.filter((line) => line.trial === trial).length === 1));
    assert.equal((await readdir(context.folder.file("cache/features"))).length, 1);
    const before = (await stat(path.join(context.folder.file("cache/features"), (await readdir(context.folder.file("cache/features")))[0]!))).size;

    await rm(folder, { recursive: true });
    let stops = 0;
    let result: FoldSearch | undefined;
    while (result === undefined) {
      const controller = new AbortController();
      let seen = 0;
      const stopAfter = 4;
      const onProgress: OnProgress = ({ unit }) => {
        seen += 1;
        if (seen === stopAfter || (stops % 3 === 2 && unit === "trials" && seen > 4)) controller.abort();
      };
      try {
        result = await search({ ...context, signal: controller.signal, onProgress });
      } catch (error) {
        assert.equal((error as Error).name, "AbortError");
        stops += 1;
        await appendFile(path.join(folder, "trials.jsonl"), '{"trial":9,"sett');
      }
    }
    assert.ok(stops >= 4, `${stops} stops`);
    assert.equal(timeless(result), timeless(expected));
    assert.deepEqual(Object.keys(await hashFiles(folder)), ["trials.jsonl"], "no checkpoint is left");
    const after = (await stat(path.join(context.folder.file("cache/features"), (await readdir(context.folder.file("cache/features")))[0]!))).size;
    assert.equal(after, before, "no feature is computed twice");
    // A finished search is read back without a step.
    steps = 0;
    assert.equal(timeless(await search({ ...context, onProgress: count })), timeless(expected));
    assert.equal(steps, 0);
  }));
