import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import { stringify } from "yaml";
import { makeShapeTable, tinyRecipe } from "../study/tiny-study.testkit.js";
import { runCli, type CliResult } from "./cli.testkit.js";
import { commands } from "./commands/index.js";

let folder = "";
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "osteon-cli-"));
  await makeShapeTable(folder, { perClass: 6 });
  const recipe = { ...tinyRecipe, networks: ["mobilenet_v2-tiny"], regimes: { scratch: { epochs: 2 } }, validation: { folds: 2 } };
  await writeFile(path.join(folder, "shapes.yaml"), stringify(recipe));
});
after(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));

const run = (...argv: string[]): Promise<CliResult> => runCli(argv, { folder });

/** One clear error and nothing else: a line of text, the exit code of its class, no stack. */
function isOneError({ code, stdout, stderr }: CliResult, exitCode: number, ...patterns: RegExp[]): void {
  assert.equal(code, exitCode, stderr);
  assert.equal(stdout, "");
  assert.equal(stderr.match(/^error: /gm)?.length, 1, stderr);
  assert.doesNotMatch(stderr, /^\s+at /m);
  for (const pattern of patterns) assert.match(stderr, pattern);
}

test("help of the program and of every command is complete, with examples", async () => {
  const { code, stdout } = await run("--help");
  assert.equal(code, 0);
  assert.match(stdout, /Not a medical device/);
  assert.match(stdout, /Exit codes: 0 done, .*2 wrong call, 3/);
  for (const word of new Set(commands.map(({ name }) => name.split(" ")[0]!))) assert.match(stdout, new RegExp(`^  ${word}\\b`, "m"));
  for (const { name, summary, load } of commands) {
    const command = await load();
    const help = await run(...name.split(" "), "--help");
    assert.equal(help.code, 0, name);
    const text = help.stdout.replaceAll(/\s+/g, " ");
    assert.ok(text.includes(`Usage: osteon ${name}`), name);
    assert.ok(text.includes(summary), name);
    for (const facts of command.arguments ?? []) assert.ok(text.includes(facts.description), `${name} ${facts.name}`);
    for (const { flags, description } of [...(command.options ?? []), { flags: "--json", description: "print the result as JSON" }]) {
      assert.ok(text.includes(flags) && text.includes(description), `${name} ${flags}`);
    }
    assert.ok(command.examples.length > 0);
    for (const example of command.examples) {
      assert.ok(text.includes(`$ ${example}`), `${name}: ${example}`);
      assert.ok(example.startsWith(`osteon ${name}`), example);
    }
  }
});

test("the version is that of the package", async () => {
  const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
  assert.deepEqual(await run("--version"), { code: 0, stdout: `${version}\n`, stderr: "" });
});

test("an unknown command or option names the nearest one", async () => {
  isOneError(await run("sudy", "run"), 2, /Did you mean study\?/);
  isOneError(await run("study", "rum", "shapes.yaml"), 2, /Did you mean run\?/);
  isOneError(await run("study", "run", "shapes.yaml", "--dta", "x"), 2, /Did you mean --data\?/);
  isOneError(await run("predict"), 2, /missing required argument 'model'/);
  isOneError(await run("predict", "model.onnx"), 2, /missing required argument 'image'/);
  isOneError(await run("train", "labels.csv", "--regime", "fine-tunning"), 2, /fine-tuning/);
});

test("a wrong key of a recipe names its line and the nearest right one", async () => {
  await writeFile(path.join(folder, "wrong.yaml"), "study: shapes\nnetworks: [vgg16-tiny]\nregimes:\n  scratch:\n    epoch: 3\nimage:\n  sice: 32\n");
  isOneError(await run("study", "run", "wrong.yaml", "--data", "labels.csv"), 2, /wrong\.yaml:5: unknown key "epoch"\. Did you mean "epochs"\?/, /wrong\.yaml:7: unknown key "sice"\. Did you mean "size"\?/);
  await writeFile(path.join(folder, "broken.yaml"), "study: [unclosed\n");
  isOneError(await run("study", "run", "broken.yaml", "--data", "labels.csv"), 2, /broken\.yaml:\d+:\d+: expected YAML/);
});

