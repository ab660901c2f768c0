import assert from "node:assert/strict";
import test from "node:test";
import { encodeNifti } from "./nifti.js";
import { encodeNpy } from "./npy.js";

const map = { values: Float32Array.of(0, 0.25, -1, 3, 1e-3, 7), height: 2, width: 3 };

test("a NumPy file: magic, a header padded to 64 bytes, then the rows (format 1.0, by hand)", () => {
  const bytes = encodeNpy(map);
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 128));
  assert.deepEqual([...bytes.subarray(0, 8)], [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  assert.match(text.slice(10), /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(2, 3\), \} *\n$/);
  assert.equal(10 + bytes[8]! + 256 * bytes[9]!, 128);
  assert.deepEqual(new Float32Array(bytes.slice(128).buffer), map.values);
});

test("a NIfTI file: extents, spacing, the turn by half a circle in both forms, then the rows (nifti1.h, by hand)", () => {
  const bytes = encodeNifti(map, { spacingMm: [0.5, 0.25], description: "grad-cam, größe" });
  const view = new DataView(bytes.buffer);
  const floats = (at: number, n: number) => Array.from({ length: n }, (_, i) => view.getFloat32(at + 4 * i, true));
  assert.equal(view.getInt32(0, true), 348);
  assert.deepEqual([0, 1, 2, 3].map((i) => view.getInt16(40 + 2 * i, true)), [3, 3, 2, 1]);
  assert.deepEqual([view.getInt16(70, true), view.getInt16(72, true)], [16, 32]);
  assert.deepEqual(floats(76, 4), [1, 0.25, 0.5, 1]);
  assert.deepEqual(floats(256, 6), [0, 0, 1, 0, 0, 0]);
  assert.deepEqual(floats(280, 12), [-0.25, 0, 0, 0, 0, -0.5, 0, 0, 0, 0, 1, 0]);
  assert.equal(view.getFloat32(108, true), 352);
  assert.equal(bytes[123], 2);
  assert.equal(new TextDecoder().decode(bytes.subarray(148, 164)), "grad-cam, gr??e\0");
  assert.deepEqual([...bytes.subarray(344, 348)], [0x6e, 0x2b, 0x31, 0]);
  assert.deepEqual(new Float32Array(bytes.slice(352).buffer), map.values);
});

test("pixels of unknown size have no unit", () => {
  const bytes = encodeNifti(map);
  assert.equal(bytes[123], 0);
  assert.equal(new DataView(bytes.buffer).getFloat32(80, true), 1);
});
