import assert from "node:assert/strict";
import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import test, { after } from "node:test";
import { sha256OfFile } from "../files/index.js";
import { checkImages } from "./check-images.js";
import { createDataPool } from "./data-pool.js";
import { makeImage, makeImageFolder } from "./image-folder.testkit.js";
import { loadDataset } from "./load-dataset.js";
import { stratifiedGroupKFold } from "./splits/stratified-group-k-fold.js";

const pool = createDataPool({ workers: 1 });
const folders: string[] = [];
after(async () => {
  await pool.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
async function newFolder(perClass = 3): Promise<string> {
  const folder = await makeImageFolder(perClass);
  folders.push(folder);
  return folder;
}

test("good images pass, their content hashes are noted and progress is told", async () => {
  const dataset = await loadDataset(await newFolder());
  const seen: number[] = [];
  const checked = await checkImages(dataset, { pool, onProgress: ({ done, total, unit }) => seen.push(done / total) && assert.equal(unit, "images") });
  for (const { file, contentSha256 } of checked.cases) assert.equal(contentSha256, await sha256OfFile(file));
  assert.equal(seen.at(-1), 1);
  assert.equal(checked.sha256, dataset.sha256);
  assert.deepEqual(checked.warnings, dataset.warnings);
});

test("every bad image is listed in one error, or set aside and counted", async () => {
  const folder = await newFolder();
  const good = await makeImage("good");
  writeFileSync(path.join(folder, "normal/cut, 1.png"), good.subarray(0, good.length / 2));
  writeFileSync(path.join(folder, "normal/empty.png"), "");
  writeFileSync(path.join(folder, "scoliosis/文字.png"), "file,label");
  writeFileSync(path.join(folder, "scoliosis/tiny.png"), await makeImage("tiny", 1, 1));
  const dataset = await loadDataset(folder);
  await assert.rejects(checkImages(dataset, { pool }), (error: Error & { code: string }) => {
    assert.equal(error.code, "dataset-rows");
    for (const part of [/got 4 problems/, /normal\/cut, 1\.png: expected a complete PNG/, /normal\/empty\.png: .*0 bytes/, /scoliosis\/文字\.png: .*got text/, /tiny\.png: .*1 x 1/, /skipBad/]) assert.match(error.message, part);
    return true;
  });
  const checked = await checkImages(dataset, { pool, skipBad: true });
  assert.equal(checked.cases.length, 6);
  assert.deepEqual(checked.setAside.map(({ file }) => file), ["normal/cut, 1.png", "normal/empty.png", "scoliosis/tiny.png", "scoliosis/文字.png"]);
  assert.match(checked.warnings.find(({ code }) => code === "set-aside")!.message, /4 of 10 cases/);
  assert.equal((await checkImages(dataset, { pool, skipBad: true, depth: "header" })).cases.length, 7, "a header cannot tell that pixels are missing");
});

test("one image under two labels is refused, or all its copies set aside", async () => {
  const folder = await newFolder();
  copyFileSync(path.join(folder, "normal/normal 0.png"), path.join(folder, "scoliosis/copy.png"));
  const dataset = await loadDataset(folder);
  await assert.rejects(checkImages(dataset, { pool }), { code: "two-labels", message: /normal\/normal 0\.png: the same image as scoliosis\/copy\.png, labelled normal here and scoliosis there/ });
  const checked = await checkImages(dataset, { pool, skipBad: true });
  assert.deepEqual([checked.cases.length, checked.setAside.length], [5, 2]);
});

test("copies under one label are told and stay on one side of a split", async () => {
  const folder = await newFolder(6);
  copyFileSync(path.join(folder, "normal/normal 0.png"), path.join(folder, "normal/copy.png"));
  const checked = await checkImages(await loadDataset(folder), { pool });
  assert.match(checked.warnings.find(({ code }) => code === "same-content")!.message, /normal\/copy\.png = normal\/normal 0\.png/);
  const at = (id: string) => checked.cases.findIndex((one) => one.id === id);
  for (const { test } of stratifiedGroupKFold(checked.cases, { folds: 3, seed: 1 })) assert.equal(test.includes(at("normal/copy.png")), test.includes(at("normal/normal 0.png")));
});

test("a mask of another size and a box outside are refused", async () => {
  const folder = await newFolder();
  const table = path.join(folder, "t.csv");
  const write = (region: string, boxes: string) => writeFileSync(table, `file,label,region,boxes\nnormal/normal 0.png,n,${region},${boxes}\nscoliosis/scoliosis 0.png,s,,\n`);
  writeFileSync(path.join(folder, "mask.png"), await makeImage("mask", 20, 60));
  write("mask.png", "");
  await assert.rejects(loadDataset(table).then((set) => checkImages(set, { pool })), { code: "region-size", message: /40 x 60, got 20 x 60/ });
  write("", "50 0 11 5");
  await assert.rejects(loadDataset(table).then((set) => checkImages(set, { pool })), { code: "region-size", message: /boxes inside/ });
  write("", "50 0 10 5");
  assert.equal((await checkImages(await loadDataset(table), { pool })).cases.length, 2);
});

test("when what is left is one class, that is said", async () => {
  const folder = await newFolder(1);
  writeFileSync(path.join(folder, "normal/normal 0.png"), "");
  await assert.rejects(checkImages(await loadDataset(folder), { pool, skipBad: true }), { code: "one-class" });
});

test("a check can be aborted", async () => {
  const dataset = await loadDataset(await newFolder());
  await assert.rejects(checkImages(dataset, { pool, signal: AbortSignal.abort(new Error("stopped")) }), /stopped/);
});
