import assert from "node:assert/strict";
import { deflateRawSync } from "node:zlib";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import { hashStoredValues, parseDicom } from "../dicom/index.js";
import { syntheticFile } from "../dicom/synthetic.testkit.js";
import { runCli } from "./cli.testkit.js";

const folder = mkdtempSync(path.join(tmpdir(), "osteon-cli-dicom-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function slice(index: number, more: Record<string, string> = {}): Uint8Array {
  const pixels = Uint16Array.from({ length: 32 * 24 }, (_, i) => (i * 5 + index) % 4096);
  const image = { Rows: 32, Columns: 24, SamplesPerPixel: 1, BitsAllocated: 16, BitsStored: 12, HighBit: 11, PixelRepresentation: 0, PhotometricInterpretation: "MONOCHROME2" };
  return syntheticFile(
    { ...image, SOPInstanceUID: `1.2.3.${index}`, StudyInstanceUID: "1.2.3.100", SeriesInstanceUID: "1.2.3.200", Modality: "MR", PatientName: "Mustermann^Erika", PatientID: "ID-47XY11", PatientBirthDate: "19640812", StudyDate: "20240229", InstanceNumber: String(100 - index), ImageOrientationPatient: "0\\1\\0\\0\\0\\-1", ImagePositionPatient: `${4 * index}\\-80\\120`, PixelSpacing: "0.5\\0.5", ...more },
    new Uint8Array(pixels.buffer),
  );
}

/** A ZIP archive written by hand: local entries, the directory, its end. */
function zip(files: Record<string, Uint8Array>): Uint8Array {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const packed = deflateRawSync(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(8, 8);
    local.writeUInt32LE(packed.length, 18);
    local.writeUInt32LE(content.length, 22);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(8, 10);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(content.length, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(at, 42);
    locals.push(local, Buffer.from(name), packed);
    directory.push(central, Buffer.from(name));
    at += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

const input = path.join(folder, "export");
mkdirSync(path.join(input, "deep/er"), { recursive: true });
[3, 1, 2].forEach((index) => writeFileSync(path.join(input, index === 1 ? "deep/er/Mustermann_Erika.dcm" : `IM${index}`), slice(index)));
writeFileSync(path.join(input, "readme.txt"), "not a picture");

test("dicom inspect prints header, geometry, transfer syntax and the hash of the stored values, without identity", async () => {
  const file = path.join(input, "IM3");
  const { stdout, code } = await runCli(["dicom", "inspect", file, "--json"]);
  assert.equal(code, 0);
  const told = JSON.parse(stdout) as { transferSyntax: { uid: string }; header: Record<string, unknown>; geometry: { spacingMm: number[]; turn: number }; pixelSha256: string };
  assert.equal(told.transferSyntax.uid, "1.2.840.10008.1.2.1");
  assert.deepEqual([told.header["Rows"], told.header["Modality"], told.header["PatientName"]], [32, "MR", "(masked)"]);
  assert.deepEqual(told.geometry.spacingMm, [0.5, 0.5]);
  assert.equal(told.pixelSha256, hashStoredValues(parseDicom(readFileSync(file))));
  assert.doesNotMatch(stdout, /Mustermann|47XY11|19640812|20240229/);
  assert.match((await runCli(["dicom", "inspect", file, "--keep-identity"])).stdout, /PatientName +Mustermann\^Erika/);
});

test("dicom tree counts, sorts slices by position and names the middle one, from a folder and from a ZIP archive", async () => {
  const told = JSON.parse((await runCli(["dicom", "tree", input, "--json"])).stdout) as { counts: Record<string, number>; patients: { id: string; studies: { series: { sortedBy: string; files: string[]; middle: string; sliceDistanceMm: number }[] }[] }[] };
  assert.deepEqual(told.counts, { patients: 1, studies: 1, series: 1, images: 3, refused: 0, otherFiles: 1 });
  const [series] = told.patients[0]!.studies[0]!.series;
  // The normal of a sagittal slice whose rows run to the back and columns to the feet points to the patient's right.
  assert.deepEqual([series!.sortedBy, series!.sliceDistanceMm, series!.middle], ["position", 4, "IM2"]);
  assert.deepEqual([series!.files.length, ...series!.files.slice(0, 2)], [3, "IM3", "IM2"]);
  assert.match(series!.files[2]!, /^deep\/er\/hidden-[0-9a-f]{10}\.dcm$/);
  const archive = path.join(folder, "study.zip");
  writeFileSync(archive, zip({ "a/one": slice(1), "two.dcm": slice(2), "notes.txt": Buffer.from("hello") }));
  const zipped = JSON.parse((await runCli(["dicom", "tree", archive, "--json"])).stdout) as { counts: Record<string, number> };
  assert.deepEqual([zipped.counts["images"], zipped.counts["otherFiles"]], [2, 1]);
});

test("dicom deidentify writes files without identity in name, content or message, the same at every run", async () => {
  const key = path.join(folder, "secret.key");
  const first = path.join(folder, "clean");
  const refused = await runCli(["dicom", "deidentify", input, first, "--key-file", key]);
  assert.equal(refused.code, 2);
  const run = await runCli(["dicom", "deidentify", input, first, "--key-file", key, "--create-key", "--option", "retain-modified-dates"]);
  assert.equal(run.code, 0, run.stderr);
  const second = path.join(folder, "again");
  await runCli(["dicom", "deidentify", input, second, "--key-file", key, "--option", "retain-modified-dates"]);
  const names = readdirSync(first, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".dcm")).sort();
  assert.equal(names.length, 3);
  assert.doesNotMatch(run.stdout + run.stderr + names.join(), /Mustermann|Erika|47XY11/i);
  for (const name of names) {
    const bytes = readFileSync(path.join(first, name));
    assert.deepEqual(bytes, readFileSync(path.join(second, name)));
    assert.doesNotMatch(bytes.toString("latin1"), /Mustermann|47XY11|19640812|20240229|1\.2\.3\./);
    const { dataset } = parseDicom(bytes);
    assert.equal(dataset.text("PatientIdentityRemoved"), "YES");
    assert.deepEqual(dataset.items("DeidentificationMethodCodeSequence").map((item) => item.text("CodeValue")), ["113100", "113101", "113107", "113111"]);
    assert.match(dataset.text("StudyDate")!, /^20(1|2)\d{5}$/);
    assert.match(dataset.text("PatientName")!, /^OSTEON-[A-Z0-9]{10}$/);
  }
});

test("a preview writes no DICOM", async () => {
  const out = path.join(folder, "preview");
  const { stdout, code } = await runCli(["dicom", "deidentify", input, out, "--key-file", path.join(folder, "secret.key"), "--preview"]);
  assert.equal(code, 0);
  assert.match(stdout, /nothing written but the pictures/);
  assert.deepEqual(readdirSync(out), []);
});

const shared = path.resolve("../shared/data/dicom");
test("a file cut off is refused by its number, its name untold", { skip: existsSync(shared) ? false : "shared data absent" }, async () => {
  const { stderr, code } = await runCli(["dicom", "deidentify", path.join(shared, "pydicom/MR_truncated.dcm"), path.join(folder, "cut"), "--key-file", path.join(folder, "secret.key")]);
  assert.equal(code, 3);
  assert.match(stderr, /^error: file 1 of 1: expected 8192 bytes/m);
});
