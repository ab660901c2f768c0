import { DataError } from "../../base/index.js";
import { Dataset, type Element } from "../dataset.js";
import { tagOf } from "../dictionary/index.js";
import type { DicomFile } from "../parse/parse-dicom.js";
import { encapsulatedFrame } from "../pixels/encapsulated-frames.js";
import { framesOwn } from "../pixels/grey-transform.js";
import { readImageModule } from "../pixels/image-module.js";
import { nativeFrameBytes } from "../pixels/stored-values.js";
import { buildElement } from "./build-dataset.js";
import { uidOf } from "./result-uid.js";

/** Macros of the functional groups whose attributes stand in the data set itself where an image has one frame. */
const macros = ["PixelMeasuresSequence", "PlanePositionSequence", "PlaneOrientationSequence", "FrameVOILUTSequence", "PixelValueTransformationSequence"];

/** What only tells of several frames. */
const ofSeveral = new Set(
  ["NumberOfFrames", "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence", "DimensionOrganizationSequence", "DimensionIndexSequence", "DimensionOrganizationType", "FrameIncrementPointer", "FrameTime", "FrameTimeVector", "ExtendedOffsetTable", "ExtendedOffsetTableLengths", "PixelData"].map((keyword) => tagOf(keyword)!),
);

/** Classes of one frame that take the place of those of several; all others keep theirs. */
const classes: Readonly<Record<string, string>> = {
  "1.2.840.10008.5.1.4.1.1.4.1": "1.2.840.10008.5.1.4.1.1.4",
  "1.2.840.10008.5.1.4.1.1.4.4": "1.2.840.10008.5.1.4.1.1.4",
  "1.2.840.10008.5.1.4.1.1.2.1": "1.2.840.10008.5.1.4.1.1.2",
  "1.2.840.10008.5.1.4.1.1.2.2": "1.2.840.10008.5.1.4.1.1.2",
  "1.2.840.10008.5.1.4.1.1.7.1": "1.2.840.10008.5.1.4.1.1.7",
  "1.2.840.10008.5.1.4.1.1.7.2": "1.2.840.10008.5.1.4.1.1.7",
  "1.2.840.10008.5.1.4.1.1.7.3": "1.2.840.10008.5.1.4.1.1.7",
  "1.2.840.10008.5.1.4.1.1.7.4": "1.2.840.10008.5.1.4.1.1.7",
};

/** Bits of overlay planes lie frame by frame, too: none goes with a single one. */
const isOverlay = (tag: number): boolean => tag >>> 24 === 0x60;

/**
 * One frame of a file as a file of its own: its pixels as they are encoded, its place, spacing, rescaling and window out of the functional groups, a SOP
 * instance UID that follows from the file's and the frame.
 * @param frame from 0
 * @throws DataError `dicom-frames`, `dicom-pixels`, `dicom-no-image`
 * @see DICOM PS3.3 C.7.6.16 (functional groups), PS3.5 annex A.4 (fragments)
 */
export function extractFrame(file: DicomFile, frame: number): DicomFile {
  const { dataset } = file;
  const { frames } = readImageModule(file);
  if (!Number.isInteger(frame) || frame < 0 || frame >= frames) throw new DataError("dicom-frames", `${file.name}: expected a frame from 0 to ${frames - 1}, got ${frame}. Choose one of them.`);
  const result = new Dataset(dataset.littleEndian, dataset.parent);
  for (const element of dataset.elements.values()) if (!ofSeveral.has(element.tag) && !isOverlay(element.tag)) result.set(element);
  // The nearest tells last.
  for (const group of framesOwn(file, frame).slice(0, -1).reverse()) {
    for (const macro of macros) for (const element of group.items(macro)[0]?.elements.values() ?? []) result.set(element);
  }
  result.set(buildElement("SOPInstanceUID", uidOf("osteon frame", dataset.text("SOPInstanceUID") ?? "", String(frame))));
  result.set(buildElement("SOPClassUID", classes[dataset.text("SOPClassUID") ?? ""] ?? dataset.text("SOPClassUID") ?? ""));
  result.set(buildElement("InstanceNumber", String(frame + 1)));
  result.set(pixelsOf(file, frame, frames));
  return { ...file, dataset: result };
}

function pixelsOf(file: DicomFile, frame: number, frames: number): Element {
  const element = file.dataset.element("PixelData")!;
  if (element.fragments === undefined) return { ...element, bytes: nativeFrameBytes(file, frame) };
  return { ...element, fragments: [new Uint8Array(0), encapsulatedFrame(file, element.fragments, frame, frames)] };
}
