// A network that the shelf does not have, from its ONNX file to a model file of Osteon.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { seededRandom } from "../base/index.js";
import { bindConstants, encodeModel } from "../graph/index.js";
import { buildNetwork, initializeWeights, readBundle } from "../models/index.js";
import { runStudy } from "./run-study.js";
import { inScratchFolder, makeShapeTable, studyOptions, tinyRecipe } from "./tiny-study.testkit.js";

/** The tiny MobileNetV2 as another program would export it: constant weights, ten classes. */
async function exportForeign(folder: string): Promise<string> {
  const network = buildNetwork("mobilenet_v2-tiny", { classes: 10, inputSize: 32, batch: 1 });
  const { graph } = bindConstants(network.graph, initializeWeights(network, seededRandom("foreign")));
  const file = path.join(folder, "foreign.onnx");
  await writeFile(file, encodeModel({ graph, opsets: { "": 17 }, producer: "elsewhere", metadata: {} }));
  return file;
}

test("an ONNX classifier from elsewhere trains in a study, and its own weights are where it starts", async () => {
  await inScratchFolder(async (folder) => {
    const data = await makeShapeTable(folder, { perClass: 8 });
    const networks = { foreign: await exportForeign(folder) };
    const recipe = { ...tinyRecipe, networks: ["foreign"], regimes: { "feature-extraction": { epochs: 2 }, "fine-tuning": { epochs: 2 } }, validation: { folds: 2 } };
    const { results } = await runStudy(studyOptions({ recipe, data, networks, out: path.join(folder, "run") }));
    for (const cell of results.cells) {
      assert.equal(cell.network, "foreign");
      assert.equal(cell.startWeights.source, "foreign.onnx");
      assert.ok(cell.parameters.trained > 0);
    }
    const [cell] = results.cells;
    const { graph, metadata } = await readBundle(path.join(folder, "run", cell!.folds[0]!.model!.file));
    assert.equal(metadata.architecture, "foreign");
    assert.deepEqual(metadata.labels, ["square", "stripes"]);
    assert.deepEqual(graph.outputs.map(({ name }) => name), ["logits", "probabilities", "map"]);
  });
});

test("a name that is neither on the shelf nor imported is refused with the nearest one", async () => {
  await inScratchFolder(async (folder) => {
    const data = await makeShapeTable(folder, { perClass: 4 });
    const recipe = { ...tinyRecipe, networks: ["foreing"] };
    const run = runStudy(studyOptions({ recipe, data, networks: { foreign: await exportForeign(folder) }, out: path.join(folder, "run") }));
    await assert.rejects(run, { code: "unknown-network", message: /foreign/ });
  });
});
