import assert from "node:assert/strict";
import test from "node:test";
import { checkDicom } from "../check/check-dicom.js";
import type { Dataset } from "../dataset.js";
import { parseDicom } from "../parse/parse-dicom.js";
import { renderFrame } from "../pixels/render-frame.js";
import { syntheticFile } from "../synthetic.testkit.js";
import { resultKinds, type ResultKind, type ResultObject, type ResultPrediction } from "./contract.js";
import { mapOnImage, regionOf } from "./place-map.js";
import { replacementUid, resultUid } from "./result-uid.js";
import { made, options, variedPrediction, variedSource, type SourceKind } from "./results.testkit.js";
import { nameOf, readSourceImage } from "./source-image.js";
import { writeResults } from "./write-results.js";

/** Data sets of one result by kind. */
function written(n: number, kind?: SourceKind, change: Partial<ResultPrediction> = {}, kinds: readonly ResultKind[] = resultKinds) {
  const { file, frame, reads } = variedSource(n, kind);
  const prediction = { ...variedPrediction(n, file), ...change };
  const results = writeResults(prediction, { file, frame }, { ...options, longestSidePx: 200, kinds });
  const datasets = new Map(results.objects.map((object) => [object.kind, parseDicom(object.bytes).dataset]));
  return { file, frame, reads, prediction, results, datasets };
}

/** Every reference to an instance, however deep. */
function references(dataset: Dataset): string[] {
  return [...dataset.elements.values()].flatMap((element) => (element.items ?? []).flatMap((item) => [...(item.has("ReferencedSOPInstanceUID") ? [item.text("ReferencedSOPInstanceUID")!] : []), ...references(item)]));
}

test("every object of varied images has patient and study of its image, no structural fault, and refers to nothing but the image and its fellows", async () => {
  for (let n = 0; n < 12; n++) {
    const { file, reads, results } = written(n);
    const known = new Set([file.dataset.text("SOPInstanceUID"), ...results.objects.map(({ sopInstanceUid }) => sopInstanceUid)]);
    const series = new Set<string>();
    for (const { kind, bytes, sopInstanceUid, sopClassUid, seriesInstanceUid, studyInstanceUid } of results.objects) {
      const { dataset } = parseDicom(bytes);
      const what = `${n} ${kind}`;
      assert.deepEqual([dataset.text("SOPInstanceUID"), dataset.text("SOPClassUID"), dataset.text("SeriesInstanceUID"), dataset.text("StudyInstanceUID")], [sopInstanceUid, sopClassUid, seriesInstanceUid, studyInstanceUid], what);
      assert.equal(studyInstanceUid, file.dataset.text("StudyInstanceUID"));
      assert.notEqual(seriesInstanceUid, file.dataset.text("SeriesInstanceUID"));
      if (reads !== undefined) assert.equal(dataset.texts("PatientName")[0], reads, what);
      assert.equal(dataset.text("PatientID"), file.dataset.text("PatientID"), what);
      for (const uid of references(dataset)) assert.ok(known.has(uid), `${what} refers to ${uid}`);
      assert.deepEqual((await checkDicom(bytes, { dciodvfy: false })).findings, [], what);
      series.add(seriesInstanceUid);
    }
    assert.equal(series.size, results.objects.length);
    assert.ok(results.leftOut.every(({ reason }) => reason.length > 20));
  }
});

test("the same result is the same bytes; UIDs are known beforehand and change with image, frame, model, kind and settings alone", () => {
  const { file, prediction, results } = written(2, "mr");
  const again = writeResults(prediction, { file }, { ...options, longestSidePx: 200 });
  assert.deepEqual(again.objects, results.objects);
  const later = writeResults(prediction, { file }, { ...options, made: new Date(made.getTime() + 60_000), softwareVersion: "0.2.0" });
  assert.deepEqual(later.objects.map(({ sopInstanceUid }) => sopInstanceUid), results.objects.map(({ sopInstanceUid }) => sopInstanceUid));
  const { settings } = prediction;
  const name = { source: file.dataset.text("SOPInstanceUID")!, modelSha256: prediction.model.sha256, ...(settings !== undefined && { settings }) };
  for (const { kind, sopInstanceUid } of results.objects) assert.equal(resultUid({ ...name, kind }), sopInstanceUid);
  const kind: ResultKind = "segmentation";
  const others = [{ ...name, kind }, { ...name, kind, source: "1.2" }, { ...name, kind, frame: 1 }, { ...name, kind, modelSha256: "00" }, { ...name, kind: "key-objects" as const }, { ...name, kind, settings: "other" }].map(resultUid);
  assert.equal(new Set(others).size, others.length);
  for (const uid of others) assert.match(uid, /^2\.25\.[1-9]\d{30,38}$/);
});

