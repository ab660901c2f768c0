import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { UnsupportedError } from "../base/index.js";
import { addDims, divideDims, isStatic, multiplyDims, subtractDims } from "./dim.js";

// Worked by hand.
test("products, quotients, sums and differences of extents keep names", () => {
  assert.equal(multiplyDims([2, "N", 3]), "6*N");
  assert.equal(multiplyDims(["N", "6*M"]), "6*M*N");
  assert.equal(multiplyDims([]), 1);
  assert.equal(multiplyDims(["N", 0]), 0);
  assert.equal(divideDims("6*N", "N"), 6);
  assert.equal(divideDims("6*N", 3), "2*N");
  assert.equal(divideDims("6*N", 4), undefined);
  assert.equal(divideDims(6, "N"), undefined);
  assert.equal(divideDims(0, 0), undefined);
  assert.equal(addDims("N", "2*N"), "3*N");
  assert.equal(addDims("N", 1), "(N+1)");
  assert.equal(multiplyDims([2, addDims("N", 1)]), "2*(N+1)");
  assert.equal(subtractDims("3*N", "N"), "2*N");
  assert.equal(subtractDims("N", "N"), 0);
});

test("a product divided by one factor gives the other (law)", () => {
  const dim = fc.oneof(fc.integer({ min: 1, max: 64 }), fc.constantFrom("N", "M", "4*N"));
  fc.assert(
    fc.property(dim, dim, (a, b) => {
      assert.equal(divideDims(multiplyDims([a, b]), b), a);
    }),
  );
});

test("names that double with every operation are refused before they fill the memory", () => {
  assert.throws(
    () => {
      let dim = "N" as string | number;
      for (let i = 0; i < 64; i++) dim = multiplyDims([dim, dim]);
    },
    (error) => error instanceof UnsupportedError && error.code === "symbolic-shape",
  );
});

test("a shape is static when it is all numbers", () => {
  assert.ok(isStatic([1, 2]) && isStatic([]) && !isStatic(["N", 2]));
});
