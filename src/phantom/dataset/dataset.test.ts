import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { encodePng } from "../png.js";
import { columnCounts } from "./coco.js";
import { planPhantomDataset, type PlanOptions } from "./plan-dataset.js";
import { drawContactSheet } from "./preview.js";
import { studies, type StudyName } from "./studies.js";
import { writePhantomDataset, type PhantomDatasetOptions } from "./write-dataset.js";

async function written<T>(options: Omit<PhantomDatasetOptions, "directory">, look: (directory: string, labels: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "phantom-"));
  try {
    return await look(directory, await writePhantomDataset({ ...options, directory }));
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function digest(directory: string): Promise<string> {
  const hash = createHash("sha256");
  const names = (await readdir(directory, { recursive: true })).sort();
  for (const name of names) if (/\.\w+$/.test(name)) hash.update(name).update(await readFile(path.join(directory, name)));
  return hash.digest("hex");
}

test("the bytes on disk depend on the seed alone, not on the number of threads", async () => {
  const make = (seed: number, workers: number) => written({ count: 8, seed, size: 64, workers }, digest);
  const first = await make(1, 1);
  assert.equal(await make(1, 2), first);
  assert.notEqual(await make(2, 1), first);
});

test("labels.csv names images and masks of one size, with patients and truth", async () => {
  await written({ count: 4, seed: 3, size: 64, bitDepth: 16, workers: 1 }, async (directory, labels) => {
    const [header, ...rows] = (await readFile(labels, "utf8")).trim().split("\n").map((line) => line.split(","));
    assert.equal(rows.length, 4);
    for (const row of rows) {
      assert.equal(row.length, header!.length);
      const cell = (name: string): string => row[header!.indexOf(name)]!;
      const image = await sharp(path.join(directory, cell("file"))).metadata();
      const mask = await sharp(path.join(directory, cell("region"))).metadata();
      assert.deepEqual([image.width, image.height, image.depth], [Number(cell("width")), 64, "ushort"]);
      assert.deepEqual([mask.width, mask.height], [image.width, image.height]);
      assert.equal(Number(cell("cobb_deg")) >= 9, cell("label") === "scoliosis");
      assert.match(cell("boxes"), /^\d+ \d+ \d+ \d+$/);
    }
    const coco = JSON.parse(await readFile(path.join(directory, "coco.json"), "utf8")) as { images: unknown[]; annotations: { bbox: number[] }[] };
    assert.equal(coco.images.length, 4);
    assert.ok(coco.annotations.length > 60);
    assert.equal((await readFile(path.join(directory, "truth.jsonl"), "utf8")).trim().split("\n").length, 4);
  });
});

test("classes are in balance and a patient has one class", () => {
  for (const study of Object.keys(studies) as StudyName[]) {
    const planned = planPhantomDataset({ count: 90, seed: 2, study });
    const labels = Object.keys(studies[study].classes);
    for (const label of labels) {
      const share = planned.filter((image) => image.label === label).length / 90;
      assert.ok(Math.abs(share - 1 / labels.length) < 0.04, `${study} ${label} ${share}`);
    }
    for (const patient of new Set(planned.map((image) => image.patient))) {
      assert.equal(new Set(planned.filter((image) => image.patient === patient).map((image) => image.label)).size, 1);
    }
    assert.equal(new Set(planned.map(({ name }) => name)).size, 90);
  }
});

const plan = (experiments: PlanOptions["experiments"], more: Partial<PlanOptions> = {}) => planPhantomDataset({ count: 400, seed: 5, experiments, ...more });

test("a shortcut of strength 1 follows the label in every image, of strength 0 in half", () => {
  const agreement = (strength: number): number => {
    const images = plan({ shortcut: { name: "marker", strength } });
    return images.filter((i) => i.kind === "radiograph" && (i.options.marker === "R") === (i.trueLabel === "scoliosis")).length / images.length;
  };
  assert.equal(agreement(1), 1);
  assert.ok(Math.abs(agreement(0) - 0.5) < 0.08);
  assert.ok(Math.abs(agreement(0.5) - 0.75) < 0.08);
});

test("label noise, near-duplicates, split patients and readers come at the asked rate", () => {
  const wrong = plan({ labelNoise: 0.2 }).filter((i) => i.label !== i.trueLabel).length / 400;
  assert.ok(Math.abs(wrong - 0.2) < 0.07);
  const doubled = plan({ nearDuplicates: 0.1 });
  assert.equal(doubled.length, 440);
  for (const copy of doubled.slice(400)) {
    const original = doubled.find(({ name }) => name === copy.duplicateOf)!;
    assert.notEqual(original.patient, copy.patient);
    assert.deepEqual(original.options, copy.options);
  }
  const torn = (images: ReturnType<typeof plan>): number => {
    const patients = [...new Set(images.map((i) => i.patient))].map((p) => images.filter((i) => i.patient === p)).filter((own) => own.length > 1);
    return patients.filter((own) => new Set(own.map((i) => i.split)).size > 1).length / patients.length;
  };
  assert.equal(torn(plan({ testShare: 0.3 })), 0);
  assert.equal(torn(plan({ testShare: 0.3, splitPatients: 1 })), 1);
  const read = plan({ readers: [{ name: "a", skill: 0.8 }] }).filter((i) => i.readings["a"] === i.trueLabel).length / 400;
  assert.ok(Math.abs(read - 0.8) < 0.07);
});

test("hospitals follow the label as strongly as told", () => {
  const images = plan({ hospitals: ["a", "b"], hospitalTie: 1 });
  assert.ok(images.every((i) => (i.hospital === "b") === (i.trueLabel === "scoliosis")));
});

test("COCO run lengths go down the columns", () => {
  // By hand: a 2 x 3 mask with pixels (0, 1), (0, 2) and (1, 1): columns 00 11 10.
  assert.deepEqual(columnCounts([1, 2, 4, 1], 3, 2), [2, 3, 1]);
});

test("a PNG decodes to its samples and carries its spacing", async () => {
  const data = Uint16Array.from({ length: 12 }, (_, i) => i * 5000);
  const file = Buffer.from(encodePng({ width: 4, height: 3, data, spacingMm: 0.5 }));
  const raw = await sharp(file).toColourspace("grey16").raw({ depth: "ushort" }).toBuffer();
  assert.deepEqual([...new Uint16Array(raw.buffer, raw.byteOffset, 12)], [...data]);
  // 2,000 pixels a metre are 50.8 to the inch.
  assert.equal((await sharp(file).metadata()).density, 51);
});

test("a contact sheet is one image of all tiles", async () => {
  const sheet = await sharp(Buffer.from(drawContactSheet(planPhantomDataset({ count: 4, seed: 1, size: 64 }), { perRow: 2, height: 64 }))).metadata();
  assert.equal(sheet.height, 132);
});

test("wishes that cannot be met are refused", () => {
  assert.throws(() => planPhantomDataset({ count: 0, seed: 1 }), { code: "phantom-count" });
  assert.throws(() => planPhantomDataset({ count: 2, seed: 1, classes: [] }), { code: "phantom-classes" });
  assert.throws(() => planPhantomDataset({ count: 2, seed: 1, classes: ["scoliosis", "spondylolysis"] }), { code: "phantom-classes" });
  assert.throws(() => planPhantomDataset({ count: 2, seed: 1, study: "spine" as StudyName }), { code: "unknown-phantom-study" });
  assert.throws(() => plan({ labelNoise: 2 }), { code: "phantom-share" });
});
