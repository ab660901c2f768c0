import type { HeatMap } from "../upsample.js";

/**
 * A map as a NumPy file: little-endian float32 [H, W], row-major.
 * @see NumPy Enhancement Proposal 1, format version 1.0; read back by numpy 1.24
 */
export function encodeNpy({ values, height, width }: HeatMap): Uint8Array {
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': (${height}, ${width}), }`;
  // Magic, version and length take ten bytes; the header ends in a line feed and data begin at a multiple of 64.
  const length = Math.ceil((10 + description.length + 1) / 64) * 64;
  const bytes = new Uint8Array(length + values.length * 4);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0]);
  const view = new DataView(bytes.buffer);
  view.setUint16(8, length - 10, true);
  bytes.set(new TextEncoder().encode(`${description.padEnd(length - 11)}\n`), 10);
  values.forEach((value, i) => view.setFloat32(length + 4 * i, value, true));
  return bytes;
}