test("the segmentation holds the pixels of the region, and the parametric map the map's values", () => {
  let maps = 0;
  for (let n = 1; n < 13; n++) {
    const { file, prediction, datasets } = written(n, n % 2 === 0 ? "mr" : "cr", {}, ["segmentation", "parametric-map"]);
    const source = readSourceImage({ file });
    const map = prediction.map === undefined ? undefined : mapOnImage(prediction.map, source);
    const segmentation = datasets.get("segmentation");
    if (segmentation !== undefined) {
      const packed = segmentation.element("PixelData")!.bytes;
      const mask = Uint8Array.from({ length: source.rows * source.columns }, (_, i) => (packed[i >> 3]! >> (i & 7)) & 1);
      assert.deepEqual(mask, regionOf(map!, prediction.map!.threshold));
      assert.deepEqual([segmentation.number("Rows"), segmentation.number("Columns")], [source.rows, source.columns]);
    }
    const parametric = datasets.get("parametric-map");
    if (parametric !== undefined) {
      assert.deepEqual(parametric.numbers("FloatPixelData"), [...map!]);
      assert.equal(parametric.text("FrameOfReferenceUID"), file.dataset.text("FrameOfReferenceUID"));
      maps += 1;
    }
  }
  assert.ok(maps >= 4);
});

test("on its own grid the parametric map lies in the patient where its cells lie on the image", () => {
  for (let n = 2; n < 14; n += 2) {
    const { file } = variedSource(n, "mr");
    const prediction = variedPrediction(n, file);
    if (prediction.map === undefined) continue;
    const { objects } = writeResults(prediction, { file }, { ...options, parametricMapGrid: "map", kinds: ["parametric-map"] });
    const { dataset } = parseDicom(objects[0]!.bytes);
    const shared = dataset.items("SharedFunctionalGroupsSequence")[0]!;
    const cosines = shared.items("PlaneOrientationSequence")[0]!.numbers("ImageOrientationPatient");
    const [rowMm, columnMm] = shared.items("PixelMeasuresSequence")[0]!.numbers("PixelSpacing") as [number, number];
    const position = dataset.items("PerFrameFunctionalGroupsSequence")[0]!.items("PlanePositionSequence")[0]!.numbers("ImagePositionPatient");
    const own = file.dataset.numbers("ImageOrientationPatient");
    const [spacing, start] = [file.dataset.numbers("PixelSpacing"), file.dataset.numbers("ImagePositionPatient")];
    const [a, b, c, d, e, f] = prediction.map.toImage;
    for (const [v, u] of [[0, 0], [prediction.map.height - 1, prediction.map.width - 1]] as const) {
      // Worked by hand from PS3.3 equation C.7.6.2.1-1: once through the map's own plane, once through the image's.
      const direct = position.map((p, i) => p + cosines[i]! * columnMm * u + cosines[i + 3]! * rowMm * v);
      const [x, y] = [a * (u + 0.5) + b * (v + 0.5) + c - 0.5, d * (u + 0.5) + e * (v + 0.5) + f - 0.5];
      const through = start.map((p, i) => p + own[i]! * spacing[1]! * x + own[i + 3]! * spacing[0]! * y);
      direct.forEach((value, i) => assert.ok(Math.abs(value - through[i]!) < 1e-3, `${n}: ${value} and ${through[i]}`));
    }
  }
});

/** A radiograph of 40 x 60 whose map is one bright quarter: the left of the upper half. */
function quarter(): { readonly objects: readonly ResultObject[]; readonly get: (kind: ResultKind) => Dataset } {
  const file = parseDicom(syntheticFile({ StudyInstanceUID: "2.25.1", SeriesInstanceUID: "2.25.2", SOPInstanceUID: "2.25.3", PatientID: "A", Rows: 40, Columns: 60, SamplesPerPixel: 1, PhotometricInterpretation: "MONOCHROME2", BitsAllocated: 8, BitsStored: 8, HighBit: 7, PixelRepresentation: 0, PixelSpacing: [0.5, 0.5] }, new Uint8Array(2400).fill(100)));
  const map = { values: Float32Array.of(1, 0, 0, 0), height: 2, width: 2, toImage: [30, 0, 0, 0, 20, 0] as const, label: "fracture", method: "Grad-CAM", threshold: 0.999 };
  const { objects } = writeResults({ model: { name: "Bones", version: "2", sha256: "a".repeat(64) }, classes: [{ label: "normal", probability: 0.25 }, { label: "fracture", probability: 0.75, code: { value: "125605004", scheme: "SCT", meaning: "Fracture of bone" } }], decided: "fracture", map }, { file }, options);
  return { objects, get: (kind) => parseDicom(objects.find((object) => object.kind === kind)!.bytes).dataset };
}

