import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { seededRandom } from "../base/index.js";
import { fuzz } from "./fuzz.testkit.js";
import { parseDicom } from "./parse/parse-dicom.js";
import { syntheticFiles } from "./synthetic.testkit.js";

const total = 50_000;
const parts = 10;
/** Files of each part that are mutations of large images, whose pixels take longest to decode. */
const ofLarge = 150;
const rounds = 10;
const shared = path.resolve("../shared/data/dicom");

const real = existsSync(shared)
  ? readdirSync(shared, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.dcm$|CR-/.test(file))
      .map((file) => ({ title: file, bytes: readFileSync(path.join(shared, file)) }))
  : [];

for (let part = 0; part < parts; part++) {
  test(`mutated files, part ${part + 1} of ${parts}, ${total / parts} files: no crash, no hang over 2 s, less than 1 GiB of memory`, (t) => {
    const random = seededRandom("dicom-fuzz-slow", part);
    const small = [...syntheticFiles(random), ...real.filter(({ bytes }) => bytes.length < 60_000)];
    const large = real.filter(({ bytes }) => bytes.length >= 60_000);
    const syntaxes = new Set([...small, ...large].flatMap(({ bytes }) => syntaxOf(bytes)));
    let [decoded, refused, slowestMs, peakBytes] = [0, 0, 0, 0];
    const problems: string[] = [];
    // In rounds, so that memory is looked at in between; each begins elsewhere in the list, so that every original has its turn.
    for (let round = 0; round < rounds; round++) {
      const counts = large.length === 0 ? [total / parts / rounds, 0] : [(total / parts - ofLarge) / rounds, ofLarge / rounds];
      for (const [list, count] of [[small, counts[0]!], [large, counts[1]!]] as const) {
        if (count === 0) continue;
        const start = (part * rounds + round) * count % list.length;
        const outcome = fuzz([...list.slice(start), ...list.slice(0, start)], count, random);
        decoded += outcome.decoded;
        refused += outcome.refused;
        slowestMs = Math.max(slowestMs, outcome.slowestMs);
        problems.push(...outcome.problems);
      }
      peakBytes = Math.max(peakBytes, process.memoryUsage().rss, process.resourceUsage().maxRSS * 1024);
    }
    t.diagnostic(`${small.length} small and ${large.length} large originals of ${syntaxes.size} transfer syntaxes; ${decoded} decoded, ${refused} refused, slowest ${slowestMs.toFixed(0)} ms, peak ${(peakBytes / 2 ** 20).toFixed(0)} MiB`);
    assert.deepEqual(problems.slice(0, 5), []);
    assert.equal(decoded + refused, total / parts);
    assert.ok(slowestMs < 2000, `slowest ${slowestMs} ms`);
    assert.ok(peakBytes < 2 ** 30, `peak ${peakBytes} bytes`);
  });
}

function syntaxOf(bytes: Uint8Array): string[] {
  try {
    return [parseDicom(bytes, { name: "original", headerOnly: true }).transferSyntax.uid];
  } catch {
    return [];
  }
}
