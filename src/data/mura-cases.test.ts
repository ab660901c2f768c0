import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import { loadDataset } from "./load-dataset.js";
import { planFolds } from "./splits/plan-folds.js";

const root = mkdtempSync(path.join(tmpdir(), "osteon-mura-"));
after(() => rmSync(root, { recursive: true, force: true }));

const train = ["XR_SHOULDER/patient00001/study1_positive/image1.png", "XR_SHOULDER/patient00001/study1_positive/image2.png", "XR_WRIST/patient00001/study1_negative/image1.png", "XR_SHOULDER/patient00002/study1_negative/image1.png"];
const valid = ["XR_SHOULDER/patient11185/study1_negative/image1.png", "XR_WRIST/patient11186/study1_positive/image1.png", "XR_WRIST/patient11186/study2_negative/image1.png"];

/** A folder with files of the given names; loading opens no image. */
function folderOf(name: string, files: readonly string[]): string {
  const folder = path.join(root, name);
  for (const file of files) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), file);
  }
  return folder;
}

// Oracle: the data set's paper, arXiv:1712.06957: labels belong to studies, patients to folders.
test("MURA's folders give patient, label, study, body part and split", async () => {
  const folder = folderOf("MURA-v1.1", [...train.map((file) => `train/${file}`), ...valid.map((file) => `valid/${file}`), "train_image_paths.csv", "train/XR_SHOULDER/patient00001/study1_positive/._image1.png"]);
  const dataset = await loadDataset(folder);
  assert.deepEqual([dataset.cases.length, dataset.labels, dataset.columns, dataset.hasPatients], [7, ["abnormal", "normal"], ["body_part"], true]);
  const [first] = dataset.cases;
  assert.deepEqual(
    { ...first!, file: "" },
    { id: "train/XR_SHOULDER/patient00001/study1_positive/image1.png", file: "", label: "abnormal", patient: "patient00001", unit: "train/XR_SHOULDER/patient00001/study1_positive", split: "train", fields: { body_part: "shoulder" } },
  );
  assert.deepEqual(dataset.cases.filter(({ split }) => split === "test").map(({ label }) => label), ["normal", "abnormal", "normal"]);
  assert.equal(new Set(dataset.cases.map(({ unit }) => unit)).size, 6);
  assert.deepEqual(planFolds(dataset, { folds: 5, seed: 1 }), [{ train: [0, 1, 2, 3].map((i) => dataset.cases.findIndex(({ id }) => id === `train/${[...train].sort()[i]}`)), test: [4, 5, 6] }]);
  assert.deepEqual(dataset.warnings.map(({ code }) => code).filter((code) => code !== "tiny-class"), ["published-split"]);
});

test("a body part is chosen as from a column, and one part alone has no split", async () => {
  const folder = folderOf("again", [...train.map((file) => `train/${file}`), ...valid.map((file) => `valid/${file}`)]);
  const wrists = await loadDataset(folder, { where: { body_part: "wrist" } });
  assert.deepEqual([wrists.cases.length, wrists.filteredOut], [3, 4]);
  await assert.rejects(loadDataset(folder, { where: { body_part: "wrst" } }), { code: "where-empty" });
  await assert.rejects(loadDataset(folder, { where: { part: "wrist" } }), { code: "unknown-column" });
  const shoulders = await loadDataset(folderOf("train", train));
  assert.ok(shoulders.cases.every(({ split }) => split === undefined));
  const one = await loadDataset(path.join(root, "train", "XR_SHOULDER"));
  assert.deepEqual([one.cases.length, one.cases[0]!.fields], [3, { body_part: "shoulder" }]);
});

test("a table's column unit makes images of one exam one decision; a unit of two labels or patients is refused", async () => {
  const folder = folderOf("table", ["a.png", "b.png", "c.png", "d.png"]);
  const table = (name: string, csv: string): string => {
    writeFileSync(path.join(folder, name), csv);
    return path.join(folder, name);
  };
  const dataset = await loadDataset(table("good.csv", "file,label,unit\na.png,n,e1\nb.png,n,e1\nc.png,s,e2\nd.png,s,\n"));
  assert.deepEqual(dataset.cases.map(({ unit }) => unit), ["e1", "e1", "e2", undefined]);
  // Four exams of two images: on one side of every split, though no patient says so.
  const cases = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => ({ ...dataset.cases[0]!, id: `${i}`, label: i < 4 ? "n" : "s", unit: `e${i >> 1}` }));
  for (const { test: tested } of planFolds({ ...dataset, cases }, { folds: 2, seed: 1 })) assert.ok(cases.every((_, i) => tested.includes(i) === tested.includes(i ^ 1)));
  await assert.rejects(loadDataset(table("labels.csv", "file,label,unit\na.png,n,e1\nb.png,s,e1\nc.png,s,e2\nd.png,n,\n")), { code: "unit-mixed", message: /the labels n and s/ });
  await assert.rejects(loadDataset(table("patients.csv", "file,label,unit,patient\na.png,n,e1,p\nb.png,n,e1,q\nc.png,s,e2,p\nd.png,n,,p\n")), { code: "unit-mixed", message: /2 patients/ });
  const kept = await loadDataset(path.join(folder, "labels.csv"), { skipBad: true });
  assert.deepEqual([kept.cases.length, kept.setAside.length], [2, 2]);
});
