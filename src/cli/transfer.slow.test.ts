import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { stringify } from "yaml";
import type { StudyResults } from "../study/index.js";
import { inScratchFolder, makeShapeTable, tinyRecipe } from "../study/tiny-study.testkit.js";
import { runCli } from "./cli.testkit.js";

const network = "mobilenet_v2-tiny";

test("a model trained by one command is the start of the next, in train and in a study's table", () =>
  inScratchFolder(async (folder) => {
    await makeShapeTable(folder, { perClass: 4 });
    const trained = await runCli(["train", "labels.csv", "--network", network, "--regime", "scratch", "--epochs", "1", "--size", "32", "--checkpoint-seconds", "5", "--out", "first"], { folder });
    assert.equal(trained.code, 0, trained.stderr);
    const again = await runCli(["train", "labels.csv", "--network", network, "--start", "first", "--epochs", "1", "--size", "32", "--out", "second", "--json"], { folder });
    assert.equal(again.code, 0, again.stderr);

    const recipe = { ...tinyRecipe, networks: [network], regimes: { "fine-tuning": { epochs: 1 } }, sources: ["none", "run:first", "run:second"], validation: { folds: 2 }, explanation: { examples: 0 } };
    await writeFile(path.join(folder, "transfer.yaml"), stringify(recipe));
    const run = ["study", "run", "transfer.yaml", "--data", "labels.csv", "--out", "run"];
    const missing = await runCli(run, { folder });
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /from run:first: expected an earlier run, got none. Pass --source first=FOLDER_OR_MODEL/);
    const narrowed = await runCli([...run, "--sources", "run:third"], { folder });
    assert.match(narrowed.stderr, /run:third/);
    const done = await runCli([...run, "--sources", "none,run:second", "--source", "second=second/"], { folder });
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stdout, /network +regime +start +accuracy/);
    assert.match(done.stdout, /fine-tuning +run:second/);
    const results = JSON.parse(await readFile(path.join(folder, "run", "results.json"), "utf8")) as StudyResults;
    assert.equal(results.reproduce.command, "osteon study run transfer.yaml --data labels.csv --source second=second/ --sources none,run:second");
    const chain = results.cells.find(({ start }) => start === "run:second")!.startWeights.chain!;
    assert.deepEqual(chain.map(({ source }) => source), ["run:start", "run:second"]);
  }));

test("calls that cannot be meant are refused with a remedy", async () => {
  const refused = async (argv: readonly string[], pattern: RegExp): Promise<void> => {
    const { code, stderr } = await runCli(argv);
    assert.equal(code, 2, stderr);
    assert.match(stderr, pattern);
  };
  await refused(["phantom", "pretrain", "--views", "whole-spine-app"], /view.*whole-spine-app.*whole-spine-ap/s);
  await refused(["phantom", "pretrain", "--learning-rate", "fast"], /--learning-rate: expected a number above 0 to 1, got "fast"/);
  await refused(["phantom", "pretrain", "--count", "3"], /--count: expected a whole number from 20/);
  await refused(["study", "run", "recipes/demo.yaml", "--data", "x.csv", "--source", "phantom"], /--source: expected name=place, got "phantom"/);
  await refused(["train", "x.csv", "--regime", "scratch", "--start", "run/"], /expected a regime that starts from weights beside --start, got scratch/);
});
