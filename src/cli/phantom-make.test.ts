import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import sharp from "sharp";
import { runCli, type CliResult } from "./cli.testkit.js";

let folder = "";
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "osteon-phantom-"));
});
after(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));

const make = (...argv: string[]): Promise<CliResult> => runCli(["phantom", "make", ...argv], { folder });
const small = ["--size", "48", "--workers", "1"];

async function columnOf(name: string, column: string): Promise<string[]> {
  const [header, ...rows] = (await readFile(path.join(folder, name, "labels.csv"), "utf8")).trimEnd().split("\n").map((line) => line.split(","));
  return rows.map((row) => row[header!.indexOf(column)]!);
}

async function isRefused(argv: readonly string[], pattern: RegExp): Promise<void> {
  const { code, stdout, stderr } = await make(...argv, ...(argv.includes("--out") ? [] : ["--out", "refused"]));
  assert.equal(code, 2, `${argv.join(" ")}: ${stderr}`);
  assert.match(stderr, pattern, argv.join(" "));
  assert.equal(stdout, "");
  assert.ok(!(await readdir(folder)).includes("refused"), argv.join(" "));
}

test("a view alone makes a data set of every condition seen on it, which the other commands read", async () => {
  const { code, stdout, stderr } = await make("lumbar-lateral", "--count", "16", "--seed", "7", "--out", "views", ...small);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^class +images +patients +studies$/m);
  assert.match(stdout, /^labels +\S+views\/labels\.csv$/m);
  assert.deepEqual(new Set(await columnOf("views", "view")), new Set(["lumbar-lateral"]));
  assert.equal(new Set(await columnOf("views", "label")).size, 8);
  const inspected = JSON.parse((await runCli(["data", "inspect", "views/labels.csv", "--json"], { folder })).stdout) as { cases: number; hasPatients: boolean; setAside: unknown[] };
  assert.deepEqual([inspected.cases, inspected.hasPatients, inspected.setAside], [16, true, []]);
});

test("options of content: classes, posture, sequences, ages, visits, implants, bit depth", async () => {
  assert.equal((await make("lumbar-lateral", "--classes", "normal,spondylolysis", "--posture", "flexion,extension", "--ages", "60-70", "--visits", "1", "--implants", "1", "--bit-depth", "16", "--count", "4", "--out", "content", ...small)).code, 0);
  assert.deepEqual([...new Set(await columnOf("content", "label"))].sort(), ["normal", "spondylolysis"]);
  assert.deepEqual([...new Set(await columnOf("content", "posture"))].sort(), ["extension", "flexion"]);
  assert.ok((await columnOf("content", "age_years")).every((age) => Number(age) >= 60 && Number(age) <= 70));
  assert.deepEqual([...new Set(await columnOf("content", "visit"))], ["1"]);
  assert.ok((await columnOf("content", "objects")).every((objects) => objects === "implants"));
  const [file] = await columnOf("content", "file");
  assert.equal((await sharp(path.join(folder, "content", file!)).metadata()).depth, "ushort");
  assert.equal((await make("disc-mri", "--sequences", "t1", "--count", "4", "--out", "slices", ...small)).code, 0);
  assert.deepEqual([...new Set(await columnOf("slices", "view"))], ["sagittal-t1"]);
});

test("every experiment has its option and shows in the table", async () => {
  const experiments = ["--shortcut", "marker:1", "--label-noise", "0.25", "--hospitals", "2", "--hospital-tie", "1", "--near-duplicates", "0.25", "--test-share", "0.5", "--split-patients", "1", "--readers", "radiologists=2:0.9,residents=1:0.7"];
  assert.equal((await make("whole-spine-ap", "--classes", "normal,scoliosis", "--count", "12", "--out", "experiments", ...experiments, ...small)).code, 0);
  const [truth, labels, markers, hospitals] = await Promise.all(["true_label", "label", "marker", "hospital"].map((column) => columnOf("experiments", column)));
  assert.ok(truth!.every((label, i) => (markers![i] === "R") === (label === "scoliosis") && hospitals![i] === (label === "scoliosis" ? "hospital-2" : "hospital-1")));
  assert.ok(truth!.some((label, i) => labels![i] !== label));
  assert.equal((await columnOf("experiments", "duplicate_of")).filter((name) => name !== "").length, 3);
  assert.deepEqual([...new Set(await columnOf("experiments", "split"))].sort(), ["test", "train"]);
  const reads = (await readFile(path.join(folder, "experiments", "reads.csv"), "utf8")).trimEnd().split("\n");
  assert.equal(reads[0], "reader,case,label,confidence,group,condition,seconds,simulated");
  assert.deepEqual([...new Set(reads.slice(1).map((line) => line.split(",")[0]))], ["radiologist-1", "radiologist-2", "resident-1"]);
  assert.equal((await make("lumbar-ap", "--hospitals", "north,south", "--test-hospital", "south", "--count", "8", "--out", "sites", ...small)).code, 0);
  const [site, split] = await Promise.all(["hospital", "split"].map((column) => columnOf("sites", column)));
  assert.ok(site!.every((name, i) => (name === "south") === (split![i] === "test")));
});

