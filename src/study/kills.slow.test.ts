import assert from "node:assert/strict";
import test from "node:test";
import { surviveKills } from "./kills.testkit.js";
import { inScratchFolder } from "./tiny-study.testkit.js";

test("studies killed thirty times in all each end with the models and predictions of one that was not", () =>
  inScratchFolder(async (folder) => {
    const { killed, inTraining } = await surviveKills(folder, { kills: 30, seed: 2 });
    assert.equal(killed, 30);
    assert.ok(inTraining >= 15, `${inTraining} of 30 kills came while something was trained`);
  }));
