import type { ImageFormat, ImageHeader } from "./contract.js";
import { exifOrientation } from "./exif.js";

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
      if (marker === 0xe1) orientation = exifOrientation(afterExifName(bytes.subarray(at + 4, at + 2 + length))) ?? orientation;
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

/** Content of an APP1 segment that holds EXIF; empty where it holds something else. */
function afterExifName(segment: Uint8Array): Uint8Array {
  return String.fromCharCode(...segment.subarray(0, 6)) === "Exif\0\0" ? segment.subarray(6) : new Uint8Array(0);
}
