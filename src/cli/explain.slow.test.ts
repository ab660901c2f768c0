import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import { seededRandom } from "../base/index.js";
import { bindConstants, encodeModel, opsetOf } from "../graph/index.js";
import { buildNetwork, initializeWeights } from "../models/index.js";
import { runCli } from "./cli.testkit.js";
import { makeModel, makePicture } from "./model-everywhere.testkit.js";

const folder = mkdtempSync(path.join(tmpdir(), "osteon-explain-all-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const run = (...argv: string[]) => runCli(["explain", ...argv], { folder });

await makeModel(folder, "mobilenet_v2-tiny", 32);
await makePicture(path.join(folder, "film.png"), 40, 60);

test("all methods: every one is drawn or refused with its reason, with fewer samples, and says so", async () => {
  const { code, stdout, stderr } = await run("mobilenet_v2-tiny.onnx", "film.png", "--methods", "all", "--samples", "12", "--cells", "2", "--segments", "6", "--window-px", "16", "--files", "none", "--out", "all", "--json");
  assert.equal(code, 0, stderr);
  const [row] = JSON.parse(stdout) as [{ folder: string; sheet: string; maps: { method: string }[]; refused: { method: string }[] }];
  const listed = JSON.parse((await run("--list", "--json")).stdout) as { name: string }[];
  assert.deepEqual([...row.maps.map(({ method }) => method).filter((name) => !name.startsWith("combined-")), ...row.refused.map(({ method }) => method)].toSorted(), listed.map(({ name }) => name).toSorted());
  assert.ok(existsSync(row.sheet) && !existsSync(path.join(row.folder, "grad-cam.png")));
});

// Of 64 pixels a residual network's last feature map has more than one position, so that it is found.
for (const { architecture, inputSize, refused } of [
  { architecture: "resnet50-tiny", inputSize: 64, refused: [] },
  { architecture: "densenet-tiny", inputSize: 32, refused: [] },
  { architecture: "convnext_base-tiny", inputSize: 32, refused: ["cam", "guided-backpropagation", "deconvnet", "guided-grad-cam"] },
] as const) {
  test(`an ONNX file of ${architecture} without a word of its maker is explained by every method that its layers allow`, async () => {
    const network = buildNetwork(architecture, { classes: 2, inputSize });
    const { graph } = bindConstants(network.graph, initializeWeights(network, seededRandom(architecture)));
    writeFileSync(path.join(folder, `${architecture}.onnx`), encodeModel({ graph, opsets: opsetOf(graph), producer: "elsewhere", metadata: {} }));
    const { code, stdout, stderr } = await run("film.png", "--model", `${architecture}.onnx`, "--methods", "all", "--samples", "12", "--cells", "2", "--segments", "6", "--window-px", "16", "--files", "npy", "--out", architecture, "--json");
    assert.equal(code, 0, stderr);
    const [row] = JSON.parse(stdout) as [{ maps: { method: string; peak: number }[]; refused: { method: string; reason: string }[] }];
    assert.ok(row.maps.every(({ peak }) => Number.isFinite(peak)));
    assert.deepEqual(row.refused.map(({ method }) => method), refused);
  });
}