test("the report says class, probabilities, algorithm with its hash, image and segment as TID 1500 has them", () => {
  const { objects, get } = quarter();
  const report = get("structured-report");
  const name = (item: Dataset): string | undefined => item.items("ConceptNameCodeSequence")[0]?.text("CodeValue");
  const child = (item: Dataset, code: string): Dataset => item.items("ContentSequence").find((one) => name(one) === code)!;
  assert.equal(name(report), "126000");
  const [finding, region] = child(report, "126010").items("ContentSequence") as [Dataset, Dataset];
  assert.equal(child(finding, "121071").items("ConceptCodeSequence")[0]!.text("CodeValue"), "125605004");
  const probabilities = finding.items("ContentSequence").filter((one) => name(one) === "122157");
  assert.deepEqual(probabilities.map((one) => one.items("MeasuredValueSequence")[0]!.number("NumericValue")), [0.25, 0.75]);
  for (const one of probabilities) assert.equal(one.items("ContentSequence").find((item) => item.text("ValueType") === "IMAGE")!.items("ReferencedSOPSequence")[0]!.text("ReferencedSOPInstanceUID"), "2.25.3");
  assert.match(child(finding, "111002").text("TextValue")!, /a{64}/);
  assert.deepEqual([child(finding, "111001").text("TextValue"), child(finding, "111003").text("TextValue")], ["Bones", "2"]);
  const segment = child(region, "121191").items("ReferencedSOPSequence")[0]!;
  assert.deepEqual([segment.text("ReferencedSOPInstanceUID"), segment.number("ReferencedSegmentNumber")], [objects.find(({ kind }) => kind === "segmentation")!.sopInstanceUid, 1]);
  // The bright cell's center is at (10, 15); at 0.999 of the peak the region is what lies up and left of it: 10.5 x 15.5 pixels at most.
  const area = child(region, "42798000").items("MeasuredValueSequence")[0]!.number("NumericValue")!;
  assert.equal(area, 10 * 15 * 0.25);
});

test("without a segmentation the report draws the outline, and the presentation state draws the same", () => {
  const file = variedSource(0, "cr").file;
  const [rows, columns] = [file.dataset.number("Rows")!, file.dataset.number("Columns")!];
  const map = { values: Float32Array.of(1, 0, 0, 0), height: 2, width: 2, toImage: [columns / 2, 0, 0, 0, rows / 2, 0] as const, label: "x", method: "Grad-CAM", threshold: 0.9 };
  const prediction = { ...variedPrediction(1, file), map };
  const { objects } = writeResults(prediction, { file }, { ...options, kinds: ["structured-report", "presentation-state"] });
  assert.deepEqual(objects.map(({ kind }) => kind), ["presentation-state", "structured-report"]);
  const [state, report] = objects.map(({ bytes }) => parseDicom(bytes).dataset) as [Dataset, Dataset];
  const outlines = (dataset: Dataset): number[][] => [...dataset.elements.values()].flatMap(({ items = [] }) => items.flatMap((item) => [...(item.has("GraphicData") ? [item.numbers("GraphicData")] : []), ...outlines(item)]));
  const drawn = outlines(state);
  assert.equal(drawn.length, 1);
  assert.deepEqual(outlines(report), drawn);
  const xs = drawn[0]!.filter((_, i) => i % 2 === 0);
  assert.ok(Math.min(...xs) === 0 && Math.max(...xs) <= columns / 2 + 1);
});

test("the picture shows the image as it is where the map is zero, and a caption below that hides nothing", () => {
  const { get } = quarter();
  const picture = get("secondary-capture");
  const [height, width] = [picture.number("Rows")!, picture.number("Columns")!];
  // 40 x 60 pixels become ten times as many along each side: the shorter reaches 384 then.
  assert.equal(width, 600);
  assert.ok(height > 400 && height < 560);
  const { bytes } = picture.element("PixelData")!;
  const at = (row: number, column: number): number[] => [...bytes.subarray(3 * (row * width + column), 3 * (row * width + column) + 3)];
  assert.equal(new Set(at(399, 599)).size, 1, "grey far from the evidence");
  const [red, green, blue] = at(30, 30) as [number, number, number];
  assert.ok(red > blue + 50 && green > blue + 50, "yellow at the peak");
  assert.equal(picture.text("BurnedInAnnotation"), "NO");
  assert.equal(renderFrame(parseDicom(quarter().objects.find(({ kind }) => kind === "secondary-capture")!.bytes), { channels: "rgb" }).height, height);
});

