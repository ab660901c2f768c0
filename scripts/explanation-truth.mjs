// The experiment of docs/results/explanation-truth.md: two networks on the same simulated films, one trained on the curve of the
// spine and one on a lead letter, and what the audit says of two methods. Run after a build:
//   node scripts/explanation-truth.mjs [--seeds 301-320] [--out FILE.jsonl] [--pool FILE]
// Writes one line per seed; a seed that FILE.jsonl already has is not run again. With --pool, 400 films are drawn once, kept in the
// file, and each seed takes its own of them; else every seed draws its own. With --write, docs/results/explanation-truth.md is
// written from the lines.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: { seeds: { type: "string", default: "301-320" }, pool: { type: "string" }, out: { type: "string", default: "explanation-truth.jsonl" }, build: { type: "string", default: "dist" }, write: { type: "boolean", default: false } },
});
const load = (file) => import(pathToFileURL(path.resolve(options.build, file)).href);
const seeds = options.seeds.split(",").flatMap((part) => {
  const [from, to = from] = part.split("-").map(Number);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
});
const read = () => (existsSync(options.out) ? readFileSync(options.out, "utf8").trim().split("\n").filter(Boolean).map((line) => JSON.parse(line)) : []);

const { runTruth, drawCases, filmCounts, side } = await load("study/explanation-truth.testkit.js");
/** Pixels and masks of the pool as one file of numbers; the labels follow from the order. */
const openPool = (file) => {
  const size = side * side;
  if (!existsSync(file)) writeFileSync(file, Buffer.from(Float32Array.from(drawCases(1, filmCounts.pool, "pool").flatMap(({ pixels, spine }) => [...pixels, ...spine.values])).buffer));
  const bytes = readFileSync(file);
  const data = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return Array.from({ length: data.length / (2 * size) }, (_, i) => ({
    pixels: data.slice(2 * i * size, (2 * i + 1) * size), curved: i % 2 === 1, marked: i % 4 >= 2, spine: { values: data.slice((2 * i + 1) * size, (2 * i + 2) * size), height: side, width: side },
  }));
};
const pool = options.pool === undefined ? undefined : openPool(options.pool);
for (const seed of seeds) {
  if (read().some((one) => one.seed === seed)) continue;
  const figures = await runTruth(seed, { pool });
  appendFileSync(options.out, `${JSON.stringify(figures)}\n`);
  console.log(`seed ${seed}: ${figures.seconds.toFixed(0)} s`);
}
if (options.write) {
  const { renderTruthPage } = await load("study/explanation-truth-page.testkit.js");
  writeFileSync(new URL("../docs/results/explanation-truth.md", import.meta.url), renderTruthPage(read().sort((a, b) => a.seed - b.seed)));
}
