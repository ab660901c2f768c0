interface ExifEntry {
  readonly view: DataView;
  readonly little: boolean;
  /** Where the entry's 12 bytes begin. */
  readonly at: number;
}

/** An entry of the first directory of EXIF data, which is a small TIFF file. */
function findEntry(tiff: Uint8Array, tag: number): ExifEntry | undefined {
  if (tiff.length < 8) return undefined;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const little = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, little);
  if (directory + 2 > view.byteLength) return undefined;
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + 12 * i;
    if (at + 12 > view.byteLength) return undefined;
    if (view.getUint16(at, little) === tag) return { view, little, at };
  }
  return undefined;
}

/**
 * Orientation (tag 0x0112 of the first directory) of EXIF data; undefined where absent or damaged.
 * @see CIPA DC-008 (EXIF 2.32, 2019), section 4.6.4
 */
export function exifOrientation(tiff: Uint8Array): number | undefined {
  const entry = findEntry(tiff, 0x0112);
  if (entry === undefined) return undefined;
  const value = entry.view.getUint16(entry.at + 8, entry.little);
  return value >= 1 && value <= 8 ? value : undefined;
}

/** Text (type ASCII) of a tag of the first directory, 60 characters at most; undefined where absent or damaged. */
export function exifText(tiff: Uint8Array, tag: number): string | undefined {
  const entry = findEntry(tiff, tag);
  if (entry === undefined || entry.view.getUint16(entry.at + 2, entry.little) !== 2) return undefined;
  const length = entry.view.getUint32(entry.at + 4, entry.little);
  const start = length <= 4 ? entry.at + 8 : entry.view.getUint32(entry.at + 8, entry.little);
  if (start + length > tiff.length) return undefined;
  return String.fromCharCode(...tiff.subarray(start, start + Math.min(length, 60))).replace(/\0[\s\S]*$/, "").trim();
}
