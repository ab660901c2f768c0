import assert from "node:assert/strict";
import test from "node:test";
import * as fc from "fast-check";
import { placement } from "./placement.js";
import { defaultPreprocessing } from "./preprocessing.js";
import { fromShares, toShares } from "./window-shares.js";

test("a square window in shares of the frame, and back (law)", () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 900 }), fc.integer({ min: 20, max: 900 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0.2, max: 1, noNaN: true }), (height, width, at, share) => {
      const place = placement(height, width, defaultPreprocessing);
      const side = share * Math.max(height, width);
      const window = { row: at * height - side / 2, column: (1 - at) * width - side / 2, height: side, width: side };
      const back = fromShares(toShares(window, place), place);
      for (const key of ["row", "column", "height", "width"] as const) assert.ok(Math.abs(back[key] - window[key]) < 1e-6, `${key}: ${back[key]} against ${window[key]}`);
    }),
  );
});

test("the whole of a square image is center and side 1 (worked by hand)", () => {
  const place = placement(500, 500, defaultPreprocessing);
  assert.deepEqual(toShares({ row: 0, column: 0, height: 500, width: 500 }, place), [0.5, 0.5, 1]);
});
