import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import { loadDataset } from "./load-dataset.js";

const root = mkdtempSync(path.join(tmpdir(), "osteon-data-"));
after(() => rmSync(root, { recursive: true, force: true }));

let made = 0;
/** A folder with empty files of the given names; loading opens no image. */
function folderOf(files: readonly string[]): string {
  const folder = path.join(root, `set ${made++}`);
  mkdirSync(folder);
  for (const file of files) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), "x");
  }
  return folder;
}

function tableOf(files: readonly string[], csv: string | Uint8Array): string {
  const table = path.join(folderOf(files), "labels.csv");
  writeFileSync(table, csv);
  return table;
}

const abcd = ["a.png", "b.png", "c.png", "d.png"];

test("a CSV gives cases in its order, meanings and free columns apart", async () => {
  const csv = "file,label,Patient,group,split,age,mask,boxes\na.png,normal,1,x,train,40,c.png,\nb.png,scoliosis,2,,test,,,1 2 3 4; 5 6 7.5 8\n";
  const dataset = await loadDataset(tableOf(abcd, csv));
  assert.deepEqual(dataset.labels, ["normal", "scoliosis"]);
  assert.deepEqual(dataset.columns, ["age"]);
  assert.equal(dataset.hasPatients, true);
  const [a, b] = dataset.cases;
  assert.equal(a!.id, "a.png");
  assert.ok(path.isAbsolute(a!.file) && path.isAbsolute(a!.region!));
  assert.deepEqual([a!.patient, a!.group, a!.split, a!.fields, a!.boxes], ["1", "x", "train", { age: "40" }, undefined]);
  assert.deepEqual([b!.group, b!.region, b!.boxes], [undefined, undefined, [{ row: 1, column: 2, height: 3, width: 4 }, { row: 5, column: 6, height: 7.5, width: 8 }]]);
});

test("BOM, CRLF, semicolons, tabs, quotes, commas, spaces and non-Latin names are read", async () => {
  const files = ["a, b.png", "脊柱 1.png", "Wirbelsäule.png", 'he said "x".png', "sub/c.png"];
  const quoted = (separator: string) => `\uFEFFfile${separator}label\r\n"a, b.png"${separator}normal\r\n脊柱 1.png${separator}側弯\r\n\r\nWirbelsäule.png${separator}normal\r\n"he said ""x"".png"${separator}側弯\r\nsub\\c.png${separator}normal\r\n`;
  for (const separator of [",", ";", "\t"]) {
    const { cases, labels } = await loadDataset(tableOf(files, quoted(separator)));
    assert.deepEqual(cases.map(({ file }) => path.basename(file)), ["a, b.png", "脊柱 1.png", "Wirbelsäule.png", 'he said "x".png', "c.png"]);
    assert.deepEqual(labels, ["normal", "側弯"]);
  }
});

test("a name whose letters are composed another way is found", async () => {
  const { cases } = await loadDataset(tableOf(["Wirbelsäule.png".normalize("NFC"), "b.png"], `file,label\n${"Wirbelsäule.png".normalize("NFD")},x\nb.png,y\n`));
  assert.equal(cases.length, 2);
});

test("where keeps the rows that meet every condition, and only those are checked", async () => {
  const csv = "file,label,series,sex\na.png,n,A,F\nb.png,s,A,F\nno such.png,s,B,F\nc.png,s,A,M\nd.png,n,C,F\n";
  const table = tableOf(abcd, csv);
  const ids = async (where: Record<string, string | string[]>) => (await loadDataset(table, { where })).cases.map(({ id }) => id);
  assert.deepEqual(await ids({ series: "A" }), ["a.png", "b.png", "c.png"]);
  assert.deepEqual(await ids({ series: "A", sex: "F" }), ["a.png", "b.png"]);
  assert.deepEqual(await ids({ series: ["A", "C"], sex: "F" }), ["a.png", "b.png", "d.png"]);
  await assert.rejects(ids({ serie: "A" }), { code: "unknown-column", message: /Did you mean "series"\?$/ });
  await assert.rejects(ids({ series: "Z" }), { code: "where-empty", message: /\(A, B, C\), got "Z"/ });
  await assert.rejects(ids({ series: "C", sex: "M" }), { code: "where-empty" });
});

