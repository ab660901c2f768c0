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
    const options = studyOptions({ recipe, data: await makeShapeTable(scratch, { perClass: 8 }), weights: { [network]: await makeStartWeights(scratch, network) }, out: path.join(scratch, "run"), checkpointSeconds: 0 });
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

test("a search inside one training part", (t) =>
  inStudy(async ({ context, search, fold, folder, inner }) => {
    checkInnerFolds(context.dataset.cases, fold, inner);
    const features = context.folder.file("cache/features");
    let steps = 0;
    const count: OnProgress = ({ unit }) => (steps += unit === "steps" ? 1 : 0);
    const expected = await search({ ...context, onProgress: count });

    await t.test("rungs go on where they stopped, and features are computed once for all trials", async () => {
      // One step of a few images an epoch and inner fold: no epoch is trained twice, and every trial goes on where it stood.
      const epochs = [...new Map(expected.lines.map(({ trial, resource }) => [trial, resource])).values()].reduce((sum, resource) => sum + resource, 0);
      assert.equal(steps, 2 * epochs);
      assert.ok(expected.lines.some(({ resource }) => resource === 2) && expected.lines.length < 8);
      assert.equal((await readdir(features)).length, 1);
      steps = 0;
      assert.equal(timeless(await search({ ...context, onProgress: count })), timeless(expected), "a finished search is read back");
      assert.equal(steps, 0);
    });

    await t.test("stopped within and between trials, its log torn, it ends as one that was not", async () => {
      const file = path.join(features, (await readdir(features))[0]!);
      const { size } = await stat(file);
      await rm(folder, { recursive: true });
      let stops = 0;
      let result: FoldSearch | undefined;
      while (result === undefined) {
        const controller = new AbortController();
        let seen = 0;
        const onProgress: OnProgress = ({ unit }) => {
          seen += 1;
          if (seen === 4 || (stops % 3 === 2 && unit === "trials" && seen > 2)) controller.abort();
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
      assert.equal((await stat(file)).size, size, "no feature is computed twice");
    });

    await t.test("the test cases play no part: neither their labels nor their images change a single score", async () => {
      const { dataset, prepared } = context;
      const tested = new Set(fold.test);
      // Forget the search and the features, then exchange the labels of all test cases and blank their images.
      await rm(folder, { recursive: true });
      await rm(features, { recursive: true });
      const other = dataset.labels.toReversed();
      const swapped = (index: number) => other[dataset.labels.indexOf(dataset.cases[index]!.label)]!;
      const cases = dataset.cases.map((one, i) => (tested.has(i) ? { ...one, label: swapped(i), contentSha256: "0".repeat(64) } : one));
      const frames = prepared.frames.map((frame, i) => (tested.has(i) ? frame.map(() => Number.NaN) : frame));
      assert.equal(timeless(await search({ ...context, dataset: { ...dataset, cases }, prepared: { ...prepared, frames } })), timeless(expected));
      // The same change of one case in the training part does change it.
      await rm(folder, { recursive: true });
      const trained = dataset.cases.map((one, i) => (i === fold.train[0] ? { ...one, label: swapped(i) } : one));
      assert.notEqual(timeless(await search({ ...context, dataset: { ...dataset, cases: trained } })), timeless(expected));
    });
  }));
