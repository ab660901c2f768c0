import assert from "node:assert/strict";
import test from "node:test";
import { seededRandom } from "../../base/index.js";
import { encodeRle } from "../codecs/rle.js";
import { encodeFrame } from "../codecs/wasm-codecs.js";
import { readSpacing } from "../geometry/spacing.js";
import { parseDicom } from "../parse/parse-dicom.js";
import { renderFrame } from "../pixels/render-frame.js";
import { readStoredValues } from "../pixels/stored-values.js";
import { syntheticFile, syntheticSamples } from "../synthetic.testkit.js";
import { extractFrame } from "./extract-frame.js";
import { encodeDicom } from "./write-dicom.js";

const [rows, columns, frames] = [15, 21, 4];
const random = seededRandom(31);
const planes = Array.from({ length: frames }, () => syntheticSamples(random, { rows, columns, samples: 1, bits: 12 }));
const bytesOf = (plane: Uint16Array): Uint8Array => new Uint8Array(plane.buffer, plane.byteOffset, plane.byteLength);
const group = (frame: number): Record<string, unknown> => ({
  PlanePositionSequence: [{ ImagePositionPatient: `${10 * frame}\\0\\0` }],
  FrameVOILUTSequence: [{ WindowCenter: String(900 + 100 * frame), WindowWidth: "3000" }],
  PixelValueTransformationSequence: [{ RescaleIntercept: String(-frame), RescaleSlope: "1.5", RescaleType: "US" }],
});
const enhanced = {
  SOPClassUID: "1.2.840.10008.5.1.4.1.1.4.1", Modality: "MR", Rows: rows, Columns: columns, SamplesPerPixel: 1, BitsAllocated: 16, BitsStored: 12, HighBit: 11, PixelRepresentation: 0, PhotometricInterpretation: "MONOCHROME2", NumberOfFrames: frames,
  SharedFunctionalGroupsSequence: [{ PixelMeasuresSequence: [{ PixelSpacing: "0.5\\0.5", SliceThickness: "4" }], PlaneOrientationSequence: [{ ImageOrientationPatient: "0\\1\\0\\0\\0\\-1" }] }],
  PerFrameFunctionalGroupsSequence: planes.map((_, frame) => group(frame)),
} as never;
const shape = { rows, columns, bitsAllocated: 16, bitsStored: 12, samplesPerPixel: 1, signed: false, photometric: 1 } as const;

const files = [
  { title: "native", bytes: syntheticFile(enhanced, Buffer.concat(planes.map(bytesOf))) },
  { title: "RLE", bytes: syntheticFile(enhanced, undefined, ".5", [new Uint8Array(0), ...planes.map((plane) => encodeRle(bytesOf(plane), { pixels: rows * columns, samplesPerPixel: 1, bytesPerSample: 2 }))]) },
  { title: "JPEG-LS", bytes: syntheticFile(enhanced, undefined, ".4.80", [new Uint8Array(0), ...planes.map((plane) => encodeFrame("EncodeJpegLs", bytesOf(plane), shape))]) },
];

for (const { title, bytes } of files) {
  test(`every frame of a ${title} file stands alone with its pixels, place, spacing and grey values`, () => {
    const file = parseDicom(bytes);
    const uids = new Set<string>();
    for (let frame = 0; frame < frames; frame++) {
      const extracted = extractFrame(file, frame);
      const single = parseDicom(encodeDicom(extracted.dataset, extracted.transferSyntax));
      assert.deepEqual(Array.from(readStoredValues(single).values), Array.from(planes[frame]!));
      const options = { channels: "grey", burnedIn: "kept" } as const;
      assert.deepEqual(renderFrame(single, options).pixels, renderFrame(file, { ...options, frame }).pixels);
      assert.deepEqual(readSpacing(single), readSpacing(file, frame));
      assert.deepEqual([single.dataset.numbers("ImagePositionPatient"), single.dataset.text("SOPClassUID"), single.dataset.has("PerFrameFunctionalGroupsSequence")], [[10 * frame, 0, 0], "1.2.840.10008.5.1.4.1.1.4", false]);
      uids.add(single.dataset.text("SOPInstanceUID")!);
    }
    assert.equal(uids.size, frames);
    assert.throws(() => extractFrame(file, frames), { code: "dicom-frames" });
  });
}