test("an unknown network, regime, column or value names the nearest", async () => {
  await writeFile(path.join(folder, "network.yaml"), stringify({ ...tinyRecipe, networks: ["mobilenetv2-tiny"] }));
  isOneError(await run("study", "run", "network.yaml", "--data", "labels.csv"), 2, /Did you mean "mobilenet_v2-tiny"\?/);
  isOneError(await run("study", "run", "shapes.yaml", "--data", "labels.csv", "--networks", "vgg-tiny"), 2, /Did you mean "vgg16-tiny"\?/);
  isOneError(await run("study", "run", "shapes.yaml", "--data", "labels.csv", "--regimes", "scrach"), 2, /Did you mean "scratch"\?/);
  isOneError(await run("study", "run", "shapes.yaml", "--data", "labels.csv", "--weights", "resnet5=x"), 2, /Did you mean "resnet50"\?/);
  isOneError(await run("weights", "pull", "mobilenetv2"), 2, /Did you mean "mobilenet_v2"\?/);
  isOneError(await run("data", "inspect", "labels.csv", "--where", "pateint=1"), 2, /Did you mean "patient"\?/);
  isOneError(await run("data", "inspect", "labels.csv", "--where", "label=circle"), 2, /square, stripes/);
  await writeFile(path.join(folder, "regime.yaml"), stringify({ ...tinyRecipe, regimes: { "fine-tunning": { epochs: 1 } } }));
  isOneError(await run("study", "run", "regime.yaml", "--data", "labels.csv"), 2, /fine-tuning/);
});

test("options that must be numbers, pairs or files say so", async () => {
  isOneError(await run("study", "run", "shapes.yaml", "--data", "labels.csv", "--threads", "two"), 2, /--threads: expected a whole number from 1, got "two"/);
  isOneError(await run("study", "run", "shapes.yaml", "--data", "labels.csv", "--seeds", "1,x"), 2, /--seeds: .*got "x"/);
  isOneError(await run("study", "run", "shapes.yaml", "--data", "labels.csv", "--where", "label"), 2, /--where: expected column=value, got "label"/);
  isOneError(await run("study", "run", "shapes.yaml"), 2, /expected --data, OSTEON_DATA or data in the configuration/);
  isOneError(await run("study", "run", "absent.yaml", "--data", "labels.csv"), 3, /absent\.yaml: expected an existing file/);
  isOneError(await run("study", "run", "shapes.yaml", "--data", "absent.csv"), 3, /absent\.csv: expected an existing file/);
  isOneError(await run("predict", "absent.onnx", "images/square-0.png"), 2, /absent\.onnx: expected a model file/);
});

