import assert from "node:assert/strict";
import test from "node:test";
import { parseDicom } from "../parse/parse-dicom.js";
import { syntheticFile } from "../synthetic.testkit.js";
import type { Values } from "../write/build-dataset.js";
import { readOrientation, turnPlane, type Turn } from "./orientation.js";
import { readPixelAspect, readSpacing } from "./spacing.js";

const file = (values: Values) => parseDicom(syntheticFile(values, undefined));

test("spacing: of the detector, divided by the magnification, calibrated, of a cross section, of film (worked by hand)", () => {
  const of = (values: Values) => readSpacing(file(values));
  assert.deepEqual(of({ ImagerPixelSpacing: "0.2\\0.2" }), { spacingMm: [0.2, 0.2], plane: "detector" });
  assert.deepEqual(of({ ImagerPixelSpacing: "0.2\\0.2", PixelSpacing: "0.2\\0.2" }), { spacingMm: [0.2, 0.2], plane: "detector" });
  assert.deepEqual(of({ ImagerPixelSpacing: "0.2\\0.2", EstimatedRadiographicMagnificationFactor: "1.25" }), { spacingMm: [0.16, 0.16], plane: "magnification", magnification: 1.25 });
  assert.deepEqual(of({ ImagerPixelSpacing: "0.3\\0.3", DistanceSourceToDetector: "1800", DistanceSourceToPatient: "1500" })?.magnification, 1.2);
  assert.deepEqual(of({ ImagerPixelSpacing: "0.2\\0.2", PixelSpacing: "0.17\\0.17" }), { spacingMm: [0.17, 0.17], plane: "patient" });
  assert.deepEqual(of({ Modality: "MR", PixelSpacing: "0.6\\0.5" }), { spacingMm: [0.6, 0.5], plane: "patient" });
  assert.deepEqual(of({ NominalScannedPixelSpacing: "0.1\\0.1" }), { spacingMm: [0.1, 0.1], plane: "film" });
  assert.equal(of({ PixelSpacing: "0\\0" }), undefined);
  assert.equal(of({}), undefined);
  assert.equal(readPixelAspect(file({ PixelAspectRatio: "2\\1" })), 2);
});

test("enhanced objects tell their spacing in functional groups, a frame's own before the shared one", () => {
  const groups = { SharedFunctionalGroupsSequence: [{ PixelMeasuresSequence: [{ PixelSpacing: "0.4\\0.4" }] }], PerFrameFunctionalGroupsSequence: [{}, { PixelMeasuresSequence: [{ PixelSpacing: "0.8\\0.8" }] }] };
  assert.deepEqual([readSpacing(file(groups), 0)?.spacingMm, readSpacing(file(groups), 1)?.spacingMm], [[0.4, 0.4], [0.8, 0.8]]);
});

const told: readonly (readonly [string, Turn | undefined])[] = [
  ["L\\F", 1], ["R\\F", 2], ["R\\H", 3], ["L\\H", 4], ["F\\L", 5], ["F\\R", 6], ["H\\R", 7], ["H\\L", 8], ["P\\F", 1], ["A\\F", 2], ["LF\\FR", 1], ["L\\P", undefined], ["L", undefined], ["", undefined],
];

for (const [orientation, turn] of told) {
  test(`PatientOrientation "${orientation}" ${turn === undefined ? "tells nothing of what is up" : `needs turn ${turn}`}`, () => {
    assert.equal(readOrientation(file({ PatientOrientation: orientation }))?.turn, turn);
  });
}

test("each turn brings the stored directions to the patient's left on the right and the feet below (a law)", () => {
  // A plane whose values grow to the patient's left by 1 and to the feet by 10.
  for (const [orientation, turn] of told.slice(0, 8)) {
    const [rows, columns] = orientation.split("\\") as [string, string];
    const step: Readonly<Record<string, number>> = { L: 1, R: -1, F: 10, H: -10 };
    const plane = Float32Array.from({ length: 4 * 5 }, (_, i) => step[rows]! * (i % 5) + step[columns]! * Math.floor(i / 5));
    const turned = turnPlane(plane, { height: 4, width: 5, turn: turn! });
    const at = (r: number, c: number): number => turned.plane[r * turned.width + c]!;
    for (let r = 0; r + 1 < turned.height; r++) for (let c = 0; c + 1 < turned.width; c++) assert.deepEqual([at(r, c + 1) - at(r, c), at(r + 1, c) - at(r, c)], [1, 10], orientation);
  }
});

test("sagittal MR: rows to the back, columns to the feet is upright (ImageOrientationPatient)", () => {
  assert.equal(readOrientation(file({ ImageOrientationPatient: "0\\1\\0\\0\\0\\-1" }))?.turn, 1);
  assert.equal(readOrientation(file({ ImageOrientationPatient: "0.02\\-0.99\\0\\0\\0.05\\0.99" }))?.turn, 3);
  assert.equal(readOrientation(file({ ImageOrientationPatient: "1\\0\\0\\0\\1\\0" })), undefined);
});
