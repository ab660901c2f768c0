// The rooms of ARCHITECTURE.md as data, compared with what the source really imports.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import ts from "typescript";

const upToStudy = ["base", "files", "graph", "stats", "search", "dicom", "autodiff", "engine", "images", "models", "data", "phantom", "train", "explain"];

/** What each room may import. */
const rooms = {
  base: [],
  files: ["base"],
  graph: ["base"],
  stats: ["base"],
  dicom: ["base", "files"],
  search: ["base"],
  autodiff: ["base", "graph"],
  engine: ["base", "graph"],
  images: ["base", "files", "dicom"],
  models: ["base", "files", "graph", "engine", "images"],
  data: ["base", "files", "images", "dicom"],
  phantom: ["base", "files", "images", "dicom"],
  train: ["base", "files", "graph", "engine", "autodiff", "models", "data", "stats"],
  explain: ["base", "graph", "engine", "autodiff", "models", "images", "stats"],
  monitor: ["base", "files", "stats", "images", "models"],
  pacs: ["base", "files", "graph", "dicom", "engine", "images", "models", "explain", "monitor"],
  study: upToStudy,
  executors: ["base", "files", "engine", "study"],
  server: [...upToStudy, "study", "pacs", "monitor", "executors"],
  cli: [...upToStudy, "study", "pacs", "monitor", "executors", "server"],
  viewer: ["server"],
  browser: ["base", "files", "dicom", "engine", "images", "models", "explain", "train"],
  bench: [...upToStudy, "study", "pacs"],
};

/** Further doors of a room, and the one room that may go through them. */
const sideDoors = { "engine/web/index.js": "browser", "server/contract.js": "viewer" };

/** Foreign packages that only one place may import. */
const quarantine = [
  { package: /^onnxruntime-/, place: "engine/" },
  { package: /^@bufbuild\/protobuf/, place: "graph/proto/" },
  { package: /^dcmjs-codecs/, place: "dicom/codecs/" },
  { package: /^dcmjs-dimse/, place: "pacs/dimse/" },
  { package: /^react(-dom)?\b/, place: "viewer/" },
  { package: /^@cornerstonejs\//, place: "viewer/film/" },
  { package: /^pg-boss/, place: "executors/queue/" },
  { package: /^@tensorflow\//, place: "bench/tfjs/" },
];

/** Rooms that must also run in a browser: no module of Node in them. */
const browserRooms = ["browser", "viewer", "base", "graph", "autodiff", "stats", "search"];

const banned = ["utils", "helpers", "common", "types", "constants", "lib"];

function sources(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

/** Every breach of the table in one file's text. `file` is relative to src/. */
function breaches(file, text) {
  const room = file.split("/")[0];
  const isTest = /\.(test|testkit)\.ts$/.test(file);
  const found = [];
  if (!file.includes("/")) return found; // src/index.ts, the package's door
  if (!(room in rooms)) return [`${file}: room "${room}" is not in the table`];
  for (const { fileName: specifier } of ts.preProcessFile(text, true, true).importedFiles) {
    if (specifier.startsWith(".")) {
      const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));
      const targetRoom = target.split("/")[0];
      if (targetRoom === room) continue;
      if (isTest) continue; // a test may use any room as its oracle
      if (!rooms[room].includes(targetRoom)) found.push(`${file}: ${room} may not import ${targetRoom}`);
      if (target !== `${targetRoom}/index.js` && sideDoors[target] !== room) found.push(`${file}: ${specifier} is not the door of ${targetRoom}`);
      continue;
    }
    for (const rule of quarantine) {
      if (rule.package.test(specifier) && !file.startsWith(rule.place) && !isTest) found.push(`${file}: ${specifier} belongs to ${rule.place}`);
    }
    if (specifier.startsWith("node:") && browserRooms.includes(room) && !isTest) found.push(`${file}: ${room} runs in a browser and may not import ${specifier}`);
  }
  const prints = !["cli", "bench"].includes(room) && !isTest;
  if (prints && /\bconsole\.|\bprocess\.(exit|env|stdout|stderr)\b/.test(text)) found.push(`${file}: prints, exits or reads the environment`);
  if (path.basename(file) === "index.ts" && /export \*/.test(text)) found.push(`${file}: a door exports by name`);
  return found;
}

test("every import follows the table of rooms, through the door", () => {
  const all = sources("src").map((file) => path.relative("src", file).split(path.sep).join("/"));
  assert.ok(all.length > 50, "the source was found");
  assert.deepEqual(all.flatMap((file) => breaches(file, readFileSync(path.join("src", file), "utf8"))), []);
});

test("a planted breach of each kind is found", () => {
  assert.equal(breaches("graph/x.ts", 'import { a } from "../train/index.js";').length, 1);
  assert.equal(breaches("train/x.ts", 'import { a } from "../explain/index.js";').length, 1);
  assert.equal(breaches("train/x.ts", 'import { a } from "../graph/model.js";').length, 1);
  assert.equal(breaches("train/x.ts", 'import ort from "onnxruntime-node";').length, 1);
  assert.equal(breaches("stats/x.ts", 'import fs from "node:fs";').length, 1);
  assert.equal(breaches("stats/x.ts", "console.log(1)").length, 1);
  assert.equal(breaches("stats/index.ts", 'export * from "./a.js";').length, 1);
  assert.equal(breaches("attic/x.ts", "").length, 1);
  assert.equal(breaches("train/x.ts", 'import { a } from "../engine/web/index.js";').length, 1);
});

test("no folder is named for a kind of code", () => {
  const folders = readdirSync("src", { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual(folders.filter((entry) => banned.includes(entry.name)), []);
});

test("no file passes 500 lines and the median stays under 120", () => {
  const counts = sources("src")
    .filter((file) => !/_pb\.|\.d\.ts$/.test(file))
    .map((file) => ({ file, lines: readFileSync(file, "utf8").split("\n").length }));
  assert.deepEqual(counts.filter(({ lines }) => lines > 500), []);
  const sorted = counts.map(({ lines }) => lines).sort((a, b) => a - b);
  assert.ok(sorted[Math.floor(sorted.length / 2)] < 120, `median ${sorted[Math.floor(sorted.length / 2)]}`);
});

test("every room has a door", () => {
  const missing = Object.keys(rooms).filter((room) => !["cli", "bench", "viewer"].includes(room) && !existsSync(`src/${room}/index.ts`));
  assert.deepEqual(missing, []);
});
