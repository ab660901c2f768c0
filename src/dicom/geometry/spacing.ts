import type { DicomFile } from "../parse/parse-dicom.js";
import { findMacro } from "../pixels/grey-transform.js";

/** Distance between pixel centers, and what plane it is true in. */
export interface Spacing {
  /** [row, column] in millimetres: between rows, then between columns. */
  readonly spacingMm: readonly [number, number];
  /**
   * `"patient"`: of a cross section, or calibrated in the patient. `"detector"`: on the detector, larger than in the patient.
   * `"magnification"`: the detector's, divided by the estimated magnification. `"film"`: of a scanned film.
   */
  readonly plane: "patient" | "detector" | "magnification" | "film";
  readonly magnification?: number;
}

const crossSections = new Set(["CT", "MR", "PT", "NM"]);

function pair(values: readonly number[]): readonly [number, number] | undefined {
  const [row, column] = values;
  return row !== undefined && column !== undefined && row > 0 && column > 0 && row < 1000 && column < 1000 ? [row, column] : undefined;
}

/**
 * The spacing a file states, corrected for magnification where it tells that.
 * @returns undefined where it states none
 * @see DICOM PS3.3 10.7 (pixel spacing, calibration) and C.8.11.7 (imager pixel spacing, magnification)
 */
export function readSpacing(file: DicomFile, frame = 0): Spacing | undefined {
  const { dataset } = file;
  const pixel = pair(findMacro(file, frame, "PixelMeasuresSequence", "PixelSpacing")?.numbers("PixelSpacing") ?? []);
  const imager = pair(dataset.numbers("ImagerPixelSpacing"));
  if (pixel !== undefined) {
    const calibrated = dataset.has("PixelSpacingCalibrationType") || (imager !== undefined && (Math.abs(imager[0] - pixel[0]) > 1e-6 || Math.abs(imager[1] - pixel[1]) > 1e-6));
    if (calibrated || imager === undefined || crossSections.has(dataset.text("Modality") ?? "")) return { spacingMm: pixel, plane: "patient" };
  }
  const detector = imager ?? pixel;
  if (detector !== undefined) {
    const magnification = readMagnification(file);
    if (magnification === undefined) return { spacingMm: detector, plane: "detector" };
    return { spacingMm: [detector[0] / magnification, detector[1] / magnification], plane: "magnification", magnification };
  }
  const film = pair(dataset.numbers("NominalScannedPixelSpacing"));
  return film === undefined ? undefined : { spacingMm: film, plane: "film" };
}

/** How much larger the shadow is than the patient: as estimated, or from the distances. */
function readMagnification({ dataset }: DicomFile): number | undefined {
  const estimated = dataset.number("EstimatedRadiographicMagnificationFactor");
  const distances = [dataset.number("DistanceSourceToDetector"), dataset.number("DistanceSourceToPatient")];
  const value = estimated ?? (distances[0] !== undefined && distances[1] !== undefined && distances[1] > 0 ? distances[0] / distances[1] : undefined);
  return value !== undefined && value >= 1 && value < 10 ? value : undefined;
}

/**
 * Height over width of one pixel: from the spacing, else from PixelAspectRatio.
 * @returns 1 for square pixels and where nothing is said
 */
export function readPixelAspect(file: DicomFile, frame = 0): number {
  const spacing = readSpacing(file, frame);
  const told = spacing?.spacingMm ?? pair(file.dataset.numbers("PixelAspectRatio"));
  return told === undefined ? 1 : told[0] / told[1];
}
