import assert from "node:assert/strict";
import test from "node:test";
import { architectures } from "../models/index.js";
import { runCli } from "./cli.testkit.js";

test("models lists every network, for a person and as JSON", async () => {
  const listed = await runCli(["models"]);
  assert.equal(listed.code, 0);
  for (const name of Object.keys(architectures)) assert.match(listed.stdout, new RegExp(`^${name} `, "m"));
  const { stdout } = await runCli(["models", "--json"]);
  const rows = JSON.parse(stdout) as { name: string; params: number; camLayer: string; sources: string[] }[];
  assert.deepEqual(rows.map(({ name }) => name), Object.keys(architectures));
  assert.deepEqual(rows.find(({ name }) => name === "resnet50")!.sources, ["IMAGENET1K_V2", "IMAGENET1K_V1"]);
});

test("models NAME draws a network, for other classes and sizes too, and says the same as JSON", async () => {
  const drawn = await runCli(["models", "densenet-tiny", "--classes", "7", "--size", "32"]);
  assert.equal(drawn.code, 0);
  assert.match(drawn.stdout, /○ image {2}3 x 32 x 32/);
  assert.match(drawn.stdout, /features\.conv0 +conv 7x7 \/2, 3 to 32 · norm · relu +32 x 16 x 16/);
  assert.match(drawn.stdout, /● logits {2}7$/m);
  const { stdout } = await runCli(["models", "densenet-tiny", "--json"]);
  const facts = JSON.parse(stdout) as { classes: number; parameters: number; params: number; stages: { name: string; layers: { shape: number[] }[] }[] };
  assert.equal(facts.parameters, facts.params);
  assert.deepEqual(facts.stages.map(({ name }) => name), ["stem", "denseblock1", "denseblock2", "denseblock3", "classifier"]);
  assert.deepEqual(facts.stages.at(-1)!.layers.at(-1)!.shape, [facts.classes]);
});

test("models refuses unknown networks, sizes that are too small and options without a network", async () => {
  const unknown = await runCli(["models", "resnet51"]);
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /Did you mean "resnet50"/);
  assert.equal((await runCli(["models", "vgg16", "--size", "16"])).code, 2);
  assert.equal((await runCli(["models", "--size", "64"])).code, 2);
});

test("models import keeps its own options, whatever those of models are", async () => {
  const { code, stderr } = await runCli(["models", "import", "missing.onnx", "--classes", "3", "--json"]);
  assert.notEqual(code, 0);
  assert.match(stderr, /missing\.onnx/);
});
