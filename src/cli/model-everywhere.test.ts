import test from "node:test";
import { inScratchFolder } from "../study/tiny-study.testkit.js";
import { compareEverywhere, noBrowser } from "./model-everywhere.testkit.js";

for (const architecture of ["mobilenet_v2-tiny", "resnet50-tiny", "vgg16-tiny"] as const) {
  test(`a file of ${architecture} gives the same probabilities and map here, in onnxruntime-node and in onnxruntime-web`, () =>
    inScratchFolder((folder) => compareEverywhere(folder, architecture, { size: 64, page: false })));
}

test("a model file gives the same in a page of a browser", { skip: noBrowser }, () =>
  inScratchFolder((folder) => compareEverywhere(folder, "mobilenet_v2-tiny", { size: 64, page: true })));