test("what does not fit an image is left out with the reason", () => {
  const reasons = (n: number, kind: SourceKind, change?: Partial<ResultPrediction>): Record<string, string> => Object.fromEntries(written(n, kind, change).results.leftOut.map((one) => [one.kind, one.reason]));
  assert.match(reasons(1, "cr")["parametric-map"]!, /no place in the patient/);
  assert.deepEqual(Object.keys(reasons(1, "mr", { map: undefined })), ["parametric-map", "segmentation"]);
  const color = parseDicom(syntheticFile({ StudyInstanceUID: "2.25.1", SeriesInstanceUID: "2.25.2", Rows: 2, Columns: 2, SamplesPerPixel: 3, PhotometricInterpretation: "RGB", PlanarConfiguration: 0, BitsAllocated: 8, BitsStored: 8, HighBit: 7, PixelRepresentation: 0 }, new Uint8Array(12)));
  const { leftOut } = writeResults(variedPrediction(1, color), { file: color }, options);
  assert.match(leftOut.find(({ kind }) => kind === "presentation-state")!.reason, /colors/);
});

test("further images of the study are evidence, and a malformed UID of the image is told", () => {
  const { file } = variedSource(4, "cr");
  const other = parseDicom(syntheticFile({ StudyInstanceUID: file.dataset.text("StudyInstanceUID")!, SeriesInstanceUID: "2.25.2", SOPInstanceUID: "2.25.99", Rows: 2, Columns: 2 }, new Uint8Array(4)));
  const { objects, warnings } = writeResults(variedPrediction(4, file), { file, others: [nameOf(other)] }, { ...options, kinds: ["structured-report"] });
  assert.equal(references(parseDicom(objects[0]!.bytes).dataset).filter((uid) => uid === "2.25.99").length, 2, "in the evidence and in the image library");
  assert.ok(!warnings.some(({ code }) => code === "dicom-uid"));
  const odd = parseDicom(syntheticFile({ StudyInstanceUID: "1.002.3", SeriesInstanceUID: "2.25.2", SOPInstanceUID: "1.02.3", Rows: 2, Columns: 2 }, new Uint8Array(4)));
  const replaced = writeResults(variedPrediction(4, odd), { file: odd }, options);
  assert.ok(replaced.warnings.some(({ code, message }) => code === "dicom-uid" && /SOPInstanceUID, StudyInstanceUID/.test(message) && !message.includes("1.02.3")));
  for (const { bytes, studyInstanceUid } of replaced.objects) {
    const { dataset } = parseDicom(bytes);
    assert.deepEqual([dataset.text("StudyInstanceUID"), studyInstanceUid], [replacementUid("1.002.3"), replacementUid("1.002.3")]);
    assert.ok(!references(dataset).includes("1.02.3") && references(dataset).includes(replacementUid("1.02.3")));
    const told = dataset.items("OriginalAttributesSequence").flatMap((one) => one.items("NonconformingModifiedAttributesSequence")).map((item) => Buffer.from(item.element("NonconformingDataElementValue")!.bytes).toString().replace("\0", ""));
    assert.deepEqual(told, ["1.02.3", "1.002.3"]);
  }
  const kept = writeResults(variedPrediction(4, odd), { file: odd }, { ...options, malformedUids: "kept" });
  assert.ok(kept.objects.every(({ studyInstanceUid }) => studyInstanceUid === "1.002.3") && kept.warnings.some(({ code }) => code === "dicom-uid"));
});

test("a prediction or an image that no result can be made of is refused", () => {
  const { file } = variedSource(1);
  const good = variedPrediction(1, file);
  const refuse = (change: Partial<ResultPrediction>, code = "dicom-prediction"): void => assert.throws(() => writeResults({ ...good, ...change }, { file }, options), { code });
  refuse({ model: { ...good.model, sha256: "abc" } });
  refuse({ classes: [] });
  refuse({ decided: "another" });
  refuse({ classes: [{ label: good.decided, probability: Number.NaN }] });
  refuse({ map: { ...good.map!, values: new Float32Array(3) } });
  refuse({ map: { ...good.map!, toImage: [0, 0, 0, 0, 0, 0] } });
  refuse({ map: { ...good.map!, values: good.map!.values.map(() => Number.NaN) } });
  assert.throws(() => writeResults(good, { file, frame: 99 }, options), { code: "dicom-source" });
  assert.throws(() => writeResults(good, { file }, { ...options, made: new Date(Number.NaN) }), { code: "dicom-prediction" });
  const nameless = parseDicom(syntheticFile({ SeriesInstanceUID: "2.25.2", Rows: 2, Columns: 2 }, new Uint8Array(4)));
  assert.throws(() => writeResults(good, { file: nameless }, options), { code: "dicom-source", message: /StudyInstanceUID/ });
  assert.throws(() => writeResults(good, { file, others: [nameOf(variedSource(40).file)] }, options), { code: "dicom-source", message: /same study/ });
});