test("a preset is made by its study's name, and the same command again changes nothing", async () => {
  const argv = ["--study", "spondylolisthesis-readers", "--count", "9", "--out", "study", "--json", ...small];
  const first = JSON.parse((await make(...argv)).stdout) as { table: string; images: number; classes: { label: string; images: number }[] };
  assert.deepEqual([first.table, first.images, first.classes.map(({ label, images }) => [label, images])], [path.join(folder, "study", "labels.csv"), 9, [["normal", 3], ["spondylolysis", 3], ["degenerative-spondylolisthesis", 3]]]);
  const before = await readFile(first.table, "utf8");
  assert.equal((await make(...argv)).code, 0);
  assert.equal(await readFile(first.table, "utf8"), before);
  await isRefused([...argv, "--seed", "2"], /other options/);
});

test("a contact sheet alone needs no data set, and stands beside one with --out", async () => {
  const alone = await make("lumbar-lateral", "--classes", "normal,spondylolysis", "--count", "2", "--preview", "sheet.png", "--outline");
  assert.equal(alone.code, 0, alone.stderr);
  assert.match(alone.stdout, /^preview +\S+sheet\.png$/m);
  assert.ok((await sharp(path.join(folder, "sheet.png")).metadata()).height > 900);
  assert.ok(!(await readdir(folder)).includes("phantoms"));
  const beside = await make("lumbar-ap", "--classes", "normal", "--count", "1", "--preview", "--out", "beside", ...small);
  assert.equal(beside.code, 0, beside.stderr);
  assert.ok((await readdir(path.join(folder, "beside"))).includes("preview.png"));
  await isRefused(["lumbar-ap", "--preview", "sheet.jpg"], /ends in \.png/);
  await isRefused(["lumbar-ap", "--outline"], /expected --preview/);
});

test("an image is made again from truth.jsonl to the same bytes", async () => {
  assert.equal((await make("lumbar-ap", "--classes", "normal,lytic-tumor", "--count", "4", "--out", "first", ...small)).code, 0);
  const { code, stdout, stderr } = await make("--again", "first/truth.jsonl", "--name", "P0001-1", "--out", "second");
  assert.equal(code, 0, stderr);
  assert.equal(stderr, "");
  assert.match(stdout, /second\/images\/P0001-1\.png/);
  const [one, other] = await Promise.all(["first", "second"].map((name) => readFile(path.join(folder, name, "images", "P0001-1.png"))));
  assert.deepEqual(one, other);
  // A record of other bytes is told, not hidden.
  const truth = path.join(folder, "first", "truth.jsonl");
  await writeFile(truth, (await readFile(truth, "utf8")).replaceAll(/"sha256":"\w{8}/g, '"sha256":"00000000'));
  assert.match((await make("--again", "first/truth.jsonl", "--name", "P0001-1", "--out", "third")).stderr, /bytes differ/);
  await isRefused(["--again", "first/truth.jsonl", "--name", "P0001-7"], /P0001-1/);
  await isRefused(["--again", "first/truth.jsonl"], /expected --name/);
  await isRefused(["--again", "first/truth.jsonl", "--name", "P0001-1", "--seed", "3"], /got seed/);
  await isRefused(["--name", "P0001-1"], /expected --again/);
});

test("a wrong name, share or number is one clear error and nothing is written", async () => {
  const wrong: [string[], RegExp][] = [
    [["lumbar-latral"], /Did you mean "lumbar-lateral"/],
    [["spinal-tumour"], /Write --study spinal-tumour/],
    [["--study", "spinal-tumor"], /Did you mean "spinal-tumour"/],
    [["lumbar-ap", "--classes", "norml"], /Did you mean "normal"/],
    [["lumbar-ap", "--classes", "spondylolysis"], /lumbar-lateral/],
    [["lumbar-lateral", "--posture", "flexon"], /Did you mean "flexion"/],
    [["lumbar-ap", "--posture", "flexion"], /lumbar-lateral/],
    [["disc-mri", "--sequences", "t3"], /expected one of t1, t2/],
    [["--shortcut", "markr:1"], /Did you mean "marker"/],
    [["--shortcut", "marker:2"], /from 0 to 1, got "2"/],
    [["--shortcut", "marker:1:2"], /name:strength/],
    [["disc-mri", "--shortcut", "aspect:1"], /It can carry: noise/],
    [["--label-noise", "ten"], /--label-noise: expected a share/],
    [["--hospitals", "0"], /--hospitals/],
    [["--hospitals", "a,b/c"], /got "b\/c"/],
    [["--hospitals", "2", "--test-hospital", "hospital-9"], /Did you mean "hospital-1"/],
    [["--near-duplicates", "-1"], /near-duplicates/],
    [["--readers", "6"], /Write 6:0\.9/],
    [["--readers", "6:90"], /skill from 0 to 1/],
    [["--ages", "old"], /40-80/],
    [["--bit-depth", "12"], /8 or 16/],
    [["--count", "0"], /--count/],
    [["--size", "9000"], /size/],
    [["--visits", "0"], /--visits/],
  ];
  for (const [argv, pattern] of wrong) await isRefused(argv, pattern);
});
