import type { Cursor } from "./cursor.js";
import { damaged } from "./hdf5-error.js";

/** Extents of a data set or an attribute; [] for a scalar. @see HDF5 file format specification 3.0, IV.A.2.b */
export function parseDataspace(cursor: Cursor, file: string): number[] {
  const version = cursor.uint8();
  const rank = cursor.uint8();
  if ((version !== 1 && version !== 2) || rank > 32) throw damaged(file, "extents of unknown form");
  cursor.skip(1);
  if (version === 1) cursor.skip(5);
  else if (cursor.uint8() === 2) return [0];
  const shape = Array.from({ length: rank }, () => cursor.uint(8));
  if (!Number.isSafeInteger(shape.reduce((product, n) => product * Math.max(n, 1), 1))) throw damaged(file, `extents [${shape.join(", ")}]`);
  return shape;
}
