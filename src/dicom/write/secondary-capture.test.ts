import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { parseDicom } from "../parse/parse-dicom.js";
import { readStoredValues } from "../pixels/stored-values.js";
import { syntheticFile } from "../synthetic.testkit.js";
import { encodeSecondaryCapture, type SecondaryCapture } from "./secondary-capture.js";

const picture: SecondaryCapture = { data: Uint8Array.from({ length: 20 * 30 * 3 }, (_, i) => i % 256), height: 20, width: 30, channels: 3, seriesDescription: "Grad-CAM, scoliosis", manufacturerModelName: "Osteon", softwareVersions: "0.1.0" };
const source = parseDicom(syntheticFile({ PatientName: "OSTEON-A", PatientID: "OSTEON-A", PatientBirthDate: "", PatientSex: "F", StudyInstanceUID: "2.25.1", SeriesInstanceUID: "2.25.2", SOPInstanceUID: "2.25.3", StudyDate: "20240229", StudyTime: "101500", ReferringPhysicianName: "", StudyID: "1", AccessionNumber: "", PatientOrientation: "L\\F" }, undefined));

test("a capture has the picture's pixels, the patient and study of its source, and names it", () => {
  const { dataset, ...rest } = parseDicom(encodeSecondaryCapture(source, picture));
  assert.deepEqual(readStoredValues({ dataset, ...rest }).values, picture.data);
  assert.deepEqual([dataset.text("PatientID"), dataset.text("StudyInstanceUID")], ["OSTEON-A", "2.25.1"]);
  assert.equal(dataset.items("SourceImageSequence")[0]!.text("ReferencedSOPInstanceUID"), "2.25.3");
  assert.notEqual(dataset.text("SOPInstanceUID"), "2.25.3");
});

test("the same result is the same object, another one another", () => {
  assert.deepEqual(encodeSecondaryCapture(source, picture), encodeSecondaryCapture(source, picture));
  const other = parseDicom(encodeSecondaryCapture(source, { ...picture, data: picture.data.map((value) => 255 - value) }));
  assert.notEqual(other.dataset.text("SOPInstanceUID"), parseDicom(encodeSecondaryCapture(source, picture)).dataset.text("SOPInstanceUID"));
});

const checker = "/usr/bin/dciodvfy";
test("dciodvfy finds no error in captures of color and grey", { skip: existsSync(checker) ? false : "dciodvfy is not installed" }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), "osteon-capture-"));
  try {
    for (const [name, one] of [["color", picture], ["grey", { ...picture, data: picture.data.slice(0, 600), channels: 1 as const }]] as const) {
      const file = path.join(folder, `${name}.dcm`);
      writeFileSync(file, encodeSecondaryCapture(source, one));
      const said = spawnSync(checker, [file], { encoding: "utf8" }).stderr.split("\n").filter((line) => line.startsWith("Error"));
      assert.deepEqual(said, [], name);
      assert.ok(readFileSync(file).length > 600);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
