import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import vm from "node:vm";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

test("the room bundles for a browser under 60 kB gzipped and runs without Node", async () => {
  const bundle = await build({
    entryPoints: [path.resolve("src/stats/index.ts")],
    bundle: true,
    minify: true,
    write: false,
    platform: "browser",
    format: "iife",
    globalName: "stats",
    logLevel: "silent",
  });
  const code = bundle.outputFiles[0]!.text;
  assert.ok(gzipSync(code).length < 60_000, `${gzipSync(code).length} bytes`);
  const context = vm.createContext({});
  const got = vm.runInContext(`${code}; stats.rocAuc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).estimate`, context) as number;
  assert.equal(got, 0.75);
});
