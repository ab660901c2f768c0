// Measures the audit of shortcuts against data sets whose truth is known: planted effects, null sets, and simulated
// radiographs with a marker that follows the label or not.
//   node scripts/shortcut-oracles.mjs planted|null|phantom [first seed] [last seed] [folder of the built program]
import path from "node:path";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";

const [what = "planted", first = "1", last = "20", built = "dist"] = process.argv.slice(2);
const load = (file) => import(path.resolve(built, file));
const { auditShortcuts } = await load("study/shortcuts/audit-shortcuts.js");
const { findings, isAudited } = await load("study/shortcuts/results.js");
const seeds = Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i);

const namesOf = (audit) => {
  if (!isAudited(audit)) throw new Error(audit.notEstimable);
  return findings(audit).map(({ name }) => name);
};

async function planted() {
  const { effects, plantedSet } = await load("study/shortcuts/planted.testkit.js");
  for (const effect of effects) {
    let [named, leading] = [0, 0];
    const others = new Map();
    for (const seed of seeds) {
      const { dataset, traits } = await plantedSet(effect, seed);
      const names = namesOf(await auditShortcuts(dataset, traits, { permutations: 199 }));
      if (names.includes(effect)) named += 1;
      if (names[0] === effect) leading += 1;
      for (const name of names) if (name !== effect) others.set(name, (others.get(name) ?? 0) + 1);
    }
    console.log(`${effect}: named ${named} of ${seeds.length}, first ${leading}; also ${[...others].map(([name, count]) => `${name} ${count}`).join(", ") || "nothing"}`);
  }
}

async function nulls() {
  const { measurePlanted, setOf } = await load("study/shortcuts/planted.testkit.js");
  const { seededRandom } = await load("base/index.js");
  const pool = [];
  for (let i = 0; i < 200; i++) pool.push(await measurePlanted("null", i, undefined));
  let alarms = 0;
  const byName = new Map();
  const sets = seeds.length;
  for (const seed of seeds) {
    const random = seededRandom("null set", seed);
    const images = random.shuffle(pool).slice(0, 60);
    const labels = random.shuffle(images.map((_, i) => ["first", "second"][i % 2]));
    const { dataset, traits } = setOf(images, (i) => labels[i]);
    const names = namesOf(await auditShortcuts(dataset, traits, { permutations: 99, seed }));
    if (names.length > 0) alarms += 1;
    for (const name of names) byName.set(name, (byName.get(name) ?? 0) + 1);
  }
  console.log(`null sets: ${alarms} of ${sets} with a finding; ${[...byName].map(([name, count]) => `${name} ${count}`).join(", ") || "nothing"}`);
}

async function phantom() {
  const { writePhantomDataset } = await load("phantom/index.js");
  const { loadDataset, checkImages } = await load("data/index.js");
  for (const seed of seeds) {
    for (const strength of [1, 0]) {
      const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-shortcut-"));
      try {
        const table = await writePhantomDataset({ directory: path.join(folder, "set"), count: 40, seed: `shortcut ${seed}`, view: "whole-spine-ap", classes: ["normal", "scoliosis"], visits: 1, size: 128, experiments: { shortcut: { name: "marker", strength } } });
        const traits = new Map();
        const dataset = await checkImages(await loadDataset(table), { onTraits: (id, own) => traits.set(id, own) });
        const audit = await auditShortcuts(dataset, traits, { permutations: 199, seed });
        const names = namesOf(audit);
        const marker = audit.probes.find(({ name }) => name === "marker");
        const carries = new Map(dataset.cases.map(({ id, fields }) => [id, fields.marker !== "none"]));
        let [hits, marked, strays] = [0, 0, 0];
        for (const [id, { marks }] of traits) {
          const found = marks.some(({ kind }) => kind === "marker");
          if (carries.get(id)) [marked, hits] = [marked + 1, hits + (found ? 1 : 0)];
          else if (found) strays += 1;
        }
        console.log(`phantom seed ${seed} strength ${strength}: marker ${names.includes("marker") ? "named" : "not named"}, first ${names[0] ?? "nothing"}, AUC ${marker?.auc.estimate?.toFixed(2) ?? "-"}, p ${marker?.pAdjusted ?? "-"}; located on ${hits} of ${marked} with and ${strays} of ${traits.size - marked} without; found ${names.join(" ") || "nothing"}`);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }
  }
}

await { planted, null: nulls, phantom }[what]();
