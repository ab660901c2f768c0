import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import { createPseudonyms, listDicomFiles, parseDicom, parseSliceChoice, chooseSlices, readStoredValues } from "../../dicom/index.js";
import { syntheticFile } from "../../dicom/synthetic.testkit.js";
import { auditLeaks } from "../leaks/audit-leaks.js";
import { loadDataset } from "../load-dataset.js";
import { importDicom } from "./import-dicom.js";
import { labelByFolder, readImportLabels } from "./import-labels.js";

const folder = mkdtempSync(path.join(tmpdir(), "osteon-import-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function image(seed: number, more: Record<string, string>): Uint8Array {
  const pixels = Uint16Array.from({ length: 32 * 24 }, (_, i) => (i * (seed + 3) + seed * seed) % 4096);
  const module = { Rows: 32, Columns: 24, SamplesPerPixel: 1, BitsAllocated: 16, BitsStored: 12, HighBit: 11, PixelRepresentation: 0, PhotometricInterpretation: "MONOCHROME2" };
  return syntheticFile({ ...module, PatientName: "Mustermann^Erika", SOPInstanceUID: `2.25.9${seed}`, ...more }, new Uint8Array(pixels.buffer));
}

const source = path.join(folder, "export/normal/MUSTERMANN/deep");
mkdirSync(source, { recursive: true });
// A sagittal stack whose files are named in another order than they lie, and a radiograph in two views.
const sagittal = "0\\1\\0\\0\\0\\-1";
for (let slice = 0; slice < 6; slice++) {
  const more = { Modality: "MR", PatientID: "ID-4711", StudyInstanceUID: "2.25.1", SeriesInstanceUID: "2.25.11", ImageOrientationPatient: sagittal, ImagePositionPatient: `${[30, 10, 20, 0, 50, 40][slice]}\\0\\0`, InstanceNumber: String(slice) };
  writeFileSync(path.join(source, `IM${slice}`), image(slice, more));
}
for (const [i, view] of ["AP", "LL"].entries()) writeFileSync(path.join(source, `CR${i}`), image(10 + i, { Modality: "CR", ViewPosition: view, BodyPartExamined: "LSPINE", PatientID: "ID-0815", PatientAge: "050Y", PatientSex: "M", StudyInstanceUID: "2.25.2", SeriesInstanceUID: "2.25.21", InstanceNumber: "1" }));

const pseudonyms = createPseudonyms(Buffer.alloc(16, 3));
const rowsOf = (file: string): string[][] => readFileSync(file, "utf8").trim().split("\n").map((line) => line.split(","));

test("an export becomes a data set: the slices named by position, no identity in any byte, labels by folder", async () => {
  const { files } = await listDicomFiles(path.join(folder, "export"));
  const out = path.join(folder, "set");
  const imported = await importDicom({ files, out, slices: { kind: "around", count: 3 }, pseudonyms, labelOf: labelByFolder });
  assert.deepEqual(imported.counts, { patients: 2, studies: 2, series: 2, images: 8, stacks: 1, otherPlanes: 0 });
  const [head, ...rows] = rowsOf(imported.table);
  const column = (name: string): string[] => rows.map((row) => row[head!.indexOf(name)]!);
  assert.deepEqual([column("modality").sort(), column("label")], [["CR", "CR", "MR", "MR", "MR"], Array.from({ length: 5 }, () => "normal")]);
  // Positions along the normal: six slices, the third is the middle, and one on either side goes with it.
  assert.deepEqual(column("slice").filter((slice) => slice !== "").sort(), ["2", "3", "4"]);
  assert.deepEqual(new Set(column("plane")), new Set(["sagittal", ""]));
  const written = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const entry of written) assert.doesNotMatch(`${entry.name} ${readFileSync(path.join(entry.parentPath, entry.name)).toString("latin1")}`, /mustermann|erika|4711|0815|2\.25\.(1|2|11|21|9\d+)[^\d]/i);
});

test("parts of one study on both sides of a split are found by the pseudonyms of their UIDs", async () => {
  const { files } = await listDicomFiles(path.join(folder, "export"));
  const labels = path.join(folder, "labels.csv");
  writeFileSync(labels, "SOPInstanceUID,label\n2.25.910,normal\n2.25.911,tumour\n2.25.90,normal\n2.25.91,tumour\n2.25.92,normal\n2.25.93,tumour\n2.25.94,normal\n2.25.95,tumour\n");
  const imported = await importDicom({ files, out: path.join(folder, "leaky"), slices: { kind: "all" }, pseudonyms, labelOf: await readImportLabels(labels) });
  // Without patients and units, as a careless table is.
  const text = readFileSync(imported.table, "utf8").replace("file,label,patient,unit", "file,label,who,whole");
  writeFileSync(imported.table, text);
  const dataset = await loadDataset(imported.table);
  const audit = await auditLeaks({ cases: dataset.cases.map(({ patient: _, ...rest }) => rest) });
  assert.ok(audit.pairs.some(({ kind, column }) => kind === "dicom-uid" && column === "study_instance_uid"));
});

