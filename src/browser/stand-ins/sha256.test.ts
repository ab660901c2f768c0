import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { seededRandom } from "../../base/index.js";
import { Sha256 } from "./sha256.js";

test("the hash of text and of bytes in pieces is that of Node's own SHA-256, around every end of a block", () => {
  const random = seededRandom("sha256");
  for (const length of [0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000]) {
    const bytes = Uint8Array.from({ length }, () => random.integer(256));
    const cut = random.integer(length + 1);
    assert.equal(new Sha256().update(bytes.subarray(0, cut)).update(bytes.subarray(cut)).digest("hex"), createHash("sha256").update(bytes).digest("hex"), `${length} bytes`);
  }
  assert.equal(new Sha256().update("Skoliose über 10°").digest("hex"), createHash("sha256").update("Skoliose über 10°").digest("hex"));
});
