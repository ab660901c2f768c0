import assert from "node:assert/strict";
import test from "node:test";
import { parseDicom } from "../parse/parse-dicom.js";
import { syntheticFile } from "../synthetic.testkit.js";
import type { Values } from "../write/build-dataset.js";
import { applyWindow } from "./grey-transform.js";
import { renderFrame } from "./render-frame.js";
import { readStoredValues } from "./stored-values.js";

const close = (actual: number, expected: number, within = 1e-6): void => assert.ok(Math.abs(actual - expected) <= within, `${actual}, expected ${expected}`);

test("windows follow the formulas of PS3.3 C.11.2 (worked by hand)", () => {
  // Note 4 of C.11.2.1.2.1: center 2048, width 4096 maps 0 to 0 and 4095 to 1.
  const linear = { center: 2048, width: 4096, shape: "linear" } as const;
  assert.deepEqual([0, 4095].map((x) => applyWindow(x, linear)), [0, 1]);
  close(applyWindow(2047, linear), 2047 / 4095);
  // Center 2048, width 1: a threshold.
  assert.deepEqual([2047, 2048].map((x) => applyWindow(x, { center: 2048, width: 1, shape: "linear" })), [0, 1]);
  close(applyWindow(30, { center: 40, width: 40, shape: "linear-exact" }), 0.25);
  close(applyWindow(40, { center: 40, width: 80, shape: "sigmoid" }), 0.5);
  close(applyWindow(60, { center: 40, width: 80, shape: "sigmoid" }), 1 / (1 + Math.exp(-1)));
});

const image: Values = { Rows: 16, Columns: 16, SamplesPerPixel: 1, BitsAllocated: 16, BitsStored: 12, HighBit: 11, PixelRepresentation: 0, PhotometricInterpretation: "MONOCHROME2" };

function render(values: Values, pixel: (i: number) => number): Float32Array {
  const pixels = Uint16Array.from({ length: 256 }, (_, i) => pixel(i) & 0xffff);
  return renderFrame(parseDicom(syntheticFile({ ...image, ...values }, new Uint8Array(pixels.buffer)))).pixels;
}

test("rescale comes before the window, and MONOCHROME1 or an inverse presentation turns dark to bright, once", () => {
  const window = { RescaleSlope: "2", RescaleIntercept: "-100", WindowCenter: "100", WindowWidth: "200", VOILUTFunction: "LINEAR_EXACT" };
  close(render(window, (i) => i)[75]!, 50 / 200);
  close(render({ ...window, PhotometricInterpretation: "MONOCHROME1" }, (i) => i)[75]!, 150 / 200);
  close(render({ ...window, PhotometricInterpretation: "MONOCHROME1", PresentationLUTShape: "INVERSE" }, (i) => i)[75]!, 150 / 200);
  close(render({ ...window, PresentationLUTShape: "INVERSE" }, (i) => i)[75]!, 150 / 200);
});

test("a modality table replaces the rescale and a VOI table the window", () => {
  const table = (entries: readonly number[], first: number, bits: number): Values => ({ LUTDescriptor: [entries.length, first, bits], LUTData: new Uint8Array(Uint16Array.from(entries).buffer) });
  const squares = Array.from({ length: 16 }, (_, i) => i * i);
  const shares = render({ ModalityLUTSequence: [table(squares, 0, 16)], WindowCenter: "112.5", WindowWidth: "225", VOILUTFunction: "LINEAR_EXACT" }, (i) => i % 32);
  close(shares[10]!, 100 / 225);
  close(shares[20]!, 1); // beyond the table its last value counts
  const voi = render({ VOILUTSequence: [table([0, 10, 100, 255], 5, 8)], WindowCenter: "0", WindowWidth: "1" }, (i) => i % 16);
  [0, 0, 0, 0, 0, 0, 10, 100, 255, 255].forEach((level, value) => close(voi[value]!, level / 255));
});

test("padding is left out of the range and drawn dark; without a window the values span the range", () => {
  const shares = render({ PixelPaddingValue: 4000, PixelPaddingRangeLimit: 4095 }, (i) => (i < 16 ? 4050 : 100 + (i % 101)));
  close(shares[3]!, 0);
  close(Math.max(...shares), 1);
  close(shares[16 + 101 - 16 - 16]!, ((16 + 101 - 32) % 101) / 100);
});

test("signed values with other bits above them are read as signed, and overlays in high bits are gone", () => {
  const pixels = Uint16Array.from({ length: 256 }, (_, i) => ((i - 128) & 0xfff) | (i % 2 === 0 ? 0xa000 : 0));
  const { values } = readStoredValues(parseDicom(syntheticFile({ ...image, PixelRepresentation: 1 }, new Uint8Array(pixels.buffer))));
  assert.deepEqual([...values], Array.from({ length: 256 }, (_, i) => i - 128));
});

test("a high bit above the stored bits shifts them down", () => {
  const pixels = Uint16Array.from({ length: 256 }, (_, i) => i << 4);
  const { values } = readStoredValues(parseDicom(syntheticFile({ ...image, HighBit: 15 }, new Uint8Array(pixels.buffer))));
  assert.deepEqual([...values], Array.from({ length: 256 }, (_, i) => i));
});

test("colors by plane and by pixel decode to the same image", () => {
  const color: Values = { ...image, SamplesPerPixel: 3, BitsAllocated: 8, BitsStored: 8, HighBit: 7, PhotometricInterpretation: "RGB" };
  const mixed = Uint8Array.from({ length: 768 }, (_, i) => (i * 7) % 256);
  const planes = Uint8Array.from({ length: 768 }, (_, i) => mixed[(i % 256) * 3 + Math.floor(i / 256)]!);
  const read = (values: Values, bytes: Uint8Array) => readStoredValues(parseDicom(syntheticFile(values, bytes))).values;
  assert.deepEqual(read({ ...color, PlanarConfiguration: 1 }, planes), read({ ...color, PlanarConfiguration: 0 }, mixed));
});
