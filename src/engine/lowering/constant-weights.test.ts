import assert from "node:assert/strict";
import test from "node:test";
import { blockWeights, tileWeights } from "./blocked/constant-weights.js";

test("weights are put in the blocked order: [K / b, C / b, kh, kw, b of C, b of K], and with few channels [K / b, C, kh, kw, b of K]", () => {
  for (const [filters, channels, kernel] of [[16, 8, [3, 2]], [16, 3, [2, 2]], [24, 1, [3, 3]]] as const) {
    const [b, spots] = [8, kernel[0] * kernel[1]];
    const plain = Float32Array.from({ length: filters * channels * spots }, (_, i) => i);
    const blocked = blockWeights(plain, { filters, channels, kernel }, b);
    const [outer, inner] = channels < b ? [channels, 1] : [channels / b, b];
    let at = 0;
    for (let k = 0; k < filters / b; k++) for (let c = 0; c < outer; c++) for (let spot = 0; spot < spots; spot++) for (let ci = 0; ci < inner; ci++) for (let ki = 0; ki < b; ki++) {
      assert.equal(blocked[at++], ((k * b + ki) * channels + c * inner + ci) * spots + spot);
    }
  }
});

test("the forms of a kernel are G W Gᵀ, each in the blocked order", () => {
  const rows = [[1, 2, 3], [-1, 0.5, 0]];
  const plain = Float32Array.from({ length: 8 * 8 * 9 }, (_, i) => Math.sin(i));
  const forms = tileWeights(plain, { filters: 8, channels: 8, rows, block: 8 });
  for (let filter = 0; filter < 8; filter++) for (let channel = 0; channel < 8; channel++) for (const [p, down] of rows.entries()) for (const [q, across] of rows.entries()) {
    let sum = 0;
    for (let u = 0; u < 3; u++) for (let v = 0; v < 3; v++) sum += down[u]! * plain[(filter * 8 + channel) * 9 + 3 * u + v]! * across[v]!;
    assert.ok(Math.abs(forms[2 * p + q]![channel * 8 + filter]! - sum) < 1e-6);
  }
});
