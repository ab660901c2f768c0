import { looksLikeDicom, parseDicom, readImageModule, readOrientation, readPixelAspect, renderFrame } from "../../dicom/index.js";
import type { DecodedImage, ImageSource } from "../radiograph.js";
import { resizeBilinear, type Size } from "../resample.js";
import type { ImageFormat, ImageHeader } from "./contract.js";

/** Pixels that differ less from squares are taken as square. */
const aspectTolerance = 0.01;

/** Size with square pixels: the longer side of a pixel is divided, so that nothing is lost. */
function squareSize({ height, width }: Size, aspect: number): Size {
  if (!(aspect > 0.1 && aspect < 10) || Math.abs(aspect - 1) <= aspectTolerance) return { height, width };
  return aspect > 1 ? { height: Math.round(height * aspect), width } : { height, width: Math.round(width / aspect) };
}

/** DICOM: one frame, through the file's own grey or color pipeline, upright as its PatientOrientation tells. */
export const dicom: ImageFormat = {
  title: "DICOM",
  summary: "Native, RLE, JPEG, JPEG lossless, JPEG-LS, JPEG 2000 and HTJ2K pixels of 8 to 16 bits; rescaled, windowed and turned upright as the file says, with its spacing.",
  reference: "NEMA PS3 / ISO 12052, Digital Imaging and Communications in Medicine, 2024b",
  extensions: ["dcm", "dicom"],
  lossy: false,
  recognizes: looksLikeDicom,
  readHeader(bytes, name = "image"): ImageHeader {
    const file = parseDicom(bytes, { name });
    const { rows, columns, bitsStored, photometricInterpretation, frames } = readImageModule(file);
    return {
      ...squareSize({ height: rows, width: columns }, readPixelAspect(file)),
      bitDepth: bitsStored,
      color: photometricInterpretation.startsWith("MONOCHROME") ? "grey" : "rgb",
      alpha: false,
      orientation: readOrientation(file)?.turn ?? 1,
      frames,
    };
  },
};

/**
 * Decodes one frame of a DICOM image. 0 and 1 are the ends of its window, or of its values where it has none.
 * @throws DataError `dicom-...`
 */
export function decodeDicom(bytes: Uint8Array, { name, channels, burnedIn, source, frame = 0 }: { name: string; channels: "grey" | "rgb"; burnedIn: "kept" | "masked"; source: ImageSource; frame?: number }): DecodedImage {
  const file = parseDicom(bytes, { name });
  const rendered = renderFrame(file, { frame, channels, burnedIn, maxPixels: Number.MAX_SAFE_INTEGER });
  const stored = readPixelAspect(file, frame);
  const aspect = rendered.turn > 4 ? 1 / stored : stored;
  const from = { height: rendered.height, width: rendered.width };
  const to = squareSize(from, aspect);
  const isSquare = to.height === from.height && to.width === from.width;
  const size = from.height * from.width;
  const planes = isSquare ? [rendered.pixels] : Array.from({ length: rendered.channels }, (_, c) => resizeBilinear(rendered.pixels.subarray(c * size, (c + 1) * size), from, to));
  const pixels = planes.length === 1 ? planes[0]! : join(planes);
  if (channels === "rgb") return { pixels, channels: 3, ...to, source };
  const spacing = rendered.spacing?.spacingMm;
  const spacingMm = spacing === undefined ? undefined : isSquare ? spacing : ([Math.min(...spacing), Math.min(...spacing)] as const);
  return { pixels, channels: 1, ...to, ...(spacingMm && { spacingMm }), source };
}

function join(planes: readonly Float32Array[]): Float32Array {
  const pixels = new Float32Array(planes.length * planes[0]!.length);
  planes.forEach((plane, c) => pixels.set(plane, c * plane.length));
  return pixels;
}