/** A safetensors file of one tensor in a number format that nothing here computes with. */
function weightsOfOtherType(): Buffer {
  const header = Buffer.from(JSON.stringify({ weight: { dtype: "F8_E4M3", shape: [4], data_offsets: [0, 4] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(4)]);
}

test("exit codes follow the class of the error: 2 the call, 3 the data, 4 not supported, 130 the user's stop", async () => {
  assert.equal((await run("data", "inspect", "labels.csv")).code, 0);
  assert.equal((await run("data", "inspect", "labels.csv", "--where", "nothing")).code, 2);
  await writeFile(path.join(folder, "empty.csv"), "");
  isOneError(await run("data", "inspect", "empty.csv"), 3, /empty\.csv/);
  await writeFile(path.join(folder, "small-floats.safetensors"), weightsOfOtherType());
  isOneError(await run("train", "labels.csv", "--network", "mobilenet_v2-tiny", "--weights", "mobilenet_v2-tiny=small-floats.safetensors", "--out", "other"), 4, /small-floats\.safetensors: weight: expected .*got F8_E4M3/);
  const stopped = await runCli(["study", "run", "shapes.yaml", "--data", "labels.csv", "--out", "stopped"], { folder, signal: AbortSignal.abort(new Error("interrupted")) });
  assert.equal(stopped.code, 130);
  assert.match(stopped.stderr, /Run the same command again/);
});

test("with --json a result is one JSON document and an error one JSON object on standard error", async () => {
  const inspected = await run("data", "inspect", "labels.csv", "--json");
  assert.equal((JSON.parse(inspected.stdout) as { cases: number }).cases, 12);
  const errors: [string[], number, string, string][] = [
    [["data", "inspect", "absent.csv", "--json"], 3, "DataError", "file-enoent"],
    [["data", "inspect", "labels.csv", "--where", "x", "--json"], 2, "InputError", "option-pair"],
    [["data", "inspect", "labels.csv", "--were", "x", "--json"], 2, "InputError", "command-line"],
    [["sudy", "--json"], 2, "InputError", "command-line"],
  ];
  for (const [argv, exitCode, kind, code] of errors) {
    const result = await run(...argv);
    assert.equal(result.code, exitCode);
    assert.equal(result.stdout, "");
    const lines = result.stderr.trimEnd().split("\n");
    assert.equal(lines.length, 1, result.stderr);
    const { error } = JSON.parse(lines[0]!) as { error: { class: string; code: string; message: string } };
    assert.deepEqual([error.class, error.code], [kind, code]);
    assert.ok(error.message.length > 20);
  }
});

test("a study, then a prediction and its maps: tables, JSON and files", async () => {
  const study = await run("study", "run", "shapes.yaml", "--data", "labels.csv", "--out", "run");
  assert.equal(study.code, 0, study.stderr);
  assert.match(study.stdout, /network +regime +accuracy/);
  assert.match(study.stdout, /mobilenet_v2-tiny +scratch +\d\.\d{3} \(\d\.\d{3}-\d\.\d{3}\)/);
  // In a pipe progress is plain lines, without control characters.
  assert.match(study.stderr, /^study: 0 of 2 folds, \? left, mobilenet_v2-tiny\/scratch$/m);
  assert.ok(!study.stderr.includes("\u001b") && !study.stderr.includes("\r"));
  const again = await run("study", "run", "shapes.yaml", "--data", "labels.csv", "--out", "run", "--json");
  const { report, cells } = JSON.parse(again.stdout) as { report: string; cells: { cell: string }[] };
  assert.equal(report, path.join(folder, "run", "report.html"));
  assert.deepEqual(cells.map(({ cell }) => cell), ["mobilenet_v2-tiny/scratch"]);

  const model = "run/tasks/mobilenet_v2-tiny/scratch/seed-1/fold-1/model.onnx";
  const images = ["images/square-0.png", "images/stripes-0.png"];
  const table = await run("predict", model, ...images);
  assert.match(table.stdout, /images\/square-0\.png +(square|stripes) +\d\.\d{4} +\d\.\d{4}/);
  assert.match(table.stderr, /Not a medical device/);
  const predicted = await run("predict", model, ...images, "--json", "--overlays", "maps");
  const { predictions } = JSON.parse(predicted.stdout) as { predictions: { file: string; overlay: string; map: { height: number; width: number; values: number[] } }[] };
  assert.deepEqual(predictions.map(({ file }) => file), images);
  for (const { map, overlay } of predictions) {
    assert.equal(map.values.length, map.height * map.width);
    assert.deepEqual([...(await readFile(overlay)).subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
  }
  const explained = await run("explain", model, images[0]!, "--out", "maps2", "--json");
  assert.equal((JSON.parse(explained.stdout) as unknown[]).length, 1);
  isOneError(await run("predict", "labels.csv", images[0]!), 3, /labels\.csv/);
  isOneError(await run("predict", model, "labels.csv"), 3, /labels\.csv/);
});

test("train writes one model of all cases and goes on where it is run again", async () => {
  const argv = ["train", "labels.csv", "--network", "mobilenet_v2-tiny", "--regime", "scratch", "--epochs", "1", "--size", "32", "--out", "model", "--json"];
  const trained = JSON.parse((await run(...argv)).stdout) as { file: string; sha256: string; cases: number };
  assert.deepEqual([trained.file, trained.cases], [path.join(folder, "model", "model.onnx"), 12]);
  assert.equal((JSON.parse((await run(...argv)).stdout) as typeof trained).sha256, trained.sha256);
  isOneError(await run("train", "labels.csv", "--network", "mobilenet_v2-tiny", "--out", "model2"), 2, /expected pretrained weights, got none.*osteon weights pull mobilenet_v2/);
});

test("the user's configuration and environment stand in for options, and a wrong key is named", async () => {
  const config = path.join(folder, "config.yaml");
  // What they name is opened: the table that only the configuration, or only the environment, speaks of.
  await writeFile(config, "data: configured.csv\nthreads: 1\n");
  isOneError(await runCli(["study", "run", "shapes.yaml"], { folder, environment: { OSTEON_CONFIG: config } }), 3, /configured\.csv/);
  isOneError(await runCli(["study", "run", "shapes.yaml"], { folder, environment: { OSTEON_CONFIG: config, OSTEON_DATA: "environment.csv" } }), 3, /environment\.csv/);
  await writeFile(config, "data: labels.csv\nthreads: 0\n");
  isOneError(await runCli(["study", "run", "shapes.yaml"], { folder, environment: { OSTEON_CONFIG: config } }), 2, /config\.yaml.*threads/);
  await writeFile(config, "thread: 1\n");
  isOneError(await runCli(["study", "run", "shapes.yaml"], { folder, environment: { OSTEON_CONFIG: config } }), 2, /config\.yaml.*thread/, /Known keys: .*threads/);
  await writeFile(config, "data: [\n");
  isOneError(await runCli(["study", "run", "shapes.yaml"], { folder, environment: { OSTEON_CONFIG: config } }), 2, /config\.yaml: expected YAML/);
  isOneError(await runCli(["study", "run", "shapes.yaml"], { folder, environment: { OSTEON_CONFIG: folder } }), 3, /expected a file/);
});

test("weights list and doctor tell what is here", async () => {
  const list = JSON.parse((await run("weights", "list", "--json")).stdout) as { network: string; present: boolean }[];
  assert.ok(list.some(({ network, present }) => network === "mobilenet_v2" && !present));
  const doctor = await run("doctor", "--json");
  assert.equal(doctor.code, 0, doctor.stdout + doctor.stderr);
  JSON.parse(doctor.stdout);
});
