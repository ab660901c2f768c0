import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "./random.js";

test("normal numbers have the moments and the tails of the standard normal law", () => {
  const random = seededRandom("normal");
  const count = 2_000_000;
  const moments = [0, 0, 0, 0, 0];
  const beyond = new Map([[1, 0.3173105], [2, 0.0455003], [3, 0.0026998], [3.5, 0.00046526], [4, 0.00006334]].map(([at, share]) => [at!, { share: share!, found: 0 }]));
  for (let i = 0; i < count; i++) {
    const x = random.normal();
    for (let power = 1, value = x; power <= 4; power++, value *= x) moments[power]! += value / count;
    for (const [at, tail] of beyond) if (Math.abs(x) > at) tail.found++;
  }
  // Five standard errors: variances of x, x², x³ and x⁴ are 1, 2, 15 and 96.
  [0, 1, 0, 3].forEach((expected, i) => assert.ok(Math.abs(moments[i + 1]! - expected) < 5 * Math.sqrt([1, 2, 15, 96][i]! / count), `moment ${i + 1}: ${moments[i + 1]}`));
  for (const [at, { share, found }] of beyond) assert.ok(Math.abs(found - share * count) < 5 * Math.sqrt(share * count), `beyond ${at}: ${found}`);
});
