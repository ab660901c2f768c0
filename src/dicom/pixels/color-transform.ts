import { DataError } from "../../base/index.js";
import type { DicomFile } from "../parse/parse-dicom.js";
import { lookUp, readLookupTable } from "./lookup-table.js";
import type { StoredFrame } from "./stored-values.js";

/**
 * Red, green and blue of a color or palette frame.
 * @returns [3, H, W] in 0..1
 * @throws DataError `dicom-palette`
 * @see DICOM PS3.3 C.7.6.3.1.2; the full-range YBR matrix is that of ITU-T T.871
 */
export function colorOf(file: DicomFile, stored: StoredFrame): Float32Array {
  return stored.samplesPerPixel === 1 ? fromPalette(file, stored) : fromSamples(stored);
}

function fromPalette({ dataset, name }: DicomFile, { values, signed }: StoredFrame): Float32Array {
  const size = values.length;
  const planes = new Float32Array(3 * size);
  ["Red", "Green", "Blue"].forEach((color, c) => {
    const table = readLookupTable(dataset, `${color}PaletteColorLookupTableDescriptor`, `${color}PaletteColorLookupTableData`, signed);
    if (table === undefined) {
      const segmented = dataset.has(`Segmented${color}PaletteColorLookupTableData`);
      throw new DataError("dicom-palette", `${name}: expected a palette for ${color.toLowerCase()}, got ${segmented ? "a segmented one" : "none or one cut off"}. Export the image as RGB.`);
    }
    const full = table.bits > 8 ? 65535 : 255;
    for (let i = 0; i < size; i++) planes[c * size + i] = Math.min(1, lookUp(table, values[i]!) / full);
  });
  return planes;
}

function fromSamples({ values, rows, columns, bitsStored, photometricInterpretation }: StoredFrame): Float32Array {
  const size = rows * columns;
  const full = 2 ** bitsStored - 1;
  const middle = 2 ** (bitsStored - 1);
  const planes = new Float32Array(3 * size);
  const isYbr = photometricInterpretation.startsWith("YBR_FULL");
  const isPartial = photometricInterpretation.startsWith("YBR_PARTIAL");
  for (let i = 0; i < size; i++) {
    const [a, b, c] = [values[3 * i]!, values[3 * i + 1]!, values[3 * i + 2]!];
    let [red, green, blue] = [a, b, c];
    if (isYbr || isPartial) {
      const y = isPartial ? ((a - full * (16 / 255)) * 255) / 219 : a;
      const scale = isPartial ? 255 / 224 : 1;
      red = y + 1.402 * scale * (c - middle);
      green = y - 0.344136 * scale * (b - middle) - 0.714136 * scale * (c - middle);
      blue = y + 1.772 * scale * (b - middle);
    }
    planes[i] = Math.min(1, Math.max(0, red / full));
    planes[size + i] = Math.min(1, Math.max(0, green / full));
    planes[2 * size + i] = Math.min(1, Math.max(0, blue / full));
  }
  return planes;
}

/** Luma of [3, H, W]: 0.299 R + 0.587 G + 0.114 B, as for photographs. */
export function lumaOf(planes: Float32Array): Float32Array {
  const size = planes.length / 3;
  return Float32Array.from({ length: size }, (_, i) => 0.299 * planes[i]! + 0.587 * planes[size + i]! + 0.114 * planes[2 * size + i]!);
}
