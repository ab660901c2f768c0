import assert from "node:assert/strict";
import test from "node:test";
import { Memo } from "./memo.js";

test("a value is made once per object and key, and the oldest goes first", async () => {
  const memo = new Memo<object, number | Promise<number>>({ most: 2 });
  const [one, other] = [{}, {}];
  let made = 0;
  const make = (): number => (made += 1);
  assert.deepEqual([memo.get(one, "a", make), memo.get(one, "b", make), memo.get(other, "a", make), memo.get(one, "a", make)], [1, 2, 3, 1]);
  // "b" was asked for before "a" was again.
  memo.get(one, "c", make);
  assert.deepEqual([memo.get(one, "a", make), memo.get(one, "b", make)], [1, 5]);
  await assert.rejects(async () => memo.get(other, "x", () => Promise.reject(new Error("no"))), /no/);
  assert.equal(await memo.get(other, "x", () => Promise.resolve(7)), 7);
});
