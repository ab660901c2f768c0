// Runs the compiled tests, two files at a time, and closes with one line that a person and a machine can read.
//   node scripts/test.mjs [--slow] [part of a path ...]
import { readdirSync } from "node:fs";
import path from "node:path";
import { run } from "node:test";

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const slow = process.argv.includes("--slow");

function filesBelow(directory, ending) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

const files = [...filesBelow("dist", ".test.js"), ...filesBelow("test", ".test.mjs")]
  .filter((file) => file.includes(".slow.test.") === slow)
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort((a, b) => a.localeCompare(b));

const counts = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const skips = new Map();
const seconds = new Map();
const started = Date.now();

const stream = run({ files: files.map((file) => path.resolve(file)), concurrency: 2, timeout: slow ? 1_800_000 : 240_000 });
const isSuite = (event) => event.details?.type === "suite";
// A test file that only held tests is itself reported as one: it is not counted again.
const isFile = (event) => files.some((file) => event.name === path.resolve(file) || event.name === file);
const timeTest = ({ nesting, file, details }) => {
  if (nesting === 0 && file !== undefined) seconds.set(path.relative("dist", file), (seconds.get(path.relative("dist", file)) ?? 0) + details.duration_ms / 1000);
};
stream.on("test:pass", (event) => {
  timeTest(event);
  if (isSuite(event) || isFile(event)) return;
  if (event.skip === undefined) counts.passed += 1;
  else {
    counts.skipped += 1;
    const reason = typeof event.skip === "string" && event.skip !== "" ? event.skip : "no reason given";
    skips.set(reason, (skips.get(reason) ?? 0) + 1);
  }
});
stream.on("test:fail", (event) => {
  if (isSuite(event) && event.details.error?.failureType === "subtestsFailed") return;
  if (isFile(event) && event.details.error?.failureType === "subtestsFailed") return;
  counts.failed += 1;
  failures.push(event);
});
stream.on("test:stdout", (event) => process.stdout.write(event.message));
stream.on("test:stderr", (event) => process.stderr.write(event.message));
stream.on("end", () => {
  for (const event of failures) {
    const error = event.details.error?.cause ?? event.details.error;
    console.log(`\nFAILED ${path.relative(".", event.file ?? "")}: ${event.name}\n${error?.stack ?? error}`);
  }
  for (const [reason, n] of skips) console.log(`skipped ${n}: ${reason}`);
  const slowest = [...seconds].toSorted(([, a], [, b]) => b - a).slice(0, 10);
  console.log(`slowest: ${slowest.map(([file, took]) => `${file} ${took.toFixed(0)} s`).join(", ")}`);
  console.log(`${files.length} files in ${((Date.now() - started) / 1000).toFixed(0)} s`);
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
});
stream.resume();
