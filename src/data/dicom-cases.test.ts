import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import { decodeImage, decodeSmall } from "../images/index.js";
import { syntheticFile } from "../dicom/synthetic.testkit.js";
import { checkImages } from "./check-images.js";
import { loadDataset } from "./load-dataset.js";

const folder = mkdtempSync(path.join(tmpdir(), "osteon-dicom-cases-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function radiograph(patient: string, instance: number, more: Record<string, string> = {}): Uint8Array {
  const pixels = Uint16Array.from({ length: 32 * 24 }, (_, i) => (i * (instance + 3)) % 4096);
  const image = { Rows: 32, Columns: 24, SamplesPerPixel: 1, BitsAllocated: 16, BitsStored: 12, HighBit: 11, PixelRepresentation: 0, PhotometricInterpretation: "MONOCHROME2" };
  return syntheticFile({ ...image, PatientID: patient, PatientName: "Mustermann^Erika", StudyInstanceUID: `2.25.${instance}`, SOPInstanceUID: `2.25.9${instance}`, ImagerPixelSpacing: "0.2\\0.2", ...more }, new Uint8Array(pixels.buffer));
}

test("a folder of DICOM files, with and without extension, becomes a data set whose patients are pseudonyms", async () => {
  for (const label of ["normal", "scoliosis"]) mkdirSync(path.join(folder, "set", label, "deep"), { recursive: true });
  writeFileSync(path.join(folder, "set/normal/a.dcm"), radiograph("ID-4711", 1));
  writeFileSync(path.join(folder, "set/normal/deep/IM0001"), radiograph("ID-4711", 2));
  writeFileSync(path.join(folder, "set/scoliosis/1.2.840.113.7"), radiograph("ID-0815", 3));
  writeFileSync(path.join(folder, "set/scoliosis/DICOMDIR"), radiograph("ID-0815", 4));
  const dataset = await loadDataset(path.join(folder, "set"));
  assert.deepEqual(dataset.cases.map(({ id }) => id), ["normal/a.dcm", "normal/deep/IM0001", "scoliosis/1.2.840.113.7"]);
  assert.equal(dataset.hasPatients, true);
  assert.equal(dataset.cases[0]!.patient, dataset.cases[1]!.patient);
  assert.notEqual(dataset.cases[0]!.patient, dataset.cases[2]!.patient);
  assert.doesNotMatch(JSON.stringify(dataset), /4711|0815|Mustermann/);
  assert.deepEqual((await loadDataset(path.join(folder, "set"))).cases, dataset.cases, "the same at every run");
  assert.equal((await checkImages(dataset)).cases.length, 3);
});

test("a DICOM image is decoded upright, with its spacing and over the range of its window", async () => {
  const stored = await decodeImage(radiograph("x", 5, { WindowCenter: "2048", WindowWidth: "4096" }));
  assert.deepEqual([stored.height, stored.width, stored.source.format, stored.source.bitDepth], [32, 24, "dicom", 12]);
  assert.ok("spacingMm" in stored);
  assert.deepEqual(stored.spacingMm, [0.2, 0.2]);
  const turned = await decodeImage(radiograph("x", 5, { WindowCenter: "2048", WindowWidth: "4096", PatientOrientation: "R\\F" }));
  for (let r = 0; r < 32; r += 5) for (let c = 0; c < 24; c += 3) assert.equal(turned.pixels[r * 24 + c], stored.pixels[r * 24 + 23 - c]);
});

test("a DICOM image is made small for comparing as any other", async () => {
  const bytes = radiograph("x", 7, { WindowCenter: "2048", WindowWidth: "4096" });
  const [small, whole] = [await decodeSmall(bytes, { longSide: 16 }), await decodeImage(bytes)];
  assert.deepEqual([small.height, small.width, small.sourceHeight, small.sourceWidth], [16, 12, 32, 24]);
  const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  assert.ok(Math.abs(mean(small.pixels) / 255 - mean(whole.pixels)) < 0.01);
});

test("pixels that are not square are made so, and the spacing with them", async () => {
  const image = await decodeImage(radiograph("x", 6, { ImagerPixelSpacing: "0.4\\0.2" }));
  assert.deepEqual([image.height, image.width], [64, 24]);
  assert.ok("spacingMm" in image);
  assert.deepEqual(image.spacingMm, [0.2, 0.2]);
});

test("names, numbers and UIDs in paths are hidden, also of files that cannot be read; headers become columns; --keep-identity keeps the paths", async () => {
  const source = path.join(folder, "named");
  const more = { Modality: "DX", BodyPartExamined: "LSPINE", ViewPosition: "AP", Manufacturer: "Acme Mustermann", PatientSex: "F", PatientAge: "093Y" };
  for (const [file, bytes] of [
    ["normal/MUSTERMANN_ERIKA/IM1.dcm", radiograph("ID-4711", 1, more)],
    ["normal/ID 4711/2.25.92.dcm", radiograph("ID-4711", 2, more)],
    ["scoliosis/xmustermannx.dcm", radiograph("ID-0815", 3, more)],
    ["scoliosis/Erika/cut.dcm", radiograph("ID-0815", 4, more).subarray(0, 300)],
    ["scoliosis/plain/IM7.dcm", radiograph("ID-0815", 3, { ...more, SOPInstanceUID: "2.25.77" })],
    ["Erika Mustermann.pdf", Buffer.from("letter")],
  ] as const) {
    mkdirSync(path.dirname(path.join(source, file)), { recursive: true });
    writeFileSync(path.join(source, file), bytes);
  }
  const dataset = await loadDataset(source);
  const told = JSON.stringify({ ...dataset, cases: dataset.cases.map((one) => ({ ...one, file: "" })) });
  assert.doesNotMatch(told, /mustermann|erika|4711|0815|2\.25\.9?[1-4]"/i);
  const plain = dataset.cases.find(({ id }) => id === "scoliosis/plain/IM7.dcm")!;
  const { study_instance_uid: study, series_instance_uid: _, sop_instance_uid: __, ...fields } = plain.fields;
  assert.deepEqual(fields, { modality: "DX", body_part: "LSPINE", view: "AP", sex: "F", age: "90" }, "a maker that repeats the name is left out, and an age above 89 is not told");
  assert.equal(dataset.cases.filter((one) => one.fields["study_instance_uid"] === study).length, 2, "images of one study share its pseudonym");
  assert.ok(dataset.columns.includes("view"));
  await assert.rejects(checkImages(dataset), (error: Error) => !/erika/i.test(error.message) && /hidden-[0-9a-f]{10}\/cut\.dcm/.test(error.message));
  const kept = await loadDataset(source, { keepIdentity: true });
  assert.ok(kept.cases.some(({ id, keepIdentity }) => id === "normal/MUSTERMANN_ERIKA/IM1.dcm" && keepIdentity === true));
  const [one, other] = [await loadDataset(source, { key: Buffer.alloc(16, 7) }), await loadDataset(path.join(folder, "set"), { key: Buffer.alloc(16, 7) })];
  assert.equal(one.cases.find(({ id }) => id.endsWith("IM7.dcm"))!.patient, other.cases.find(({ id }) => id.startsWith("scoliosis"))!.patient, "with a key, a patient has one pseudonym in every data set");
});
