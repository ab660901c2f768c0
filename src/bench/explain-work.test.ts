import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { explainCosts, formatExplainCosts, formatExplainCsv, type ExplainRound } from "./explain-work.js";

const round = (side: ExplainRound["side"], factor: number): ExplainRound => ({ round: 0, side, seconds: { prediction: factor, "grad-cam": 1.1 * factor, saliency: 3 * factor, lime: 4 * factor, rise: 5 * factor } });
const rounds = [round("Osteon", 1), round("PyTorch", 2), round("Osteon", 3)];
const options = { network: "resnet50", batch: 16, samples: 64, threads: 1 };

describe("bench explain", () => {
  it("takes times over the prediction's, and rates over its rate: 64 samples in 4 s beside 16 in 1 s are 1 (by hand)", () => {
    const costs = explainCosts(rounds, "Osteon", options);
    assert.deepEqual(costs.map(({ work, ratio, isMet }) => [work, Number(ratio.toFixed(6)), isMet]), [["grad-cam", 1.1, true], ["saliency", 3, false], ["lime", 1, true], ["rise", 0.8, false]]);
  });

  it("prints both sides with the bars, and leaves out what was not timed", () => {
    const text = formatExplainCosts(rounds, options);
    assert.match(text, /grad-cam +2\.20 s +1\.10 x +met +at most 1\.15 x the prediction +2\.20 s +1\.10 x/);
    assert.match(text, /saliency.*MISSED/);
    const part = [{ ...rounds[0]!, seconds: { ...rounds[0]!.seconds, lime: Number.NaN, rise: Number.NaN } }];
    assert.equal(explainCosts(part, "Osteon", options).length, 2);
    assert.match(formatExplainCsv(part, options), /\nresnet50,16,64,1,0,Osteon,1\.0000,1\.1000,3\.0000,,\n$/);
  });
});
