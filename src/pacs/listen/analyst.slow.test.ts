import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { checkDicom, parseDicom, resultKinds, type Dataset, type Values } from "../../dicom/index.js";
import { syntheticFile } from "../../dicom/synthetic.testkit.js";
import { writeModel } from "../orthanc.testkit.js";
import { ruleSchema } from "../routing/rules.js";
import { openAnalyst } from "./analyst.js";
import type { Judgement } from "./contract.js";

const side = 64;

/** A slice, or several as frames of one file, of a pattern that follows from its number. */
function image(n: number, values: Values = {}): Uint8Array {
  const frames = Number(values["NumberOfFrames"] ?? 1);
  const known = {
    StudyInstanceUID: "2.25.1", SeriesInstanceUID: "2.25.2", SOPInstanceUID: `2.25.1${n}`, SOPClassUID: "1.2.840.10008.5.1.4.1.1.4", Modality: "MR", PatientName: "Nobody", PatientID: "0", FrameOfReferenceUID: "2.25.9", PixelSpacing: [0.6, 0.6], SliceThickness: 4,
    ImageOrientationPatient: [0, 1, 0, 0, 0, -1], ImagePositionPatient: [4 * n, 0, 0], Rows: side, Columns: side, SamplesPerPixel: 1, PhotometricInterpretation: "MONOCHROME2", BitsAllocated: 8, BitsStored: 8, HighBit: 7, PixelRepresentation: 0,
  };
  return syntheticFile({ ...known, ...values }, Uint8Array.from({ length: side * side * frames }, (_, i) => 100 + 90 * Math.sin((i % side) / (2 + n + Math.floor(i / (side * side)))) * Math.cos(i / 300)));
}

const references = (dataset: Dataset): string[] => [...dataset.elements.values()].flatMap((element) => (element.items ?? []).flatMap((item) => [...(item.has("ReferencedSOPInstanceUID") ? [item.text("ReferencedSOPInstanceUID")!] : []), ...references(item)]));

test("a series is one decision, and a file of several frames another: valid objects that refer to what was looked at, the same however they came", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "osteon-analyst-"));
  const file = await writeModel(folder, "mobilenet_v2-tiny", 64);
  const rules = [ruleSchema.parse({ name: "series", when: { modality: "MR" }, model: "discs", unit: "series", slices: "around:3" }), ruleSchema.parse({ name: "frames", model: "discs", slices: "all" })];
  const analyst = await openAnalyst({ models: { discs: { file, threads: 1 } }, rules, kinds: resultKinds, softwareVersion: "0" });
  try {
    const made = new Date("2026-01-02T03:04:05Z");
    const judge = async (files: readonly Uint8Array[], rule: string): Promise<Extract<Judgement, { kind: "results" }>> => {
      const routing = analyst.route(files[0]!);
      assert.ok(routing.kind === "fits" && routing.rule === rule);
      const judgement = await analyst.judge(files.map((one) => async () => one), { rule, made });
      assert.ok(judgement.kind === "results");
      for (const { bytes, kind } of judgement.objects) assert.deepEqual((await checkDicom(bytes)).findings.filter(({ severity }) => severity === "error"), [], kind);
      return judgement;
    };
    const slices = [4, 1, 3, 5, 2].map((n) => image(n));
    const series = await judge(slices, "series");
    assert.equal(series.objects.length, 6);
    const report = parseDicom(series.objects.at(-1)!.bytes).dataset;
    // Slices 2 to 4 of 1 to 5 were looked at.
    assert.deepEqual([...new Set(references(report))].filter((uid) => /^2\.25\.1\d$/.test(uid)).sort(), ["2.25.12", "2.25.13", "2.25.14"]);
    assert.ok(series.remarks.includes("mean of 3 images or frames"));
    const again = await judge(slices.toReversed(), "series");
    assert.deepEqual(again.objects.map(({ instance, bytes }) => [instance, Buffer.from(bytes).toString("base64")]), series.objects.map(({ instance, bytes }) => [instance, Buffer.from(bytes).toString("base64")]));
    const alone = await judge([slices[2]!], "series");
    assert.ok(alone.objects.every(({ instance }) => !series.objects.some((one) => one.instance === instance)));
    const frames = await judge([image(7, { Modality: "XA", SOPClassUID: "1.2.840.10008.5.1.4.1.1.7.2", NumberOfFrames: 4, ImageOrientationPatient: undefined, ImagePositionPatient: undefined, FrameOfReferenceUID: undefined })], "frames");
    assert.ok(frames.remarks.includes("mean of 4 images or frames") && frames.objects.length >= 4);
  } finally {
    await analyst.release();
    await rm(folder, { recursive: true, force: true });
  }
});
