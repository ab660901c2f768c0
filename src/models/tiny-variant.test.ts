import assert from "node:assert/strict";
import test from "node:test";
import { architectures } from "./architectures/index.js";
import type { ArchitectureName } from "./architectures/index.js";
import { tinyVariant } from "./tiny-variant.js";

test("every network has a small one of its kind, and every small one is some network's", () => {
  const names = Object.keys(architectures) as ArchitectureName[];
  const used = new Set(names.filter((name) => !architectures[name].tiny).map(tinyVariant));
  for (const name of used) assert.ok(architectures[name].tiny, name);
  assert.deepEqual(names.filter((name) => architectures[name].tiny && !used.has(name)), []);
  assert.equal(tinyVariant("vgg19"), "vgg16-tiny");
  assert.equal(tinyVariant("densenet121-multiscale-attention"), "densenet-multiscale-attention-tiny");
  assert.equal(tinyVariant("resnet50-tiny"), "resnet50-tiny");
});
