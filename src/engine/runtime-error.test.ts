import assert from "node:assert/strict";
import { it } from "node:test";
import { DataError, InputError, InternalError, UnsupportedError } from "../base/index.js";
import { translateError } from "./runtime-error.js";

it("a refusal of memory asks for a smaller batch", () => {
  for (const message of ["std::bad_alloc", "Failed to allocate memory for requested buffer of size 17"]) {
    const error = translateError(new Error(message), "run");
    assert.ok(error instanceof InputError);
    assert.equal(error.code, "out-of-memory");
    assert.match(error.message, /smaller batch/);
  }
});

it("who has to act depends on what was being done", () => {
  const error = new Error("bad\n  thing");
  assert.ok(translateError(error, "load-file") instanceof DataError);
  assert.ok(translateError(error, "load-graph") instanceof InternalError);
  assert.ok(translateError(error, "run") instanceof InternalError);
  assert.match(translateError(error, "run").message, /bad thing/);
  assert.ok(translateError(new Error("Could not find an implementation for Foo(1)"), "load-graph") instanceof UnsupportedError);
});

it("an error of ours stays what it is", () => {
  const error = new InputError("code", "message");
  assert.equal(translateError(error, "run"), error);
});
