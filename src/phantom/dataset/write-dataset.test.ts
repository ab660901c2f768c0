import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { loadDataset } from "../../data/index.js";
import { encodePng } from "../png.js";
import { columnCounts } from "./coco.js";
import { makePhantomsAgain } from "./make-again.js";
import { tableColumns } from "./table-columns.js";
import { writePhantomDataset, type PhantomDatasetOptions } from "./write-dataset.js";

async function inFolder<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "phantom-"));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

const written = <T>(options: Omit<PhantomDatasetOptions, "directory">, look: (directory: string, labels: string) => Promise<T>): Promise<T> =>
  inFolder(async (directory) => look(directory, await writePhantomDataset({ workers: 1, ...options, directory })));

/** Every file's name and content. */
async function digest(directory: string): Promise<string> {
  const hash = createHash("sha256");
  const names = (await readdir(directory, { recursive: true })).sort();
  for (const name of names) if (/\.\w+$/.test(name)) hash.update(name).update(await readFile(path.join(directory, name)));
  return hash.digest("hex");
}

const table = async (file: string): Promise<Record<string, string>[]> => {
  const [header, ...rows] = (await readFile(file, "utf8")).trimEnd().split("\n").map((line) => line.split(","));
  for (const row of rows) assert.equal(row.length, header!.length);
  return rows.map((row) => Object.fromEntries(header!.map((name, i) => [name, row[i]!])));
};

test("the bytes on disk depend on the seed alone, not on the number of threads", async () => {
  const make = (seed: number, workers: number) => written({ count: 4, seed, size: 48, workers, view: "lumbar-lateral" }, digest);
  const first = await make(1, 1);
  assert.equal(await make(1, 2), first);
  assert.notEqual(await make(2, 1), first);
});

test("labels.csv names images and masks of one size, with patients, studies and truth", async () => {
  await written({ count: 6, seed: 3, size: 64, encoding: { format: "png", bitDepth: 16 } }, async (directory, labels) => {
    const rows = await table(labels);
    assert.deepEqual(Object.keys(rows[0]!), Object.keys(tableColumns));
    assert.equal(rows.length, 6);
    for (const row of rows) {
      const image = await sharp(path.join(directory, row["file"]!)).metadata();
      assert.deepEqual([image.width, image.height, image.depth], [Number(row["width"]), 64, "ushort"]);
      for (const mask of ["region", "vertebrae", "discs", ...(row["label"] === "scoliosis" ? ["apex"] : [])]) {
        const { width, height } = await sharp(path.join(directory, row[mask]!)).metadata();
        assert.deepEqual([width, height], [image.width, image.height]);
      }
      assert.equal(Number(row["cobb_deg"]) >= 9, row["label"] === "scoliosis");
      assert.match(row["boxes"]!, /^\d+ \d+ \d+ \d+$/);
      assert.match(row["study"]!, new RegExp(`^${row["patient"]}-S\\d$`));
    }
    assert.ok((await readdir(directory)).every((name) => ["images", "regions", "vertebrae", "discs", "apices", "labels.csv", "truth.jsonl", "coco.json", "plan.json"].includes(name)));
  });
});

test("COCO boxes and masks hold every vertebra, disc and lesion, and lesions have their mask", async () => {
  await written({ count: 4, seed: 2, size: 96, study: "spinal-tumour" }, async (directory, labels) => {
    const coco = JSON.parse(await readFile(path.join(directory, "coco.json"), "utf8")) as {
      images: { id: number; file_name: string; width: number; height: number }[];
      categories: { id: number; name: string; supercategory: string }[];
      annotations: { image_id: number; category_id: number; bbox: number[]; area: number; segmentation: { size: number[]; counts: number[] } }[];
    };
    assert.equal(coco.images.length, 4);
    for (const row of await table(labels)) {
      const image = coco.images.find((one) => one.file_name === row["file"])!;
      const own = coco.annotations.filter((one) => one.image_id === image.id);
      const names = own.map((one) => coco.categories.find(({ id }) => id === one.category_id)!);
      for (const level of ["S1", "L5", "L4", "L3", "L2", "L1", "L5-S1", "L4-L5", "L1-L2"]) assert.ok(names.some(({ name }) => name === level), `${level} on ${row["file"]}`);
      const at = names.findIndex(({ supercategory }) => supercategory === "lesion");
      const { area, bbox, segmentation } = own[at]!;
      assert.equal(segmentation.counts.reduce((a, b) => a + b, 0), image.width * image.height);
      assert.equal(segmentation.counts.filter((_, i) => i % 2 === 1).reduce((a, b) => a + b, 0), area);
      const { data } = await sharp(path.join(directory, row["lesions"]!)).greyscale().raw().toBuffer({ resolveWithObject: true });
      assert.equal(data.filter((value) => value === 255).length, area);
      // The first covered pixel of the first covered column.
      assert.equal(Math.floor(segmentation.counts[0]! / image.height), bbox[0]);
    }
  });
});

