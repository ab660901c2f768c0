import assert from "node:assert/strict";
import test from "node:test";
import { fromPlace, toPlace } from "./places.js";

test("a file keeps its place when the served folder or the store is moved", () => {
  const before = { root: "/studies", store: { folder: "/studies/.osteon" } };
  const after = { root: "/new/studies", store: { folder: "/stores/one" } };
  const places = [
    ["/studies/images/a b.png", "root:images/a b.png", "/new/studies/images/a b.png"],
    ["/studies/.osteon/datasets/x/images/1.png", "store:datasets/x/images/1.png", "/stores/one/datasets/x/images/1.png"],
    ["/studies", "root:", "/new/studies"],
    ["/studies/..x/a.png", "root:..x/a.png", "/new/studies/..x/a.png"],
    // What lies elsewhere stays where it is.
    ["/studies-2/a.png", "/studies-2/a.png", "/studies-2/a.png"],
  ] as const;
  for (const [file, place, moved] of places) {
    assert.equal(toPlace(before, file), place);
    assert.equal(fromPlace(before, place), file);
    assert.equal(fromPlace(after, place), moved);
  }
});
