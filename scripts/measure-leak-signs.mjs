// How much of what else leaks the audit finds: exact copies, second spellings of a patient, names in file names, DICOM identifiers that
// several cases share, labels in file names and writing burned into images. Everything is planted, so that the truth is known.
// Run after `npm run build`:
//   node scripts/measure-leak-signs.mjs FOLDER [BUILD] [SEED] [EACH]
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import sharp from "sharp";

const [folder, build = "dist", seed = "1", count = "40"] = process.argv.slice(2);
const each = Number(count);
const load = (file) => import(pathToFileURL(path.resolve(build, file)).href);
const { seededRandom } = await load("base/index.js");
const { auditLeaks, loadDataset } = await load("data/index.js");
const { makeRadiograph } = await load("phantom/index.js");
const random = seededRandom("leak signs", seed);
rmSync(path.join(folder, "images"), { recursive: true, force: true });
mkdirSync(path.join(folder, "images"), { recursive: true });

const firsts = "Anna Björn Chloé David Elżbieta François Günther Hélène Igor José Katarzyna Lars Małgorzata Nuño Ólafur Paweł Quentin Rüdiger Søren Thérèse Ulrike Václav Wolfgang Xavier Yusuf Zoë".split(" ");
const lasts = "Müller Jørgensen García-López Weiß Kovačević O'Brien Nowak Åkesson Schäfer Öztürk MacDonald Świątek Hernández Dvořák Baumgärtner Großmann Lindqvist Zimmermann".split(" ");
const people = random.shuffle(firsts.flatMap((first) => lasts.map((last) => [first, last])));
const plain = (name) => name.replace(/ß/g, "ss").replace(/[øØ]/g, "o").replace(/[łŁ]/g, "l").normalize("NFKD").replace(/\p{M}/gu, "");
const spellings = [
  ([first, last]) => `${first} ${last}`.toUpperCase(),
  ([first, last]) => `${last}, ${first}`,
  ([first, last]) => `${last}^${first}`.toUpperCase(),
  ([first, last]) => plain(`${first} ${last}`).toLowerCase(),
  ([first, last]) => `Dr. ${first} ${last}`,
  ([first, last]) => `${first}  ${last}`.normalize("NFD"),
];
const rows = [];
/** Cases that belong together, by what ties them. */
const tied = { "same-file": [], "patient-spelling": [], "name-in-file": [], "dicom-uid": [] };
let images = 0;
let uids = 0;
const newUid = () => `1.2.826.0.1.${seed}.${(uids += 1)}`;

async function add({ name, label = random.pick(["normal", "scoliosis"]), patient, uid = newUid(), writing, copyOf }) {
  const id = `images/${name ?? `case ${rows.length}`}.png`.normalize("NFC");
  const file = path.join(folder, id);
  if (copyOf !== undefined) copyFileSync(path.join(folder, copyOf), file);
  else {
    const { pixels, width, height } = makeRadiograph({ seed: `signs ${seed}`, index: (images += 1), condition: label, view: "whole-spine-ap", size: 512 });
    const picture = sharp(Uint8Array.from(pixels, (value) => Math.round(255 * value)), { raw: { width, height, channels: 1 } });
    const marked = writing === undefined ? picture : picture.composite([{ input: drawWriting(writing, width, height), left: 0, top: 0 }]);
    await marked.toColourspace("b-w").png().toFile(file);
  }
  rows.push({ id, label, patient, uid, isMarked: writing !== undefined });
  return id;
}