test("a set of MRI has masks of every disc, and reads.csv comes with readers", async () => {
  await written({ count: 4, seed: 2, size: 64, view: "disc-mri", experiments: { readers: [{ name: "a", skill: 0.9, group: "g" }] } }, async (directory, labels) => {
    const coco = JSON.parse(await readFile(path.join(directory, "coco.json"), "utf8")) as { categories: { name: string; supercategory: string }[] };
    for (const name of ["L5-S1", "L1-L2"]) assert.ok(coco.categories.some((one) => one.name === name && one.supercategory === "disc"));
    const reads = await table(path.join(directory, "reads.csv"));
    assert.deepEqual(Object.keys(reads[0]!), ["reader", "case", "label", "confidence", "group", "condition", "seconds", "simulated"]);
    assert.deepEqual(reads.map((read) => read["case"]), (await table(labels)).map((row) => row["file"]));
  });
});

test("a data set is read by the data room as it is, with patients, regions and boxes", async () => {
  await written({ count: 12, seed: 2, size: 48, study: "spine-abnormality", experiments: { testShare: 0.3 } }, async (_, labels) => {
    const dataset = await loadDataset(labels);
    assert.deepEqual([dataset.cases.length, dataset.labels, dataset.hasPatients], [12, ["normal", "scoliosis", "spondylolisthesis"], true]);
    assert.ok(dataset.cases.every(({ region, boxes, split }) => region !== undefined && boxes?.length === 1 && split !== undefined));
    assert.deepEqual(dataset.warnings.filter(({ code }) => code !== "tiny-class"), []);
  });
});

test("any image is made again from truth.jsonl to the same bytes", async () => {
  for (const options of [{ view: "lumbar-lateral", encoding: { format: "png", bitDepth: 16 } }, { view: "disc-mri" }, { experiments: { nearDuplicates: 0.5, hospitals: ["a", "b"], shortcut: { name: "noise", strength: 1 } } }] as Partial<PhantomDatasetOptions>[]) {
    await written({ count: 4, seed: 6, size: 64, ...options }, async (directory, labels) => {
      const names = (await table(labels)).map((row) => path.basename(row["file"]!, ".png")).slice(-2);
      await inFolder(async (other) => {
        for (const made of await makePhantomsAgain({ truth: path.join(directory, "truth.jsonl"), names, directory: other })) {
          assert.ok(made.same && made.files.length >= 4);
          for (const file of made.files) assert.deepEqual(await readFile(path.join(other, file)), await readFile(path.join(directory, file)), file);
        }
      });
    });
  }
});

test("a truth.jsonl that is not one is refused", async () => {
  await written({ count: 2, seed: 6, size: 48 }, async (directory) => {
    const truth = path.join(directory, "truth.jsonl");
    const again = (names: string[]) => () => makePhantomsAgain({ truth, names, directory });
    await assert.rejects(again(["P0001-9"]), { code: "unknown-image", message: /Did you mean "P0001-1"/ });
    await assert.rejects(again([]), { code: "phantom-names" });
    const [line] = (await readFile(truth, "utf8")).split("\n");
    for (const [from, to] of [['"condition":"', '"condition":"x'], ['"kind":"radiograph"', '"kind":"photograph"'], ['"bitDepth":8', '"bitDepth":9'], ['"gamma":1', '"gamma":-1'], ['"name":"P0001-1"', '"name":"../P0001-1"'], ["{", "["]] as const) {
      await writeFile(truth, line!.replace(from, to));
      await assert.rejects(again(["P0001-1"]), { code: "phantom-truth" }, to);
    }
    await rm(truth);
    await assert.rejects(again(["P0001-1"]), { code: "file-enoent" });
  });
});

