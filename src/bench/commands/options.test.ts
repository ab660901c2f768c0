import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Command } from "commander";
import { addCompare } from "./compare.js";
import { names, namesOf, positiveNumber, wholeNumber, wholeNumberOrNone } from "./options.js";

describe("options of the bench", () => {
  it("takes whole numbers, and no others", () => {
    assert.equal(wholeNumber("16"), 16);
    assert.equal(wholeNumberOrNone("0"), 0);
    for (const text of ["0", "-1", "1.5", "", "two"]) assert.throws(() => wholeNumber(text), /whole number of at least 1/);
    assert.equal(positiveNumber("0.5"), 0.5);
    for (const text of ["0", "", "Infinity"]) assert.throws(() => positiveNumber(text), /more than 0/);
  });

  it("takes names by comma, of a list where there is one", () => {
    assert.deepEqual(names("a, b"), ["a", "b"]);
    assert.deepEqual(namesOf(["torch", "tfjs-cpu"])("tfjs-cpu,torch"), ["tfjs-cpu", "torch"]);
    assert.throws(() => namesOf(["torch"])("torch,jax"), /among torch, got "jax"/);
  });

  it("names the option that is wrong", async () => {
    const program = new Command("bench").exitOverride().configureOutput({ writeErr: () => undefined });
    addCompare(program);
    await assert.rejects(program.parseAsync(["--batch", "many"], { from: "user" }), /'--batch <images>' argument 'many' is invalid. Expected a whole number of at least 1/);
    await assert.rejects(program.parseAsync(["--peers", "jax"], { from: "user" }), /'--peers <names>' argument 'jax' is invalid/);
  });
});
