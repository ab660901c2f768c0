import assert from "node:assert/strict";
import path from "node:path";
import test from "node:test";
import type { InputError, Tensor } from "../base/index.js";
import { collapseChannels, readBundle, readWeights } from "../models/index.js";
import { greyPolicyOf } from "./grey-policy.js";
import type { RecipeSource } from "./recipe.js";
import { runStudy } from "./run-study.js";
import { inScratchFolder, makeShapeTable, makeStartWeights, studyOptions, tinyRecipe } from "./tiny-study.testkit.js";

const network = "mobilenet_v2-tiny";

for (const grey of ["sum", "mean"] as const) {
  test(`with grey: ${grey} the networks see one channel, and a frozen first convolution has the ${grey} of the start weights' three`, () =>
    inScratchFolder(async (folder) => {
      const data = await makeShapeTable(folder, { perClass: 6 });
      const weights = { [network]: await makeStartWeights(folder, network) };
      const recipe: RecipeSource = {
        ...tinyRecipe,
        networks: [network],
        regimes: { "feature-extraction": { epochs: 1 } },
        image: { ...tinyRecipe.image, grey },
        validation: { folds: 2 },
        explanation: { examples: 1 },
      };
      const out = path.join(folder, "run");
      const { results } = await runStudy(studyOptions({ recipe, data, weights, out }));
      const { graph, metadata } = await readBundle(path.join(out, results.cells[0]!.folds[0]!.model!.file));
      assert.equal(graph.inputs[0]!.shape[1], 1);
      assert.equal(metadata.preprocessing.mean.length, 1);
      assert.equal(metadata.training["grey"], grey);
      const name = "features.0.0.weight";
      const start = (await readWeights(weights[network])).get(name) as Tensor<"float32">;
      assert.deepEqual(graph.initializers.get(name)!.data, collapseChannels(start, grey).data);
    }));
}

test("color images are not seen by one channel", () => {
  assert.equal(greyPolicyOf({}), "repeat");
  assert.throws(() => greyPolicyOf({ image: { channels: "rgb", grey: "sum" } }), (error: InputError) => error.code === "recipe-grey");
});
