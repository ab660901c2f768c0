// The experiment of docs/results/explanation-truth.md: two networks on the same simulated films, one trained on the curve of the
// spine and one on a lead letter, and what the audit says of two methods. Run after a build:
//   node scripts/explanation-truth.mjs [--seeds 1-20] [--out FILE.jsonl]
// Writes one line per seed; a seed that FILE.jsonl already has is not run again. With --write, docs/results/explanation-truth.md is
// written from the lines.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: { seeds: { type: "string", default: "1-20" }, out: { type: "string", default: "explanation-truth.jsonl" }, build: { type: "string", default: "dist" }, write: { type: "boolean", default: false } },
});
const load = (file) => import(pathToFileURL(path.resolve(options.build, file)).href);
const seeds = options.seeds.split(",").flatMap((part) => {
  const [from, to = from] = part.split("-").map(Number);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
});
const read = () => (existsSync(options.out) ? readFileSync(options.out, "utf8").trim().split("\n").filter(Boolean).map((line) => JSON.parse(line)) : []);

const { runTruth } = await load("study/explanation-truth.testkit.js");
for (const seed of seeds) {
  if (read().some((one) => one.seed === seed)) continue;
  const figures = await runTruth(seed);
  appendFileSync(options.out, `${JSON.stringify(figures)}\n`);
  console.log(`seed ${seed}: ${figures.seconds.toFixed(0)} s`);
}
if (options.write) {
  const { renderTruthPage } = await load("study/explanation-truth-page.testkit.js");
  writeFileSync(new URL("../docs/results/explanation-truth.md", import.meta.url), renderTruthPage(read().sort((a, b) => a.seed - b.seed)));
}
