import type { ImageFormat, ImageHeader } from "./contract.js";

/** JPEG (ISO 10918-1): 8 bits per sample, baseline or progressive. */
export const jpeg: ImageFormat = {
  title: "JPEG",
  summary: "Lossy, 8 bits per sample, grey, color or CMYK (converted to RGB); turned as its EXIF orientation says.",
  reference: "ITU-T T.81 (1992); ITU-T T.871 (JFIF, 2011); CIPA DC-008 (EXIF 2.32, 2019)",
  extensions: ["jpg", "jpeg"],
  lossy: true,
  recognizes: (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff,
  readHeader(bytes): ImageHeader | undefined {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let orientation = 1;
    for (let at = 2; at + 4 <= bytes.length; ) {
      if (bytes[at] !== 0xff) {
        at += 1;
        continue;
      }
      const marker = bytes[at + 1]!;
      // Fill bytes and the markers that stand alone carry no length.
      if (marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
        at += marker === 0xff ? 1 : 2;
        continue;
      }
      if (marker === 0xda || marker === 0xd9) return undefined;
      const length = view.getUint16(at + 2);
      if (marker === 0xe1) orientation = exifOrientation(bytes.subarray(at + 4, at + 2 + length)) ?? orientation;
      const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
      if (isFrame) return at + 10 <= bytes.length ? frameHeader(view, at, marker, orientation) : undefined;
      at += 2 + length;
    }
    return undefined;
  },
};

function frameHeader(view: DataView, at: number, marker: number, orientation: number): ImageHeader {
  const bitDepth = view.getUint8(at + 4);
  const components = view.getUint8(at + 9);
  return {
    width: view.getUint16(at + 7),
    height: view.getUint16(at + 5),
    bitDepth,
    color: components === 1 ? "grey" : components === 4 ? "cmyk" : "rgb",
    alpha: false,
    orientation,
    frames: 1,
    refusal: refusalOf(marker, bitDepth),
  };
}

function refusalOf(marker: number, bitDepth: number): ImageHeader["refusal"] {
  const expected = "a baseline or progressive JPEG of 8 bits";
  const remedy = "Export it as 16-bit PNG, which keeps every grey level";
  if (marker === 0xc3 || marker >= 0xc5) return { expected, got: "lossless, hierarchical or arithmetic JPEG", remedy };
  if (bitDepth !== 8) return { expected, got: `${bitDepth} bits`, remedy };
  return undefined;
}

/** Value of tag 0x0112 in the first directory of an EXIF segment; undefined where absent or damaged. */
function exifOrientation(segment: Uint8Array): number | undefined {
  if (segment.length < 14 || String.fromCharCode(...segment.subarray(0, 4)) !== "Exif") return undefined;
  const view = new DataView(segment.buffer, segment.byteOffset + 6, segment.byteLength - 6);
  const little = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, little);
  if (directory + 2 > view.byteLength) return undefined;
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > view.byteLength) return undefined;
    if (view.getUint16(entry, little) !== 0x0112) continue;
    const value = view.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}
