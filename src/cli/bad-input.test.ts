import assert from "node:assert/strict";
import { access, appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import sharp from "sharp";
import { stringify } from "yaml";
import { jpegHeader, pngBytes } from "../images/images.testkit.js";
import type { StudyResults } from "../study/index.js";
import { hashFiles, inScratchFolder, makeShape, makeShapeTable, tinyRecipe } from "../study/tiny-study.testkit.js";
import { runCli, type CliResult } from "./cli.testkit.js";
import { withPrecision } from "./precision-option.js";
import { noMounts, onDisk } from "./small-disk.testkit.js";

let good = "";
const recipe = { ...tinyRecipe, networks: ["mobilenet_v2-tiny"], regimes: { scratch: { epochs: 1 } }, validation: { folds: 2 } };

before(async () => {
  good = await mkdtemp(path.join(os.tmpdir(), "osteon-good-"));
  await makeShapeTable(good, { perClass: 6 });
  await writeFile(path.join(good, "shapes.yaml"), stringify(recipe));
});
after(() => rm(good, { recursive: true, force: true, maxRetries: 3 }));

/** A copy of the good data to be spoiled. */
function inCopy(work: (folder: string) => Promise<void>): Promise<void> {
  return inScratchFolder(async (folder) => {
    await cp(good, folder, { recursive: true });
    await work(folder);
  });
}

const study = (folder: string, ...more: string[]): Promise<CliResult> => runCli(["study", "run", "shapes.yaml", "--data", "labels.csv", "--out", "run", ...more], { folder });
const addRow = (folder: string, row: string): Promise<void> => appendFile(path.join(folder, "labels.csv"), `${row}\n`);
const exists = (file: string): Promise<boolean> => access(file).then(() => true, () => false);

/** One line of error with what is wrong and what to do; nothing trained; the user's files as they were. */
async function refuses(folder: string, result: CliResult, patterns: readonly RegExp[], exitCode = 3): Promise<void> {
  assert.equal(result.code, exitCode, result.stderr);
  assert.equal(result.stdout, "");
  assert.equal(result.stderr.match(/error: /g)?.length, 1, result.stderr);
  assert.doesNotMatch(result.stderr, /^\s+at |unexpected|a bug/m);
  const line = result.stderr.split("\n").find((text) => text.startsWith("error: "))!;
  for (const pattern of patterns) assert.match(line, pattern);
  assert.match(line, /expected .+, got .+\. [A-Z].+\.$/);
  assert.ok(!(await exists(path.join(folder, "run", "tasks"))), "nothing was trained");
}

const grey = (side: number): Promise<Buffer> => sharp({ create: { width: side, height: side, channels: 3, background: "#777" } }).jpeg().toBuffer();

/** A file that is in the way, and what is said of it. */
const badImages: Record<string, { readonly bytes: () => Promise<Uint8Array> | Uint8Array; readonly says: RegExp }> = {
  "cut off.jpg": { bytes: async () => (await grey(400)).subarray(0, 900), says: /cut off|damaged/ },
  "empty.png": { bytes: () => new Uint8Array(), says: /expected an image.*got an empty file|0 bytes/ },
  "letter.png": { bytes: () => Buffer.from("Dear colleague, thank you for referring this patient."), says: /expected a PNG, JPEG or DICOM image/ },
  "dot.png": { bytes: () => pngBytes(1, 1, 8, 0, Uint8Array.of(7)), says: /at least 16 x 16 pixels, got 1 x 1/ },
  "huge.png": { bytes: () => pngBytes(30_000, 30_000, 8, 0, new Uint8Array()), says: /got 30000 x 30000/ },
  "huge.jpg": { bytes: () => jpegHeader(30_000, 30_000, 8), says: /got 30000 x 30000/ },
};

test("bad images are refused before training, all in one error with what is wrong with each, and set aside where that is asked for", () =>
  inCopy(async (folder) => {
    for (const [name, { bytes }] of Object.entries(badImages)) {
      await writeFile(path.join(folder, "images", name), await bytes());
      await addRow(folder, `images/${name},square,someone,`);
    }
    const filesBefore = await hashFiles(folder);
    const named = Object.entries(badImages).map(([name, { says }]) => new RegExp(`images/${name}[^;\\n]*(${says.source})`));
    await refuses(folder, await study(folder), [/got 6 problems/, ...named, /--skip-bad/]);
    const { "run/plan.json": _, ...filesAfter } = await hashFiles(folder);
    assert.deepEqual(filesAfter, filesBefore);
    const inspected = await runCli(["data", "inspect", "labels.csv", "--skip-bad", "--json"], { folder });
    const { cases, setAside } = JSON.parse(inspected.stdout) as { cases: number; setAside: { file: string; reason: string }[] };
    assert.equal(cases, 12);
    assert.deepEqual(setAside.map(({ file }) => file).sort(), Object.keys(badImages).map((name) => `images/${name}`).sort());
    for (const { file, reason } of setAside) assert.match(reason, badImages[path.basename(file)]!.says);
  }));

test("a precision of another name is refused with those there are, and one that is known goes to every row", async () => {
  await refuses(good, await study(good, "--precision", "quarter"), [/--precision: expected one of single, half, auto, got "quarter"/], 2);
  const { training, regimes } = withPrecision({ study: "s", networks: ["vgg16-tiny"], training: { batchSize: 4 }, regimes: { scratch: null, "fine-tuning": { precision: "single", epochs: 2 } } }, { precision: "half" });
  assert.deepEqual([training, regimes], [{ batchSize: 4, precision: "half" }, { scratch: null, "fine-tuning": { precision: "half", epochs: 2 } }]);
});

test("one bad image is refused by name", () =>
  inCopy(async (folder) => {
    await writeFile(path.join(folder, "images", "cut off.jpg"), await badImages["cut off.jpg"]!.bytes());
    await addRow(folder, "images/cut off.jpg,square,someone,");
    await refuses(folder, await study(folder), [/images\/cut off\.jpg/, badImages["cut off.jpg"]!.says, /--skip-bad/]);
  }));

test("a CMYK JPEG is read like any other color image", () =>
  inCopy(async (folder) => {
    const bytes = await sharp(await makeShape("square", "printed")).toColourspace("cmyk").jpeg().toBuffer();
    assert.equal((await sharp(bytes).metadata()).space, "cmyk");
    await writeFile(path.join(folder, "images", "printed.jpg"), bytes);
    await addRow(folder, "images/printed.jpg,square,someone,");
    assert.equal((await runCli(["data", "inspect", "labels.csv"], { folder })).code, 0);
  }));

test("a file that the table names and that is not there is refused with its line", () =>
  inCopy(async (folder) => {
    await addRow(folder, "images/lost.png,square,someone,");
    await refuses(folder, await study(folder), [/labels\.csv/, /line 14, images\/lost\.png: no such file/, /--skip-bad/]);
  }));

test("one image with two labels is refused, in the table and by content", () =>
  inCopy(async (folder) => {
    await addRow(folder, "images/square-0.png,stripes,square-patient-0,");
    await refuses(folder, await study(folder), [/images\/square-0\.png/, /labels (square and stripes|stripes and square)/]);
    await cp(path.join(good, "labels.csv"), path.join(folder, "labels.csv"));
    await cp(path.join(good, "images/square-1.png"), path.join(folder, "images/copy.png"));
    await addRow(folder, "images/copy.png,stripes,someone,");
    await refuses(folder, await study(folder), [/images\/copy\.png/, /the same image as images\/square-1\.png/]);
  }));

/** Tables that cannot be split, and what is said of them. */
const badTables: Record<string, { readonly rows: (all: string[]) => string[]; readonly says: RegExp }> = {
  "one class": { rows: (all) => all.filter((row) => row.includes(",square,")), says: /at least 2 classes, got only "square"/ },
  "one image per class": { rows: (all) => [all[0]!, all.at(-1)!], says: /class "square": expected at least 2 cases for 2 folds, got 1/ },
  "fewer patients than folds": { rows: (all) => all.map((row) => row.replace(/-patient-\d+/, "-patient")), says: /class "square": expected at least 2 patients for 2 folds, got 1/ },
  "no rows": { rows: () => [], says: /labels\.csv: expected labelled images, got none/ },
};

for (const [name, { rows, says }] of Object.entries(badTables)) {
  test(`${name}: refused before training, with the way out`, () =>
    inCopy(async (folder) => {
      const [head, ...all] = (await readFile(path.join(good, "labels.csv"), "utf8")).trim().split("\n");
      await writeFile(path.join(folder, "labels.csv"), `${[head, ...rows(all)].join("\n")}\n`);
      await refuses(folder, await study(folder), [says]);
    }));
}

test("names in letters of every script go through to predictions, report and maps, and with --skip-bad the bad files are counted in the report", () =>
  inCopy(async (folder) => {
    const names = ["left side, standing.png", "позвоночник 1.png", "脊椎 の画像.png", "épine dorsale.png"];
    for (const name of names) {
      await writeFile(path.join(folder, "images", name), await makeShape("square", name));
      await addRow(folder, `"images/${name}",square,"patient, ${name}",`);
    }
    await writeFile(path.join(folder, "images", "empty.png"), "");
    await writeFile(path.join(folder, "images", "letter.png"), "a letter");
    for (const name of ["empty", "letter", "lost"]) await addRow(folder, `images/${name}.png,square,someone,`);
    const result = await study(folder, "--skip-bad");
    assert.equal(result.code, 0, result.stderr);
    assert.match(result.stderr, /warning: .*3 of 19 cases were set aside/);
    const [predictions, results, report] = [await readFile(path.join(folder, "run/predictions.csv"), "utf8"), await readFile(path.join(folder, "run/results.json"), "utf8"), await readFile(path.join(folder, "run/report.html"), "utf8")];
    for (const name of names) assert.ok(predictions.includes(name), name);
    assert.ok(predictions.includes('"images/left side, standing.png"'));
    const { data } = JSON.parse(results) as StudyResults;
    assert.deepEqual([data.found, data.cases, data.setAside.length], [19, 16, 3]);
    for (const name of ["empty", "letter", "lost"]) assert.ok(report.includes(`images/${name}.png`), name);
    const model = "run/tasks/mobilenet_v2-tiny/scratch/seed-1/fold-1/model.onnx";
    const overlaid = await runCli(["predict", model, ...names.map((name) => `images/${name}`), "--overlays", "карты, все"], { folder });
    assert.equal(overlaid.code, 0, overlaid.stderr);
    assert.equal(Object.keys(await hashFiles(path.join(folder, "карты, все"))).length, names.length);
  }));

test("a folder that cannot be made is refused by name", () =>
  inCopy(async (folder) => {
    const below = await runCli(["study", "run", "shapes.yaml", "--data", "labels.csv", "--out", "labels.csv/run"], { folder });
    await refuses(folder, below, [/labels\.csv\/run: expected a folder/]);
    await mkdir(path.join(folder, "taken"));
    await writeFile(path.join(folder, "file"), "kept");
    await refuses(folder, await runCli(["study", "run", "shapes.yaml", "--data", "labels.csv", "--out", "file"], { folder }), [/file: expected/]);
    assert.equal(await readFile(path.join(folder, "file"), "utf8"), "kept");
  }));

test("a read-only disk is refused by name before training", { skip: noMounts }, () =>
  inCopy(async (folder) => {
    await refuses(folder, onDisk(folder, "ro", "run"), [/disk\/run: expected a folder that can be written, got EROFS/]);
  }));
