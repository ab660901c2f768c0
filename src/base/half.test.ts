import assert from "node:assert/strict";
import test from "node:test";
import { halfToNumber, numberToHalf } from "./index.js";

test("every 16-bit float is its own nearest, and the middle of two neighbors goes to the even one", () => {
  for (let bits = 0; bits < 0x7c00; bits++) {
    const value = halfToNumber(bits);
    assert.equal(numberToHalf(value), bits);
    assert.equal(numberToHalf(-value), bits | 0x8000);
    const next = bits + 1 === 0x7c00 ? 65536 : halfToNumber(bits + 1);
    assert.equal(numberToHalf((value + next) / 2), bits % 2 === 0 ? bits : bits + 1);
    assert.equal(numberToHalf(value + 0.49 * (next - value)), bits);
  }
});

// Worked by hand from IEEE 754-2008, binary16.
test("numbers outside the range, and the smallest ones", () => {
  for (const [value, bits] of [[1, 0x3c00], [65504, 0x7bff], [65520, 0x7c00], [-Infinity, 0xfc00], [2 ** -24, 1], [2 ** -25, 0], [3 * 2 ** -26, 1], [2 ** -14, 0x400], [2049, 0x6800]] as const) {
    assert.equal(numberToHalf(value), bits, String(value));
  }
  assert.ok(Number.isNaN(halfToNumber(numberToHalf(Number.NaN))));
});
