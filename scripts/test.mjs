// Runs the compiled tests, two files at a time, and closes with one line that a person and a machine can read.
//   node scripts/test.mjs [--slow] [part of a path ...]
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { run } from "node:test";
import { pathToFileURL } from "node:url";

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

/** Rooms whose tests leave nothing behind in their process: all files of one share it, and it starts once. */
const shared = ["autodiff", "base", "bench", "explain", "graph", "models", "phantom", "stats"];
const groups = mkdtempSync(path.join(os.tmpdir(), "osteon-tests-"));
process.once("exit", () => rmSync(groups, { recursive: true, force: true }));

/** What is started: files, and for the rooms above one that imports the room's. */
function startedFiles() {
  if (slow) return files.map((file) => path.resolve(file));
  const roomOf = (file) => shared.find((room) => file.startsWith(path.join("dist", room) + path.sep));
  const byRoom = new Map([...shared, undefined].map((room) => [room, files.filter((file) => roomOf(file) === room)]));
  return [...byRoom].flatMap(([room, members]) => {
    if (room === undefined) return members.map((file) => path.resolve(file));
    if (members.length === 0) return [];
    const group = path.join(groups, `${room}.test.mjs`);
    writeFileSync(group, members.map((file) => `import ${JSON.stringify(pathToFileURL(path.resolve(file)).href)};\n`).join(""));
    return [group];
  });
}

const counts = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const skips = new Map();
const seconds = new Map();
const startedAt = Date.now();

const started = startedFiles();
const stream = run({ files: started, concurrency: 2, timeout: slow ? 1_800_000 : 240_000 });
const isSuite = (event) => event.details?.type === "suite";
// A test file that only held tests is itself reported as one: it is not counted again.
const isFile = (event) => started.some((file) => event.name === file || event.name === path.relative(".", file));
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
  console.log(`${files.length} files in ${((Date.now() - startedAt) / 1000).toFixed(0)} s`);
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
});
stream.resume();
