import type { DicomFile } from "../parse/parse-dicom.js";
import { findMacro } from "../pixels/grey-transform.js";

/**
 * Frames of a file in the order of their position along the normal of the slices, where every frame tells a place of its own; else as they
 * stand in the file.
 * @returns frames from 0
 */
export function orderFrames(file: DicomFile): number[] {
  const count = Math.max(1, Math.floor(file.dataset.number("NumberOfFrames") ?? 1));
  const frames = Array.from({ length: count }, (_, i) => i);
  const positions = frames.map((frame) => positionOf(file, frame));
  if (positions.some((position) => position === undefined) || new Set(positions).size < count) return frames;
  return frames.sort((a, b) => positions[a]! - positions[b]!);
}

function positionOf(file: DicomFile, frame: number): number | undefined {
  const read = (macro: string, keyword: string): number[] => findMacro(file, frame, macro, keyword)?.numbers(keyword) ?? [];
  const origin = read("PlanePositionSequence", "ImagePositionPatient");
  const cosines = read("PlaneOrientationSequence", "ImageOrientationPatient");
  if (origin.length !== 3 || cosines.length !== 6) return undefined;
  const [a, b, c, d, e, f] = cosines as [number, number, number, number, number, number];
  return (b * f - c * e) * origin[0]! + (c * d - a * f) * origin[1]! + (a * e - b * d) * origin[2]!;
}