test("columns may be named otherwise", async () => {
  const { cases } = await loadDataset(tableOf(abcd, "image,diagnosis\na.png,n\nb.png,s\n"), { columns: { file: "image", label: "diagnosis" } });
  assert.deepEqual(cases.map(({ label }) => label), ["n", "s"]);
  await assert.rejects(loadDataset(tableOf(abcd, "file,label\na.png,n\n"), { columns: { label: "diagnosis" } }), { code: "unknown-column" });
});

const badTables: { title: string; csv: string | Uint8Array; code: string; says: RegExp }[] = [
  { title: "missing files", csv: "file,label\nq.png,n\na.png,n\nb.png,s\nr.png,s\n", code: "file-missing", says: /got 2 problems: line 2, q\.png: no such file; line 5, r\.png: no such file\. Correct these lines, or set .* aside/ },
  { title: "one file with two labels", csv: "file,label\na.png,n\nb.png,s\n./a.png,s\n", code: "two-labels", says: /labels n and s \(lines 2, 4\)/ },
  { title: "a file listed twice", csv: "file,label\na.png,n\nb.png,s\na.png,n\n", code: "listed-twice", says: /line 4, a\.png: listed already on line 2/ },
  { title: "an empty label", csv: "file,label\na.png,\nb.png,s\n", code: "label-empty", says: /line 2, a\.png/ },
  { title: "an empty file", csv: "file,label\na.png,n\n,s\n", code: "file-empty", says: /line 3: the file is empty/ },
  { title: "an empty patient", csv: "file,label,patient\na.png,n,\nb.png,s,2\n", code: "patient-empty", says: /line 2/ },
  { title: "a wrong number of cells", csv: "file,label\na.png,n,x\nb.png,s\n", code: "row-cells", says: /line 2: expected 2 cells, got 3/ },
  { title: "wrong boxes", csv: "file,label,boxes\na.png,n,1 2 3\nb.png,s,\n", code: "boxes", says: /"row column height width/ },
  { title: "a missing mask", csv: "file,label,region\na.png,n,m.png\nb.png,s,\n", code: "region-missing", says: /m\.png/ },
  { title: "problems of several kinds", csv: "file,label\nq.png,n\na.png,\nb.png,s\n", code: "dataset-rows", says: /line 2, q\.png: no such file; line 3, a\.png: the label/ },
  { title: "one class", csv: "file,label\na.png,n\nb.png,n\n", code: "one-class", says: /only "n"/ },
  { title: "no rows", csv: "file,label\n", code: "no-cases", says: /got none/ },
  { title: "nothing at all", csv: "", code: "table-empty", says: /empty file/ },
  { title: "no label column", csv: "file,lable\na.png,n\n", code: "table-columns", says: /column "label", got file, lable\. Rename "lable"/ },
  { title: "a column twice", csv: "file,label,label\na.png,n,n\n", code: "table-columns", says: /"label" twice/ },
  { title: "an open quote", csv: 'file,label\n"a.png,n\nb.png,s\n', code: "table-syntax", says: /Check the quotes/ },
  { title: "another encoding", csv: Buffer.from("file,label\nWirbels\xe4ule.png,n\n", "latin1"), code: "table-encoding", says: /CSV UTF-8/ },
  { title: "UTF-16", csv: Buffer.from("\ufefffile,label\n", "utf16le"), code: "table-encoding", says: /UTF-16/ },
  { title: "a spreadsheet", csv: Buffer.from("PK\x03\x04..."), code: "table-encoding", says: /a spreadsheet file/ },
];

for (const { title, csv, code, says } of badTables) {
  test(`${title}: refused with the lines and the remedy`, async () => {
    await assert.rejects(loadDataset(tableOf(abcd, csv)), (error: Error & { code: string }) => {
      assert.equal(error.code, code);
      assert.match(error.message, /^labels\.csv: expected .+, got .+\. .+\.$/s);
      assert.match(error.message, says);
      return true;
    });
  });
}

test("more than ten problems are counted, not all printed", async () => {
  const rows = Array.from({ length: 25 }, (_, i) => `q${i}.png,n\n`).join("");
  await assert.rejects(loadDataset(tableOf(abcd, `file,label\n${rows}`)), { message: /got 25 problems: .*; and 15 more\./ });
});

test("skipBad sets bad rows aside, counts them and warns", async () => {
  const csv = "file,label\na.png,n\nb.png,s\nq.png,s\nc.png,n\nc.png,s\nd.png,\n,n\n";
  const dataset = await loadDataset(tableOf(abcd, csv), { skipBad: true });
  assert.deepEqual(dataset.cases.map(({ id }) => id), ["a.png", "b.png"]);
  assert.deepEqual(dataset.setAside.map(({ file }) => file), ["q.png", "c.png", "c.png", "d.png", "line 8"]);
  assert.match(dataset.setAside[0]!.reason, /line 4: no such file/);
  assert.match(dataset.warnings.find(({ code }) => code === "set-aside")!.message, /5 of 7 cases were set aside/);
});

test("no patients, tiny classes and misspelled columns are said as warnings", async () => {
  const { warnings, hasPatients } = await loadDataset(tableOf(abcd, "file,label,patient_id\na.png,n,1\nb.png,s,2\n"));
  assert.equal(hasPatients, false);
  assert.deepEqual(warnings.map(({ code }) => code), ["near-column", "no-patients", "tiny-class", "tiny-class"]);
});

test("labels may be given in order; others are bad", async () => {
  const table = tableOf(abcd, "file,label\na.png,n\nb.png,s\nc.png,x\n");
  await assert.rejects(loadDataset(table, { labels: ["s", "n"] }), { code: "label-unknown", message: /c\.png: label "x" is none of s, n/ });
  assert.deepEqual((await loadDataset(table, { labels: ["s", "n"], skipBad: true })).labels, ["s", "n"]);
});

test("the hash follows what the table says of the cases and nothing else", async () => {
  const hash = async (csv: string) => (await loadDataset(tableOf(abcd, csv))).sha256;
  const first = await hash("file,label\na.png,n\nb.png,s\n");
  assert.equal(first, await hash("file;label\r\na.png;n\r\nb.png;s\r\n"));
  assert.notEqual(first, await hash("file,label\na.png,s\nb.png,n\n"));
});

test("a folder of folders gives sorted cases, passes other files over and says so", async () => {
  const folder = folderOf(["scoliosis/b.JPG", "normal/deep er/a.png", "normal/Thumbs.db", ".hidden/x.png", "normal/.x.png", "readme.txt", "labels.csv", "empty/notes.txt"]);
  symlinkSync(path.join(folder, "scoliosis/b.JPG"), path.join(folder, "normal/link.jpg"));
  const { cases, labels, warnings, name } = await loadDataset(folder);
  assert.deepEqual(cases.map(({ id, label }) => [id, label]), [["normal/link.jpg", "normal"], ["normal/deep er/a.png", "normal"], ["scoliosis/b.JPG", "scoliosis"]]);
  assert.deepEqual(labels, ["normal", "scoliosis"]);
  assert.match(name, /^set \d+$/);
  assert.deepEqual(warnings.map(({ code }) => code), ["table-not-read", "empty-folder", "passed-over", "no-patients", "tiny-class", "tiny-class"]);
  assert.match(warnings[2]!.message, /3 files .*readme\.txt/);
});

test("folders that are no data set are refused", async () => {
  await assert.rejects(loadDataset(folderOf(["a.png"])), { code: "folder-classes", message: /one folder per class/ });
  await assert.rejects(loadDataset(folderOf(["train/x/a.png", "test/x/b.png"])), { code: "folder-classes", message: /got test, train/ });
  await assert.rejects(loadDataset(folderOf(["x/a.png"])), { code: "one-class" });
  await assert.rejects(loadDataset(folderOf(["x/a.txt", "y/b.txt"])), { code: "no-cases" });
  await assert.rejects(loadDataset(folderOf(["x/a.png", "y/b.png"]), { where: { series: "A" } }), { code: "where-folder" });
  await assert.rejects(loadDataset(path.join(root, "nowhere")), { code: "file-enoent" });
});

const spine = path.resolve("../shared/data/spine-xray/labels.csv");
test("the real table loads: 109 of series A, 170 in all", { skip: existsSync(spine) ? false : "shared data absent" }, async () => {
  const a = await loadDataset(spine, { where: { series: "A" } });
  assert.deepEqual([a.cases.length, a.labels, a.hasPatients], [109, ["normal", "scoliosis"], false]);
  assert.equal((await loadDataset(spine)).cases.length, 170);
});
