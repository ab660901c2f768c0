import assert from "node:assert/strict";
import test from "node:test";
import { InputError } from "../base/index.js";
import { parseRecipe } from "./parse-recipe.js";

const good = `study: spine-abnormality
networks: [mobilenet_v2]
regimes:
  scratch:
  fine-tuning:
    epochs: 12
    optimizer: { name: adamw, learningRate: 0.001 }
validation: { folds: 5 }
`;

function complaint(text: string): string {
  try {
    parseRecipe(text, "r.yaml");
  } catch (error) {
    assert.ok(error instanceof InputError);
    return error.message;
  }
  return assert.fail("the recipe was accepted");
}

test("a recipe is read as it is written", () => {
  const recipe = parseRecipe(good, "r.yaml");
  assert.deepEqual(recipe.networks, ["mobilenet_v2"]);
  assert.equal(recipe.regimes["fine-tuning"]?.epochs, 12);
  assert.equal(recipe.regimes["scratch"], null);
});

test("a wrong key names its line and the nearest right key, at any depth", () => {
  assert.match(complaint(good.replace("networks", "netwroks")), /r\.yaml:2: unknown key "netwroks"\. Did you mean "networks"\?/);
  assert.match(complaint(good.replace("epochs", "epocs")), /r\.yaml:6: unknown key "epocs"\. Did you mean "epochs"\?/);
  assert.match(complaint(good.replace("learningRate", "learning_rate")), /r\.yaml:7: unknown key "learning_rate"\. Did you mean "learningRate"\?/);
});

test("a wrong value names its line and its path", () => {
  assert.match(complaint(good.replace("folds: 5", "folds: 1")), /r\.yaml:8: validation\.folds: /);
  assert.match(complaint(good.replace("adamw", "adamx")), /r\.yaml:7: regimes\.fine-tuning\.optimizer\.name: .*"adamw"/);
});

test("text that is no YAML, no recipe, or made to explode is refused", () => {
  assert.match(complaint("study: [unclosed"), /r\.yaml:\d+:\d+: expected YAML/);
  assert.match(complaint("just words"), /recipe/);
  assert.match(complaint(""), /recipe/);
  assert.match(complaint("x".repeat(300 * 1024)), /256 KiB/);
  const bomb = ["a: &a [x,x,x,x,x,x,x,x,x,x]", ...["b", "c", "d", "e", "f"].map((k, i) => `${k}: &${k} [${Array(10).fill("*" + "abcde"[i]).join(",")}]`)].join("\n");
  assert.match(complaint(bomb), /alias/i);
});

test("of several forms the one that was begun is meant", () => {
  const text = (range: string) => `study: x\nnetworks: [vgg16-tiny]\nregimes:\n  scratch:\nsearch:\n  space:\n    training.dropout: ${range}\n`;
  assert.throws(() => parseRecipe(text("{ log: [0.1] }"), "r.yaml"), (error: Error) => error.message.startsWith("r.yaml:7: search.space.training.dropout.log: ") && !error.message.includes("unknown key"));
  assert.throws(() => parseRecipe(text("{ flaot: [0, 0.1] }"), "r.yaml"), /unknown key "flaot"\. Did you mean "float"\?/);
});
