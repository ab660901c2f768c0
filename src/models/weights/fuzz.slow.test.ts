import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { fuzzedReaders } from "./fuzz.testkit.js";
import type { FuzzResult } from "./fuzz.testkit.js";

const program = fileURLToPath(new URL("fuzz.testkit.js", import.meta.url));

for (const reader of Object.keys(fuzzedReaders)) {
  test(`${reader}: 10,000 mutated files: no crash, no second of work, no 512 MiB, no code run`, async (context) => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, reader, "10000", "2"], { timeout: 600_000 });
    const result = JSON.parse(stdout) as FuzzResult;
    context.diagnostic(stdout);
    assert.equal(result.read + result.refused, 10_000);
    assert.ok(result.slowestCpuMs < 1000, `${result.slowestCpuMs} ms of processor time`);
    assert.ok(result.peakMiB < 512, `${result.peakMiB} MiB`);
  });
}
