import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { checkSpace, coordinateOf, settingsAt, valueAt, type Parameter, type SearchSpace } from "./space.js";

const parameters: Record<string, Parameter> = {
  rate: { log: [1e-5, 1e-2] },
  dropout: { float: [0, 0.6] },
  stages: { int: [1, 5] },
  batch: { logInt: [4, 64] },
  optimizer: { choice: ["sgd", "adamw", null] },
};

test("values by hand: ends, middles and parts of each kind of range", () => {
  // Worked by hand: the geometric mean of 1e-5 and 1e-2 is 10^-3.5; five whole numbers share [0, 1] in fifths.
  assert.equal(valueAt(parameters["rate"]!, 0.5), 3.162e-4);
  assert.deepEqual([0, 1].map((u) => valueAt(parameters["rate"]!, u)), [1e-5, 1e-2]);
  assert.deepEqual([0, 0.25, 1].map((u) => valueAt(parameters["dropout"]!, u)), [0, 0.15, 0.6]);
  assert.deepEqual([0, 0.199, 0.2, 0.5, 0.999, 1].map((u) => valueAt(parameters["stages"]!, u)), [1, 1, 2, 3, 5, 5]);
  assert.deepEqual([0, 1].map((u) => valueAt(parameters["batch"]!, u)), [4, 64]);
  assert.deepEqual([0, 0.34, 0.9, 1].map((u) => valueAt(parameters["optimizer"]!, u)), ["sgd", "adamw", null, null]);
});

test("law: a value lies at a coordinate that gives the same value back, inside the range", () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.values(parameters)), fc.double({ min: 0, max: 1, noNaN: true }), (parameter, u) => {
      const value = valueAt(parameter, u);
      const place = coordinateOf(parameter, value);
      assert.ok(place >= 0 && place <= 1);
      assert.equal(valueAt(parameter, place), value);
    }),
  );
});

test("a conditional parameter is there only where its condition holds, down a chain", () => {
  const space: SearchSpace = {
    optimizer: { choice: ["sgd", "adamw"] },
    momentum: { float: [0, 0.9], when: { optimizer: "sgd" } },
    nesterov: { choice: [true, false], when: { momentum: [0.9] } },
  };
  checkSpace(space);
  assert.deepEqual(settingsAt(space, [0.9, 1, 0]), { optimizer: "adamw" });
  assert.deepEqual(settingsAt(space, [0.1, 0.5, 0]), { optimizer: "sgd", momentum: 0.45 });
  assert.deepEqual(settingsAt(space, [0.1, 1, 0]), { optimizer: "sgd", momentum: 0.9, nesterov: true });
});

test("a space that makes no sense is refused by name, with the remedy", () => {
  const bad: [SearchSpace, RegExp][] = [
    [{}, /at least one parameter/],
    [{ rate: { log: [0, 1] } }, /rate: expected a logarithmic range above 0/],
    [{ rate: { float: [1, 1] } }, /rate: expected a range from a lower to a higher number/],
    [{ n: { int: [1, 2.5] } }, /n: expected whole numbers/],
    [{ n: { choice: ["a"] } }, /at least 2 different values/],
    [{ n: { choice: ["a", "a", "b"] } }, /at least 2 different values/],
    [{ n: { int: [1, 3], levels: 1 } }, /n\.levels: expected a whole number of at least 2/],
    [{ a: { int: [1, 3], when: { bb: 1 } }, b: { int: [1, 2] } }, /Did you mean "b"/],
    [{ a: { int: [1, 3], when: { b: 1 } }, b: { int: [1, 2] } }, /listed before/],
    [{ a: { choice: ["x", "y"] }, b: { int: [1, 2], when: { a: "z" } } }, /b\.when: expected one of \["x","y"\]/],
  ];
  for (const [space, message] of bad) assert.throws(() => checkSpace(space), { code: "search-space", message });
});