/** A word in a corner, of 2.5 to 4 % of the height, white on black or black on white as films and exports have it, or bare in white. */
function drawWriting(text, width, height) {
  const size = Math.round(height * random.between(0.025, 0.04));
  const [wide, tall] = [0.72 * size * text.length, 1.6 * size];
  const x = random.integer(2) === 0 ? 3 : Math.max(3, width - wide - 3);
  const y = random.integer(2) === 0 ? 3 : height - tall - 3;
  const [ground, ink] = random.pick([["black", "white"], ["white", "black"], ["none", "white"]]);
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect x="${x}" y="${y}" width="${wide}" height="${tall}" fill="${ground}"/><text x="${x + 3}" y="${y + 1.2 * size}" font-family="${random.pick(["DejaVu Sans", "DejaVu Sans Mono", "DejaVu Serif"])}" font-size="${size}" font-weight="${random.pick(["normal", "bold"])}" letter-spacing="1" fill="${ink}">${text}</text></svg>`);
}

const take = () => people.pop();
const patient = () => `P${String(rows.length).padStart(5, "0")}`;
for (let i = 0; i < each; i++) {
  const first = await add({ patient: patient() });
  tied["same-file"].push([first, await add({ patient: patient(), copyOf: first, label: rows.at(-1).label })]);
  const person = take();
  tied["patient-spelling"].push([await add({ patient: person.join(" ") }), await add({ patient: spellings[i % spellings.length](person) })]);
  const [one, other] = take().map((word) => plain(word).replace(/[^A-Za-z]/g, "").toLowerCase());
  tied["name-in-file"].push([await add({ name: `${one}_${other}_${i}`, patient: patient() }), await add({ name: `${other}-${one}-${i}b`, patient: patient() })]);
  const uid = newUid();
  tied["dicom-uid"].push([await add({ patient: patient(), uid }), await add({ patient: patient(), uid })]);
  await add({ name: `scoliosis ${i}`, label: "scoliosis", patient: patient() });
  await add({ patient: patient(), writing: random.pick(["SCOLIOSIS", "NORMAL", "Scoliosis", plain(lasts[i % lasts.length]).replace(/[^A-Za-z]/g, "").toUpperCase(), `${1 + random.integer(28)}.03.1961`]) });
  await add({ patient: patient() });
}


const cell = (text) => `"${text.replaceAll('"', '""')}"`;
writeFileSync(path.join(folder, "labels.csv"), ["file,label,patient,StudyInstanceUID", ...rows.map(({ id, label, patient: who, uid }) => [id, label, who, uid].map(cell).join(","))].join("\n"));
const dataset = await loadDataset(path.join(folder, "labels.csv"));
const { pairs, signs, marks } = await auditLeaks(dataset);
const idOf = (index) => dataset.cases[index].id;
const partners = new Map(Object.values(tied).flat().flatMap(([a, b]) => [[a, b], [b, a]]));
console.log(`${rows.length} cases, seed ${seed}`);
for (const [kind, planted] of Object.entries(tied)) {
  const found = planted.filter(([one, other]) => pairs.some((pair) => pair.kind === kind && [idOf(pair.a), idOf(pair.b)].includes(one) && [idOf(pair.a), idOf(pair.b)].includes(other)));
  const wrong = pairs.filter((pair) => pair.kind === kind && partners.get(idOf(pair.a)) !== idOf(pair.b));
  console.log(`${kind}: ${found.length} of ${planted.length} found; ${wrong.length} others tied`);
}
const wrong = pairs.filter((pair) => partners.get(idOf(pair.a)) !== idOf(pair.b));
console.log(`pairs of strangers: ${wrong.length}`, wrong.slice(0, 5).map((pair) => [pair.kind, idOf(pair.a), idOf(pair.b)].join(" ")));
const marked = rows.map(({ isMarked }) => isMarked);
const seen = marks.map((list) => list.length > 0);
console.log(`writing: ${seen.filter((has, i) => has && marked[i]).length} of ${marked.filter(Boolean).length} images found; ${seen.filter((has, i) => has && !marked[i]).length} of ${marked.filter((is) => !is).length} others taken for marked`);
console.log("not found:", rows.filter((_, i) => marked[i] && !seen[i]).map(({ id }) => id).join(", ") || "none");
for (const { kind, cases } of signs) console.log(`${kind}: ${cases} cases told`);
