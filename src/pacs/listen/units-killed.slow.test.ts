import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { seededRandom } from "../../base/index.js";
import { DiskQueue } from "../queue/queue.js";

const [seriesCount, slices, singles] = [12, 5, 20];

/** Works on what waits and notes each result object that is stored; images hold "series slice", or a number alone. */
const program = (at: (file: string) => string): string => `
  import { appendFileSync } from "node:fs";
  import { DiskQueue } from ${JSON.stringify(at("../queue/queue.js"))};
  import { deliver } from ${JSON.stringify(at("./deliver.js"))};
  import { work } from ${JSON.stringify(at("./work.js"))};
  const [folder, stored] = process.argv.slice(1);
  const queue = await DiskQueue.open(folder, { reserveBytes: 0, setup: "one" });
  const have = new Set();
  const analyst = {
    setup: "one", models: [], gathers: true,
    route: (file) => { const [series, slice] = String(file).split(" "); return { kind: "fits", rule: "all", ...(slice !== undefined && { unit: { uid: series, waitMs: 30 } }) }; },
    judge: async (images) => {
      const names = [];
      for (const read of images) names.push(String(await read()));
      await new Promise((resolve) => setTimeout(resolve, 5));
      const instance = names.sort().join(",");
      return { kind: "results", rule: "all", model: { name: "m", sha256: "0" }, decided: "normal", probability: 1, remarks: [], objects: [{ kind: "sr", sopClass: "1", instance, series: "2", study: "3", bytes: Buffer.from(instance) }] };
    },
  };
  const destination = { has: async (names) => new Set(names.map(({ instance }) => instance).filter((one) => have.has(one))), store: async (files, names) => { for (const { instance } of names) { have.add(instance); appendFileSync(stored, instance + "\\n"); } return names.map(({ instance }) => ({ instance, outcome: "stored" })); }, close: () => {} };
  const stop = new AbortController();
  const idle = async () => { const { received, outgoing } = queue.counts(); if (received + outgoing === 0) { stop.abort(); return; } await new Promise((resolve) => setTimeout(resolve, 5)); };
  const common = { queue, onEvent: () => {}, signal: stop.signal, idle };
  await Promise.all([work({ ...common, analyst }), deliver({ ...common, destination, verify: true })]);
  await queue.close();`;

test("through kills every series is decided on once and whole, and every other image by itself", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "osteon-units-"));
  try {
    const [place, stored] = [path.join(folder, "queue"), path.join(folder, "stored")];
    const queue = await DiskQueue.open(place, { reserveBytes: 0, setup: "one" });
    const random = seededRandom("killed units");
    const names = [...Array.from({ length: seriesCount * slices }, (_, i) => `s${Math.floor(i / slices)} ${i % slices}`), ...Array.from({ length: singles }, (_, i) => `x${i}`)];
    for (const name of random.shuffle(names)) await queue.accept(Buffer.from(name), { instance: name, origin: "test" });
    await queue.close();
    await writeFile(stored, "");
    const text = program((file) => new URL(file, import.meta.url).href);
    let kills = 0;
    for (let isDone = false; !isDone; ) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", text, place, stored], { stdio: ["ignore", "ignore", "inherit"] });
      const timer = kills < 20 ? setTimeout(() => child.kill("SIGKILL"), 250 + random.integer(350)) : undefined;
      const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
      clearTimeout(timer);
      isDone = code === 0;
      if (code === null) kills += 1;
      assert.ok(code === 0 || code === null, `code ${code}`);
    }
    const results = new Set((await readFile(stored, "utf8")).trim().split("\n"));
    const wanted = [...Array.from({ length: seriesCount }, (_, s) => Array.from({ length: slices }, (_unused, i) => `s${s} ${i}`).join(",")), ...Array.from({ length: singles }, (_, i) => `x${i}`)];
    t.diagnostic(`${kills} kills, ${results.size} results`);
    assert.deepEqual([...results].sort(), wanted.sort());
    const last = await DiskQueue.open(place, { reserveBytes: 0, setup: "one" });
    assert.deepEqual(last.counts(), { received: 0, outgoing: 0, done: names.length, refused: 0, failed: 0 });
    await last.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
