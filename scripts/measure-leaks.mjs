// How many planted copies the leak audit finds, how many it sees where there are none, and how long it takes.
// Run after `npm run build`:
//   node scripts/measure-leaks.mjs make FOLDER FROM TO [BUILD]    simulated radiographs of as many people (in parts: about 40 ms each)
//   node scripts/measure-leaks.mjs plant FOLDER SHARE [BUILD]     disguised copies of a share of all images in FOLDER
//   node scripts/measure-leaks.mjs measure FOLDER [BUILD] [WORKERS]
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import sharp from "sharp";

const [task, folder, ...rest] = process.argv.slice(2);
const load = (build, file) => import(pathToFileURL(path.resolve(build ?? "dist", file)).href);
const originals = () => readdirSync(folder).filter((file) => !file.includes("copy") && /\.(jpg|png)$/.test(file)).sort();
mkdirSync(folder, { recursive: true });

if (task === "make") {
  const [from, to, build] = rest;
  const { makeRadiograph } = await load(build, "phantom/index.js");
  for (let i = Number(from); i < Number(to); i++) {
    const { pixels, width, height } = makeRadiograph({ seed: "leaks", index: i, condition: i % 3 === 0 ? "scoliosis" : "normal", view: "whole-spine-ap", size: 256 });
    await sharp(Uint8Array.from(pixels, (value) => Math.round(255 * value)), { raw: { width, height, channels: 1 } }).jpeg({ quality: 92 }).toFile(path.join(folder, `${String(i).padStart(5, "0")}.jpg`));
  }
} else if (task === "plant") {
  const [share, build] = rest;
  const { disguise, disguiseNames } = await load(build, "data/leaks/planted.testkit.js");
  const all = originals();
  const step = Math.round(1 / Number(share));
  for (let i = 0; i < all.length; i += step) {
    const name = disguiseNames[(i / step) % disguiseNames.length];
    writeFileSync(path.join(folder, `${path.parse(all[i]).name}.copy ${name}.jpg`), await disguise(readFileSync(path.join(folder, all[i])), name, i));
  }
} else {
  const [build, workers = "2"] = rest;
  const { createDataPool } = await load(build, "data/data-pool.js");
  const { findNearDuplicates } = await load(build, "data/leaks/near-duplicates.js");
  const files = readdirSync(folder).filter((file) => /\.(jpg|png)$/.test(file)).sort();
  const pool = createDataPool({ workers: Number(workers) });
  const started = performance.now();
  let task;
  const times = {};
  const { pairs, compared, threshold } = await findNearDuplicates(files.map((file) => ({ id: file, file: path.join(folder, file) })), {
    pool,
    onProgress: (progress) => { task = progress.task; times[task] = (performance.now() - started) / 1000; },
  });
  const seconds = (performance.now() - started) / 1000;
  await pool.close();
  const person = files.map((file) => file.split(".")[0]);
  const found = new Set(pairs.filter(({ a, b }) => person[a] === person[b]).flatMap(({ a, b }) => [a, b]));
  const planted = files.flatMap((file, i) => (file.includes("copy") ? [i] : []));
  const missed = planted.filter((i) => !found.has(i));
  const wrong = pairs.filter(({ a, b }) => person[a] !== person[b]);
  const wrongly = new Set(wrong.flatMap(({ a, b }) => [a, b]));
  console.log(`${files.length} images, ${planted.length} planted copies: ${planted.length - missed.length} found (${((100 * (planted.length - missed.length)) / planted.length).toFixed(2)} %)`);
  console.log(`${wrong.length} wrong pairs, ${wrongly.size} images in them (${((100 * wrongly.size) / files.length).toFixed(3)} %); ${compared} pairs laid over one another`);
  console.log(`${seconds.toFixed(1)} s with ${workers} workers; stages end at`, times, `${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`);
  const kinds = {};
  for (const i of missed) kinds[files[i].split("copy ")[1]] = (kinds[files[i].split("copy ")[1]] ?? 0) + 1;
  console.log("missed", kinds, missed.slice(0, 12).map((i) => files[i]), "threshold", threshold.toFixed(3));
  const right = pairs.filter(({ a, b }) => person[a] === person[b]).map(({ detail }) => detail).sort((a, b) => a - b);
  console.log("agreement of the right pairs, least ten:", right.slice(0, 10).map((value) => value.toFixed(3)).join(" "));
  console.log("agreement of the wrong pairs, least thirty:", wrong.sort((a, b) => a.detail - b.detail).slice(0, 30).map(({ a, b, detail }) => `${files[a]}=${files[b]} ${detail.toFixed(3)}`).join("\n  "));
}
