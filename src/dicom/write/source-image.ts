import { DataError } from "../../base/index.js";
import { readPixelAspect, readSpacing } from "../geometry/spacing.js";
import type { DicomFile } from "../parse/parse-dicom.js";
import { findMacro } from "../pixels/grey-transform.js";
import type { Values } from "./build-dataset.js";
import type { ResultOptions, ResultSource } from "./contract.js";
import { replacementUid } from "./result-uid.js";
import { isValidText } from "./source-attributes.js";

/** Where an image stands among the patient's. */
export interface ImageName {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly studyInstanceUid: string;
  /** Malformed UIDs that others stand for here. */
  readonly replaced?: readonly ReplacedUid[];
}

/** A malformed UID as the file has it, and the valid one that stands for it. */
export interface ReplacedUid {
  readonly keyword: string;
  readonly stored: string;
  readonly uid: string;
}

/** Where the pixels of a cross section lie in the patient. */
export interface PatientPlane {
  readonly frameOfReferenceUid: string;
  /** Center of the first pixel, mm. */
  readonly position: readonly number[];
  /** Cosines along a row, then along a column. */
  readonly orientation: readonly number[];
  /** Between rows, between columns, mm. */
  readonly spacingMm: readonly [number, number];
  readonly thicknessMm?: number;
}

/** What written objects need to know of the image. */
export interface SourceImage extends ImageName {
  readonly file: DicomFile;
  /** From 0. */
  readonly frame: number;
  readonly frames: number;
  readonly rows: number;
  readonly columns: number;
  readonly modality: string;
  /** Height over width of a pixel. */
  readonly pixelAspect: number;
  /** Millimetres between pixels in the patient, where the image is true to the patient. */
  readonly patientSpacingMm?: readonly [number, number];
  readonly plane?: PatientPlane;
}

type MalformedUids = NonNullable<ResultOptions["malformedUids"]>;

/**
 * How results refer to an image. Malformed UIDs are replaced by valid ones made from them, unless told otherwise.
 * @throws DataError `dicom-source` where the image cannot be referenced
 */
export function nameOf({ dataset, meta, name }: DicomFile, malformedUids: MalformedUids = "replaced"): ImageName {
  const replaced: ReplacedUid[] = [];
  const uid = (keyword: string, fallback?: string): string => {
    const found = dataset.text(keyword) ?? fallback;
    const isNamed = found !== undefined && (keyword === "SOPClassUID" || malformedUids === "kept" ? /^[0-9.]{1,64}$/.test(found) : true);
    if (!isNamed) throw new DataError("dicom-source", `${name}: expected ${keyword}, as results refer to the image by it, got ${found === undefined ? "none" : "a value that is no UID"}. Export the image anew from its archive.`);
    if (keyword === "SOPClassUID" || malformedUids === "kept" || isValidText(found, "UI")) return found;
    replaced.push({ keyword, stored: found, uid: replacementUid(found) });
    return replaced.at(-1)!.uid;
  };
  const names = {
    sopClassUid: uid("SOPClassUID", meta.text("MediaStorageSOPClassUID")),
    sopInstanceUid: uid("SOPInstanceUID", meta.text("MediaStorageSOPInstanceUID")),
    seriesInstanceUid: uid("SeriesInstanceUID"),
    studyInstanceUid: uid("StudyInstanceUID"),
  };
  return replaced.length === 0 ? names : { ...names, replaced };
}

/**
 * Reads the source of a result.
 * @throws DataError `dicom-source`
 */
export function readSourceImage({ file, frame = 0 }: ResultSource, malformedUids?: MalformedUids): SourceImage {
  const { dataset, name } = file;
  const [rows, columns, frames] = [dataset.number("Rows"), dataset.number("Columns"), dataset.number("NumberOfFrames") ?? 1];
  if (rows === undefined || columns === undefined || rows < 1 || columns < 1) throw new DataError("dicom-source", `${name}: expected an image with Rows and Columns, got none. Name the image that was predicted on.`);
  if (!Number.isInteger(frame) || frame < 0 || frame >= frames) throw new DataError("dicom-source", `${name}: expected a frame from 0 to ${frames - 1}, got ${frame}. Name the frame that was predicted on.`);
  const modality = dataset.text("Modality") ?? "";
  const spacing = readSpacing(file, frame);
  const plane = readPlane(file, frame);
  return {
    ...nameOf(file, malformedUids),
    file,
    frame,
    frames,
    rows,
    columns,
    modality: modality !== "" && isValidText(modality, "CS") ? modality : "OT",
    pixelAspect: readPixelAspect(file, frame),
    ...((spacing?.plane === "patient" || spacing?.plane === "magnification") && { patientSpacingMm: spacing.spacingMm }),
    ...(plane && { plane }),
  };
}

function readPlane(file: DicomFile, frame: number): PatientPlane | undefined {
  const frameOfReferenceUid = file.dataset.text("FrameOfReferenceUID");
  const read = (macro: string, keyword: string): number[] => findMacro(file, frame, macro, keyword)?.numbers(keyword) ?? [];
  const position = read("PlanePositionSequence", "ImagePositionPatient");
  const orientation = read("PlaneOrientationSequence", "ImageOrientationPatient");
  const [row, column] = read("PixelMeasuresSequence", "PixelSpacing");
  if (frameOfReferenceUid === undefined || !isValidText(frameOfReferenceUid, "UI") || position.length !== 3 || orientation.length !== 6 || !(row! > 0) || !(column! > 0)) return undefined;
  const [along, down] = [orientation.slice(0, 3), orientation.slice(3)];
  const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  // Rows and columns that do not stand on each other would be another plane than the file's reader shows.
  if (Math.abs(dot(along, down)) > 1e-3 || Math.abs(dot(along, along) - 1) > 1e-3 || Math.abs(dot(down, down) - 1) > 1e-3) return undefined;
  const thickness = read("PixelMeasuresSequence", "SliceThickness")[0];
  return { frameOfReferenceUid, position, orientation, spacingMm: [row!, column!], ...(thickness !== undefined && thickness > 0 && { thicknessMm: thickness }) };
}

/** A reference to the image, and to the frame where there are several. */
export function referenceTo({ sopClassUid, sopInstanceUid, frames = 1, frame = 0 }: ImageName & { readonly frames?: number; readonly frame?: number }): Values {
  return { ReferencedSOPClassUID: sopClassUid, ReferencedSOPInstanceUID: sopInstanceUid, ...(frames > 1 && { ReferencedFrameNumber: frame + 1 }) };
}

/** References by study and series, as evidence is listed. */
export function evidenceOf(names: readonly ImageName[]): Values[] {
  const studies = new Map<string, Map<string, ImageName[]>>();
  for (const name of names) {
    const series = studies.get(name.studyInstanceUid) ?? new Map<string, ImageName[]>();
    studies.set(name.studyInstanceUid, series);
    const listed = series.get(name.seriesInstanceUid) ?? [];
    series.set(name.seriesInstanceUid, listed);
    if (!listed.some(({ sopInstanceUid }) => sopInstanceUid === name.sopInstanceUid)) listed.push(name);
  }
  return [...studies].map(([study, series]) => ({
    ReferencedSeriesSequence: [...series].map(([uid, listed]) => ({
      ReferencedSOPSequence: listed.map(({ sopClassUid, sopInstanceUid }) => ({ ReferencedSOPClassUID: sopClassUid, ReferencedSOPInstanceUID: sopInstanceUid })),
      SeriesInstanceUID: uid,
    })),
    StudyInstanceUID: study,
  }));
}
