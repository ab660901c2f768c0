import type { Dataset } from "../dataset.js";
import type { DicomFile } from "../parse/parse-dicom.js";
import { errorAt, type Finding } from "./contract.js";

/** Bytes that uncompressed pixels have to have; undefined where the module does not tell. */
function expectedBytes(dataset: Dataset): number | undefined {
  const [rows, columns, bits] = [dataset.number("Rows"), dataset.number("Columns"), dataset.number("BitsAllocated")];
  if (rows === undefined || columns === undefined || bits === undefined) return undefined;
  const photometric = dataset.text("PhotometricInterpretation") ?? "";
  const samples = photometric.endsWith("_422") ? 2 : (dataset.number("SamplesPerPixel") ?? 1);
  return Math.ceil((rows * columns * samples * bits * (dataset.number("NumberOfFrames") ?? 1)) / 8);
}

/** Pixels, frames and functional groups that do not agree with what the data set says of them. */
export function checkImage({ dataset }: DicomFile): Finding[] {
  const findings: Finding[] = [];
  const pixels = ["PixelData", "FloatPixelData", "DoubleFloatPixelData"].filter((keyword) => dataset.has(keyword));
  if (pixels.length > 1) findings.push(errorAt("pixels", pixels[1]!, `stands beside ${pixels[0]}; an image has one of them.`));
  const bytes = expectedBytes(dataset);
  const element = pixels[0] === undefined ? undefined : dataset.element(pixels[0])!;
  if (element !== undefined && element.fragments === undefined && bytes !== undefined && element.bytes.length !== bytes + (bytes % 2)) {
    findings.push(errorAt("pixels", pixels[0]!, `has ${element.bytes.length} bytes, and ${bytes + (bytes % 2)} follow from Rows, Columns and the rest.`));
  }
  if (element !== undefined && dataset.has("BitsStored") && dataset.has("HighBit") && dataset.number("HighBit") !== dataset.number("BitsStored")! - 1) findings.push(errorAt("pixels", "HighBit", "is not BitsStored less one."));
  const groups = dataset.element("PerFrameFunctionalGroupsSequence")?.items;
  const frames = dataset.number("NumberOfFrames") ?? 1;
  if (groups !== undefined && groups.length !== frames) findings.push(errorAt("frames", "PerFrameFunctionalGroupsSequence", `has ${groups.length} items for ${frames} frames.`));
  findings.push(...checkSegments(dataset, groups ?? []), ...checkPlane(dataset));
  return findings;
}

/** Frames of a segmentation that name segments which are not there. */
function checkSegments(dataset: Dataset, groups: readonly Dataset[]): Finding[] {
  const segments = dataset.items("SegmentSequence");
  if (segments.length === 0) return [];
  const numbers = segments.map((segment) => segment.number("SegmentNumber"));
  const findings: Finding[] = [];
  if (numbers.some((number, i) => number !== i + 1)) findings.push(errorAt("frames", "SegmentSequence", "does not number its segments 1, 2, 3 and so on."));
  const shared = dataset.items("SharedFunctionalGroupsSequence")[0];
  groups.forEach((group, i) => {
    const named = [group, shared].map((one) => one?.items("SegmentIdentificationSequence")[0]?.number("ReferencedSegmentNumber")).find((number) => number !== undefined);
    if (named === undefined || !numbers.includes(named)) findings.push(errorAt("reference", `PerFrameFunctionalGroupsSequence[${i + 1}]`, "names no segment of the object."));
  });
  return findings;
}

/** Rows and columns of a plane stand on each other and have length 1. */
function checkPlane(dataset: Dataset): Finding[] {
  const shared = dataset.items("SharedFunctionalGroupsSequence")[0]?.items("PlaneOrientationSequence")[0];
  const cosines = (shared ?? dataset).numbers("ImageOrientationPatient");
  if (cosines.length !== 6) return [];
  const [a, b] = [cosines.slice(0, 3), cosines.slice(3)];
  const dot = (u: readonly number[], v: readonly number[]): number => u.reduce((sum, value, i) => sum + value * v[i]!, 0);
  const isPlane = Math.abs(dot(a, a) - 1) < 1e-3 && Math.abs(dot(b, b) - 1) < 1e-3 && Math.abs(dot(a, b)) < 1e-3;
  return isPlane ? [] : [errorAt("value", "ImageOrientationPatient", "holds no two directions of length 1 at a right angle.")];
}
