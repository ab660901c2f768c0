import assert from "node:assert/strict";
import test from "node:test";
import { seededRandom } from "../../base/index.js";
import { createSession } from "../../engine/index.js";
import { formulaWeights } from "../formula-weights.js";
import { loadWeights } from "../load-weights.js";
import { buildNetwork } from "../network.js";
import { architectures } from "./index.js";
import type { ArchitectureName } from "./index.js";
import { compareWithStored, patches, readStoredNetworks, relativeDifference } from "./reference.testkit.js";

// Reference: torchvision's DenseNet with the parts written in PyTorch, scripts/reference/models-attention-densenet.py.
const stored = readStoredNetworks("attention-densenet");

for (const [key, network] of Object.entries(stored).filter(([name]) => name.includes("-tiny"))) {
  test(`${key}: logits equal the reference's within 1e-4, gradients within 1e-3`, async () => {
    const { logits, loss, gradients } = await compareWithStored(key, network);
    assert.ok(logits < 1e-4 && loss < 1e-4, `logits ${logits}, loss ${loss}`);
    assert.ok(gradients < 1e-3, `gradients ${gradients}`);
  });
}

const tiny = (Object.keys(architectures) as ArchitectureName[]).filter((name) => architectures[name].extends?.network === "densenet-tiny");

async function logitsOf(name: ArchitectureName, weights: ReturnType<typeof formulaWeights>): Promise<number[]> {
  const session = await createSession(buildNetwork(name, { classes: 3 }).graph);
  const { logits } = await session.run({ input: patches(64), ...Object.fromEntries(weights) });
  await session.release();
  return [...(logits!.data as Float32Array)];
}

for (const name of tiny) {
  test(`${name}: with a file of the plain DenseNet the added parts are listed and started, and the logits are the plain one's`, async () => {
    const plain = formulaWeights(buildNetwork("densenet-tiny", { classes: 3 }));
    const network = buildNetwork(name, { classes: 3 });
    const { weights, report } = loadWeights(network, plain, { head: "keep" });
    const { parts } = architectures[name].extends!;
    assert.deepEqual(report.added, network.parameters.filter((spec) => parts.some((part) => spec.name.startsWith(part))).map((spec) => spec.name));
    assert.deepEqual(report.loaded.toSorted(), [...plain.keys()].toSorted());
    assert.ok(relativeDifference(await logitsOf(name, weights), await logitsOf("densenet-tiny", plain)) < 1e-6);
  });

  test(`${name}: a file that lacks a single parameter of a part is refused`, () => {
    const network = buildNetwork(name, { classes: 3 });
    const { parts } = architectures[name].extends!;
    const damaged = formulaWeights(network);
    const lost = network.parameters.findLast((spec) => spec.name.startsWith(parts[0]!))!.name;
    damaged.delete(lost);
    assert.throws(() => loadWeights(network, damaged, { head: "keep" }), { code: "weights-mismatch", message: new RegExp(`1 missing: ${lost}`) });
    assert.deepEqual(loadWeights(network, formulaWeights(network), { head: "replace", random: seededRandom(1) }).report.added, []);
  });
}
