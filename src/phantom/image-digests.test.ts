import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { digestImages } from "./image-digests.testkit.js";

test("images of every view and preset are byte for byte those that were recorded", () => {
  // Recorded once and met by Node 20, 22 and 24, with and without optimization, so that a seed names an image anywhere.
  const recorded = JSON.parse(readFileSync(path.resolve("test/fixtures/phantom/image-digests.json"), "utf8")) as { digests: Record<string, string> };
  assert.deepEqual(digestImages(), recorded.digests, "images changed; where that is meant, record them again with node scripts/record-image-digests.mjs");
});

test("nothing that images are made of calls a function whose last bit differs between engines", () => {
  const builtIn = /Math\.(?:a?(?:sin|cos|tan)h?|atan2|exp|expm1|log(?:2|10|1p)?|pow|cbrt|hypot|random)\b|\*\*=? ?[\w(]|toLocale|localeCompare/;
  const root = path.resolve("src/phantom");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => /(?<!\.test|\.testkit)\.ts$/.test(file) && !file.startsWith("realism"));
  assert.ok(files.length > 40);
  for (const file of files) {
    const lines = readFileSync(path.join(root, file), "utf8").split("\n").filter((line) => !/^\s*(?:\/\*)?\*/.test(line));
    assert.deepEqual(lines.filter((line) => builtIn.test(line)), [], `${file}: take sin, exp, log, pow and so on from base`);
  }
});
