import assert from "node:assert/strict";
import test from "node:test";
import { deflateRawSync } from "node:zlib";
import { seededRandom } from "../../base/index.js";
import { readStoredValues } from "../pixels/stored-values.js";
import { syntheticFile, syntheticFiles } from "../synthetic.testkit.js";
import { buildDataset } from "../write/build-dataset.js";
import { encodeDataset, encodeDicom } from "../write/write-dicom.js";
import { transferSyntaxOf } from "../transfer-syntax.js";
import { parseDicom } from "./parse-dicom.js";

test("a slice written in each compression decodes to one set of values (round trip)", () => {
  const files = syntheticFiles(seededRandom("parse")).map(({ bytes }) => readStoredValues(parseDicom(bytes)).values);
  for (const values of files) assert.deepEqual(values, files[0]);
});

test("a data set without preamble and meta header is read, and says so", () => {
  const bare = encodeDataset(buildDataset({ SOPClassUID: "1.2.840.10008.5.1.4.1.1.1", Modality: "CR", PatientName: "Ä^B", SpecificCharacterSet: "ISO_IR 192" }));
  const file = parseDicom(bare);
  assert.equal(file.dataset.text("PatientName"), "Ä^B");
  assert.deepEqual(file.warnings.map(({ code }) => code), ["dicom-no-preamble", "dicom-no-transfer-syntax"]);
});

test("a deflated data set inflates to what was deflated, within a bound", () => {
  const plain = syntheticFile({ Rows: 4 }, undefined);
  const end = 132 + 12 + new DataView(plain.buffer, plain.byteOffset).getUint32(140, true);
  const header = encodeDicom(buildDataset({}), { ...transferSyntaxOf("1.2.840.10008.1.2.1.99", "x"), codec: "rle" });
  const deflated = Buffer.concat([header, deflateRawSync(plain.subarray(end))]);
  assert.equal(parseDicom(deflated).dataset.number("Rows"), 4);
  const bomb = Buffer.concat([header, deflateRawSync(Buffer.alloc(4_000_000))]);
  assert.throws(() => parseDicom(bomb, { maxInflatedBytes: 1_000_000 }), { code: "dicom-deflate" });
});

test("sequences and items of undefined length, and a sequence written as UN, are read", () => {
  const u16 = (...values: number[]): Buffer => Buffer.from(Uint16Array.from(values).buffer);
  const undefinedLength = Buffer.from([0xff, 0xff, 0xff, 0xff]);
  const rows = Buffer.concat([u16(0x0028, 0x0010), Buffer.from("US"), u16(2, 7)]);
  const sop = Buffer.concat([u16(0x0008, 0x0060), Buffer.from("CS"), u16(2), Buffer.from("CR")]);
  const sequence = Buffer.concat([u16(0x0008, 0x1140), Buffer.from("SQ"), u16(0), undefinedLength, u16(0xfffe, 0xe000), undefinedLength, rows, u16(0xfffe, 0xe00d, 0, 0), u16(0xfffe, 0xe0dd, 0, 0)]);
  assert.equal(parseDicom(Buffer.concat([sop, sequence])).dataset.items("ReferencedImageSequence")[0]!.number("Rows"), 7);
  const implicitRows = Buffer.concat([u16(0x0028, 0x0010), u16(2, 0, 9)]);
  const item = Buffer.concat([u16(0xfffe, 0xe000, implicitRows.length, 0), implicitRows]);
  const unknown = Buffer.concat([u16(0x0008, 0x1140), Buffer.from("UN"), u16(0, item.length, 0), item]);
  assert.equal(parseDicom(Buffer.concat([sop, unknown])).dataset.items("ReferencedImageSequence")[0]!.number("Rows"), 9);
});

test("sequences nested without end are refused", () => {
  let nested = buildDataset({ CodeMeaning: "end" });
  for (let depth = 0; depth < 60; depth++) {
    const outer = buildDataset({});
    outer.set({ tag: 0x00081140, vr: "SQ", bytes: new Uint8Array(0), items: [nested] });
    nested = outer;
  }
  assert.throws(() => parseDicom(encodeDicom(nested)), { code: "dicom-nesting" });
});

for (const [title, bytes, code] of [
  ["0 bytes", new Uint8Array(0), "dicom-format"],
  ["text", Buffer.from("file,label\na.png,normal\n"), "dicom-format"],
  ["a header without data set", Buffer.concat([Buffer.alloc(128), Buffer.from("DICM")]), "dicom-format"],
  ["an MPEG-4 video", encodeDicom(buildDataset({ Modality: "XC" }), { ...transferSyntaxOf("1.2.840.10008.1.2.5", "x"), uid: "1.2.840.10008.1.2.4.102" }), "dicom-transfer-syntax"],
  ["a file cut off in an element", syntheticFile({ PatientComments: "long enough to be cut" }, undefined).subarray(0, -9), "dicom-cut-off"],
] as const) {
  test(`${title}: one clear error that names the file and a remedy`, () => {
    assert.throws(
      () => parseDicom(bytes, { name: "a/b.dcm" }),
      (error: Error & { code?: string }) => error.code === code && /^a\/b\.dcm: expected .+, got .+\. [A-Z].+\.$/s.test(error.message),
    );
  });
}

test("a megabyte of zeros before a last byte is gone through once, and not for every element in it", () => {
  const zeros = Buffer.concat([Buffer.from(encodeDicom(buildDataset({ Modality: "CR" }))), Buffer.alloc(1_000_000), Buffer.from([1, 0])]);
  const started = process.cpuUsage();
  assert.throws(() => parseDicom(zeros), { code: "dicom-cut-off" });
  assert.ok(process.cpuUsage(started).user < 2_000_000);
  assert.equal(parseDicom(zeros.subarray(0, -2)).dataset.text("Modality"), "CR");
});