test("with the identity kept, files are what they were; a plane that is not asked for is left out", async () => {
  const { files } = await listDicomFiles(path.join(folder, "export"));
  const imported = await importDicom({ files, out: path.join(folder, "kept"), slices: { kind: "middle" }, planes: ["axial"] });
  assert.deepEqual([imported.written, imported.counts.otherPlanes, imported.unlabelled], [2, 1, 2]);
  assert.deepEqual(readFileSync(path.join(folder, "kept/images/2.25.910.dcm")), Buffer.from(image(10, { Modality: "CR", ViewPosition: "AP", BodyPartExamined: "LSPINE", PatientID: "ID-0815", PatientAge: "050Y", PatientSex: "M", StudyInstanceUID: "2.25.2", SeriesInstanceUID: "2.25.21", InstanceNumber: "1" })));
});

test("slices around the middle, at the ends and where there are too few", () => {
  const stack = { images: 5, sortedBy: "position", files: ["a", "b", "c", "d", "e"] } as const;
  assert.deepEqual(chooseSlices(stack, { kind: "middle" }), ["c"]);
  assert.deepEqual(chooseSlices(stack, { kind: "around", count: 4 }), ["b", "c", "d", "e"]);
  assert.deepEqual(chooseSlices(stack, { kind: "around", count: 9 }), [...stack.files]);
  assert.deepEqual(chooseSlices({ ...stack, files: ["a", "b"], images: 2 }, { kind: "middle" }), ["a"]);
  assert.deepEqual(chooseSlices({ ...stack, sortedBy: "instance-number" }, { kind: "middle" }), [...stack.files], "views are no slices");
  assert.deepEqual(parseSliceChoice("around:5"), { kind: "around", count: 5 });
  for (const text of ["", "center", "around:0", "around:-1"]) assert.throws(() => parseSliceChoice(text), { code: "slices" });
});

test("of a file of several frames the chosen ones become images of their own, in the order of their places", async () => {
  const place = (frame: number): object => ({ PlanePositionSequence: [{ ImagePositionPatient: `${[40, 0, 30, 10, 20][frame]}\\0\\0` }], PlaneOrientationSequence: [{ ImageOrientationPatient: sagittal }] });
  const pixels = Buffer.concat(Array.from({ length: 5 }, (_, frame) => Buffer.alloc(32 * 24, 10 + frame)));
  const module = { Rows: 32, Columns: 24, SamplesPerPixel: 1, BitsAllocated: 8, BitsStored: 8, HighBit: 7, PixelRepresentation: 0, PhotometricInterpretation: "MONOCHROME2", NumberOfFrames: 5, SOPClassUID: "1.2.840.10008.5.1.4.1.1.4.1", PatientID: "ID-4711", PatientName: "Mustermann^Erika", Modality: "MR", StudyInstanceUID: "2.25.4", SeriesInstanceUID: "2.25.41", SOPInstanceUID: "2.25.411" };
  const multi = path.join(folder, "multi");
  mkdirSync(multi);
  writeFileSync(path.join(multi, "IM0"), syntheticFile({ ...module, PerFrameFunctionalGroupsSequence: Array.from({ length: 5 }, (_, frame) => place(frame)) } as never, pixels));
  const { files } = await listDicomFiles(multi);
  for (const [choice, greys] of [["middle", [14]], ["all", [10, 11, 12, 13, 14]]] as const) {
    const out = path.join(folder, `frames-${choice}`);
    const imported = await importDicom({ files, out, slices: parseSliceChoice(choice), pseudonyms });
    const [head, ...rows] = rowsOf(imported.table);
    const values = rows.map((row) => readStoredValues(parseDicom(readFileSync(path.join(out, row[head!.indexOf("file")]!)))).values[0]!);
    assert.deepEqual(values.toSorted((a, b) => a - b), greys);
    // Every frame of one file is decided on as one.
    assert.equal(new Set(rows.map((row) => row[head!.indexOf("unit")])).size, 1);
    assert.deepEqual(rows.map((row) => row[head!.indexOf("slices")]), greys.map(() => "5"));
  }
});
