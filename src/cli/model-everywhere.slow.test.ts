import test from "node:test";
import { inScratchFolder } from "../study/tiny-study.testkit.js";
import { compareEverywhere, noBrowser } from "./model-everywhere.testkit.js";

test("a file of the full mobilenet_v2 gives the same probabilities and map in every runtime", () =>
  inScratchFolder((folder) => compareEverywhere(folder, "mobilenet_v2", { size: 224, page: noBrowser === false })));
