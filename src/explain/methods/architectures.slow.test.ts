import assert from "node:assert/strict";
import test from "node:test";
import { architectures, buildNetwork, formulaWeights, type ArchitectureName } from "../../models/index.js";
import { createExplainer } from "../explainer.js";
import { normalImages } from "../toy-network.testkit.js";
import { methods, type MethodName } from "./index.js";
import { quick, reasonAgainst } from "./shelf.testkit.js";

const tiny = (Object.keys(architectures) as ArchitectureName[]).filter((name) => architectures[name].tiny);

for (const architecture of tiny) {
  for (const method of Object.keys(methods) as MethodName[]) {
    const reason = reasonAgainst(method, architecture);
    const open = () => {
      const network = buildNetwork(architecture, { classes: 3, inputSize: Math.max(32, architectures[architecture].minInputSize) });
      const images = normalImages(1, [3, network.inputSize, network.inputSize], 6);
      return { images, opened: createExplainer(network, formulaWeights(network), method, quick) };
    };
    if (reason !== undefined) {
      test(`${method} on ${architecture}: refused, ${reason}`, async () => assert.rejects(open().opened, { name: "UnsupportedError" }));
      continue;
    }
    test(`${method} on ${architecture}: a map of numbers`, async () => {
      const { images, opened } = open();
      const explainer = await opened;
      const { maps } = await explainer.explain(images);
      await explainer.release();
      assert.ok(maps[0]!.values.every(Number.isFinite));
    });
  }
}