test("a stopped run goes on to the same bytes, and a finished one is left as it is", async () => {
  const options = { count: 8, seed: 4, size: 64, workers: 1 } as const;
  const whole = await written(options, digest);
  await inFolder(async (directory) => {
    const stop = new AbortController();
    const onProgress = ({ done }: { done: number }): void => (done === 3 ? stop.abort(new Error("stop")) : undefined);
    await assert.rejects(writePhantomDataset({ ...options, directory, onProgress, signal: stop.signal }), /stop/);
    assert.ok(!(await readdir(directory)).includes("labels.csv"));
    // A kill may tear the journal's last line and an image.
    const journal = path.join(directory, "journal.jsonl");
    await writeFile(journal, (await readFile(journal, "utf8")).slice(0, -20));
    await truncate(path.join(directory, "images", (await readdir(path.join(directory, "images")))[0]!), 0);
    const seen: number[] = [];
    const labels = await writePhantomDataset({ ...options, directory, onProgress: ({ done }) => seen.push(done) });
    assert.equal(seen[0], 1);
    assert.equal(await digest(directory), whole);
    await writePhantomDataset({ ...options, directory, onProgress: () => assert.fail("nothing is to be made") });
    assert.equal((await table(labels)).length, 8);
  });
});

test("a folder of something else is refused before anything is written", async () => {
  await inFolder(async (directory) => {
    await writeFile(path.join(directory, "thesis.txt"), "kept");
    const make = (more: object = {}) => () => writePhantomDataset({ count: 2, seed: 1, size: 48, workers: 1, directory, ...more });
    await assert.rejects(make(), { code: "phantom-folder", message: /thesis\.txt/ });
    assert.deepEqual(await readdir(directory), ["thesis.txt"]);
    await rm(path.join(directory, "thesis.txt"));
    await make()();
    for (const other of [{ seed: 2 }, { encoding: { format: "png", bitDepth: 16 } as const }, { encoding: { format: "dicom", bitDepth: 12 } as const }, { count: 3 }]) await assert.rejects(make(other), { code: "phantom-folder", message: /other options/ });
    await assert.rejects(make({ encoding: { format: "png", bitDepth: 12 } }), { code: "phantom-bit-depth" });
    await assert.rejects(make({ directory: path.join(directory, "labels.csv") }), { code: /^file-/ });
  });
});

test("COCO run lengths go down the columns", () => {
  // By hand: a 2 x 3 mask with pixels (0, 1), (0, 2) and (1, 1): columns 00 11 10.
  assert.deepEqual(columnCounts([1, 2, 4, 1], { width: 3, height: 2, box: [1, 0, 2, 2] }), [2, 3, 1]);
  // The last pixel alone, and a whole mask.
  assert.deepEqual(columnCounts([5, 1], { width: 3, height: 2, box: [2, 1, 1, 1] }), [5, 1]);
  assert.deepEqual(columnCounts([0, 3, 3, 3], { width: 3, height: 2, box: [0, 0, 3, 2] }), [0, 6]);
});

test("a PNG decodes to its samples and carries its spacing", async () => {
  const data = Uint16Array.from({ length: 12 }, (_, i) => i * 5000);
  const file = Buffer.from(encodePng({ width: 4, height: 3, data, spacingMm: 0.5 }));
  const raw = await sharp(file).toColourspace("grey16").raw({ depth: "ushort" }).toBuffer();
  assert.deepEqual([...new Uint16Array(raw.buffer, raw.byteOffset, 12)], [...data]);
  // 2,000 pixels a metre are 50.8 to the inch.
  assert.equal((await sharp(file).metadata()).density, 51);
});
