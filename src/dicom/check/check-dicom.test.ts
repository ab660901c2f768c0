import assert from "node:assert/strict";
import test from "node:test";
import { parseDicom } from "../parse/parse-dicom.js";
import { buildElement, type Value } from "../write/build-dataset.js";
import { options, variedPrediction, variedSource } from "../write/results.testkit.js";
import type { ResultKind } from "../write/contract.js";
import { encodeDicom } from "../write/write-dicom.js";
import { writeResults } from "../write/write-results.js";
import type { Dataset } from "../dataset.js";
import { checkDicom } from "./check-dicom.js";

const { file } = variedSource(2, "mr");
const { objects } = writeResults(variedPrediction(2, file), { file }, options);

/** An object with something changed in it. */
async function findingsOf(kind: ResultKind, change: (dataset: Dataset) => void): Promise<string[]> {
  const { dataset } = parseDicom(objects.find((object) => object.kind === kind)!.bytes);
  change(dataset);
  return (await checkDicom(encodeDicom(dataset), { dciodvfy: false })).findings.map(({ code, place = "" }) => `${code} ${place}`.trim());
}

const without = (keyword: string) => (dataset: Dataset): void => void dataset.elements.delete(dataset.element(keyword)!.tag);
const setTo = (keyword: string, value: Value) => (dataset: Dataset): void => dataset.set(buildElement(keyword, value));

const faults: readonly (readonly [ResultKind, (dataset: Dataset) => void, string])[] = [
  ["structured-report", without("CompletionFlag"), "missing CompletionFlag"],
  ["structured-report", without("PatientName"), "missing PatientName"],
  ["structured-report", setTo("ContentDate", ""), "empty ContentDate"],
  ["structured-report", setTo("StudyDate", "20240230"), "value StudyDate"],
  ["structured-report", setTo("CurrentRequestedProcedureEvidenceSequence", []), "reference item 1.9.1.2"],
  ["structured-report", (dataset) => without("ValueType")(dataset.items("ContentSequence")[0]!), "content item 1.1"],
  ["structured-report", (dataset) => without("RelationshipType")(dataset.items("ContentSequence")[0]!), "content item 1.1"],
  ["segmentation", setTo("PixelData", new Uint8Array(2)), "pixels PixelData"],
  ["segmentation", setTo("NumberOfFrames", 2), "frames PerFrameFunctionalGroupsSequence"],
  ["segmentation", (dataset) => dataset.items("SegmentSequence")[0]!.set(buildElement("SegmentNumber", 3)), "frames SegmentSequence"],
  ["parametric-map", without("FrameOfReferenceUID"), "missing FrameOfReferenceUID"],
  ["parametric-map", (dataset) => dataset.items("SharedFunctionalGroupsSequence")[0]!.items("PlaneOrientationSequence")[0]!.set(buildElement("ImageOrientationPatient", [1, 0, 0, 1, 0, 0])), "value ImageOrientationPatient"],
  ["presentation-state", (dataset) => dataset.items("GraphicLayerSequence")[0]!.set(buildElement("GraphicLayer", "OTHER")), "graphic GraphicAnnotationSequence[1]"],
  ["presentation-state", (dataset) => dataset.items("DisplayedAreaSelectionSequence")[0]!.set(buildElement("DisplayedAreaBottomRightHandCorner", [1, 1])), "graphic GraphicAnnotationSequence[1].GraphicObjectSequence[1]"],
  ["secondary-capture", setTo("HighBit", 3), "pixels HighBit"],
  ["secondary-capture", (dataset) => dataset.set({ ...dataset.element("Rows")!, vr: "UL" }), "representation Rows"],
];

test("what is planted in an object is found, and nothing in the object itself", async () => {
  for (const { bytes } of objects) assert.deepEqual((await checkDicom(bytes, { dciodvfy: false })).findings, []);
  for (const [kind, change, expected] of faults) {
    const found = await findingsOf(kind, change);
    assert.ok(found.includes(expected), `${kind}, ${expected}: ${found.join("; ")}`);
  }
});

test("a file that is none has one finding, and findings tell no value", async () => {
  const { findings, errors } = await checkDicom(Buffer.from("no DICOM at all, but long enough"), { dciodvfy: false });
  assert.deepEqual([findings.length, errors, findings[0]!.code], [1, 1, "structure"]);
  const { dataset } = parseDicom(objects[0]!.bytes);
  dataset.set(buildElement("PatientName", "Secret^Name^A^B^C^D^E"));
  dataset.set(buildElement("PatientBirthDate", "SECRET01"));
  const all = JSON.stringify(await checkDicom(encodeDicom(dataset)));
  assert.ok(!/secret/i.test(all), all);
});
