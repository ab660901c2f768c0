import { encodeValues, uidOf, type Value, type Values } from "../dicom/index.js";
import type { ViewName } from "./conditions/contract.js";
import type { PlannedImage } from "./dataset/case-recipe.js";
import type { ImageEncoding } from "./dataset/image-encoding.js";
import { sourceDistanceMm } from "./framing.js";
import type { DiscMriTruth } from "./mri/disc-mri.js";
import { sequences } from "./mri/tissue.js";
import type { RadiographTruth } from "./radiograph.js";

/** Samples of an image with what is known of it. */
interface Samples {
  readonly samples: Uint8Array | Uint16Array;
  readonly width: number;
  readonly height: number;
}

const code = (value: string, meaning: string): Values[] => [{ CodeValue: value, CodingSchemeDesignator: "SCT", CodeMeaning: meaning }];

/** Distance from the middle of the spine to the detector. */
const behindSpineMm = 150;

/** What a projection is called, and where its rows and columns run to. */
const projections: Readonly<Record<ViewName, { part: string; region: Values[]; position: string; view: Values[]; orientation: string }>> = {
  "whole-spine-ap": { part: "SPINE", region: code("421060004", "Spine"), position: "AP", view: code("399348003", "antero-posterior"), orientation: "L\\F" },
  "whole-spine-lateral": { part: "SPINE", region: code("421060004", "Spine"), position: "LL", view: code("399173006", "left lateral"), orientation: "P\\F" },
  "lumbar-ap": { part: "LSPINE", region: code("122496007", "Lumbar spine"), position: "AP", view: code("399348003", "antero-posterior"), orientation: "L\\F" },
  "lumbar-lateral": { part: "LSPINE", region: code("122496007", "Lumbar spine"), position: "LL", view: code("399173006", "left lateral"), orientation: "P\\F" },
};

const simulated = "Simulated, not of any person";

/** Patient, study and series: all of them made up, and said to be so. */
function sharedValues(planned: PlannedImage, { sex, ageYears }: { readonly sex: string; readonly ageYears: number }, encoding: ImageEncoding): Record<string, Value | undefined> {
  const seed = String(planned.options.seed);
  const visit = planned.options.visit ?? 0;
  // One image is one object: whatever makes it is in its name.
  const { name, patient, study, hospital, gamma, options } = planned;
  const uid = (what: string): string => uidOf("osteon phantom", what, JSON.stringify([name, patient, study, hospital, gamma, options]), JSON.stringify([encoding.bitDepth, encoding.radiographs ?? "DX"]));
  const date = `${2000 + Math.min(visit, 99)}0101`;
  return {
    PatientName: `Phantom^${planned.patient}`,
    PatientID: `PHANTOM-${seed.slice(0, 24)}-${planned.patient}`,
    PatientBirthDate: "",
    PatientSex: sex,
    PatientAge: `${String(Math.round(ageYears)).padStart(3, "0")}Y`,
    QualityControlSubject: "YES",
    PatientIdentityRemoved: "YES",
    DeidentificationMethod: simulated,
    StudyInstanceUID: uidOf("osteon phantom study", seed, planned.study),
    SeriesInstanceUID: uid("series"),
    SOPInstanceUID: uid("instance"),
    StudyDate: date,
    StudyTime: "120000",
    SeriesDate: date,
    AcquisitionDate: date,
    ContentDate: date,
    AcquisitionTime: "120000",
    ContentTime: "120000",
    AccessionNumber: "",
    ReferringPhysicianName: "",
    StudyID: String(visit + 1),
    SeriesNumber: 1,
    InstanceNumber: 1,
    StudyDescription: simulated,
    ImageComments: simulated,
    Manufacturer: "Osteon",
    ManufacturerModelName: "Phantom",
    ...(planned.hospital !== "" && { InstitutionName: planned.hospital.slice(0, 64) }),
  };
}

/** 16 bits allocated, of which the encoding's are used; black and white are the ends of the window. */
function pixelValues({ samples, width, height }: Samples, { bitDepth }: ImageEncoding): Values {
  const bytes = new Uint8Array(2 * samples.length);
  const view = new DataView(bytes.buffer);
  samples.forEach((value, i) => view.setUint16(2 * i, value, true));
  return {
    SamplesPerPixel: 1,
    PhotometricInterpretation: "MONOCHROME2",
    Rows: height,
    Columns: width,
    BitsAllocated: 16,
    BitsStored: bitDepth,
    HighBit: bitDepth - 1,
    PixelRepresentation: 0,
    WindowCenter: 1 << (bitDepth - 1),
    WindowWidth: 1 << bitDepth,
    LossyImageCompression: "00",
    BurnedInAnnotation: "NO",
    PixelData: bytes,
  };
}

/**
 * A simulated radiograph as a CR or DX image. Its spacing is that on the detector, with the distances and the magnification by
 * which it becomes the spacing at the spine.
 * @see DICOM PS3.3 A.2 (CR), A.26 (DX)
 */
export function encodeRadiograph(planned: PlannedImage & { kind: "radiograph" }, image: Samples & { readonly truth: Pick<RadiographTruth, "view" | "spacingMm" | "parameters"> }, encoding: ImageEncoding): Uint8Array {
  const { truth } = image;
  const { part, region, position, view, orientation } = projections[truth.view];
  const toSpine = sourceDistanceMm(truth.view);
  const magnification = (toSpine + behindSpineMm) / toSpine;
  const shared: Values = {
    ...sharedValues(planned, truth.parameters.subject, encoding),
    BodyPartExamined: part,
    ViewPosition: position,
    PatientOrientation: orientation,
    ImageType: ["ORIGINAL", "PRIMARY", ""],
    ImagerPixelSpacing: truth.spacingMm.map((spacing) => spacing * magnification),
    DistanceSourceToDetector: toSpine + behindSpineMm,
    DistanceSourceToPatient: toSpine,
    ...pixelValues(image, encoding),
  };
  if (encoding.radiographs === "CR") return encodeValues({ ...shared, SOPClassUID: "1.2.840.10008.5.1.4.1.1.1", Modality: "CR", ImageType: ["ORIGINAL", "PRIMARY"] });
  return encodeValues({
    ...shared,
    SOPClassUID: "1.2.840.10008.5.1.4.1.1.1.1",
    Modality: "DX",
    PresentationIntentType: "FOR PRESENTATION",
    AnatomicRegionSequence: region,
    ImageLaterality: "U",
    EstimatedRadiographicMagnificationFactor: magnification,
    ViewCodeSequence: view.map((one) => ({ ...one, ViewModifierCodeSequence: [] })),
    PixelIntensityRelationship: "LOG",
    // Brighter pixels had less of the beam.
    PixelIntensityRelationshipSign: -1,
    RescaleIntercept: 0,
    RescaleSlope: 1,
    RescaleType: "US",
    PresentationLUTShape: "IDENTITY",
    DetectorType: "",
    PositionerType: "",
    AcquisitionContextSequence: [],
    AcquisitionDeviceProcessingDescription: simulated,
  });
}

/**
 * A simulated mid-sagittal slice as an MR image, in its place in the patient: columns run to the back, rows to the feet.
 * @see DICOM PS3.3 A.4
 */
export function encodeMr(planned: PlannedImage & { kind: "disc-mri" }, image: Samples & { readonly originMm: readonly number[]; readonly truth: Pick<DiscMriTruth, "sequence" | "spacingMm" | "parameters"> }, encoding: ImageEncoding): Uint8Array {
  const { truth, originMm } = image;
  const { trMs, teMs } = sequences[truth.sequence];
  return encodeValues({
    ...sharedValues(planned, truth.parameters.subject, encoding),
    SOPClassUID: "1.2.840.10008.5.1.4.1.1.4",
    Modality: "MR",
    ImageType: ["ORIGINAL", "PRIMARY", "OTHER"],
    BodyPartExamined: "LSPINE",
    SeriesDescription: `Sagittal ${truth.sequence.toUpperCase()}`,
    PatientPosition: "HFS",
    ScanningSequence: "SE",
    SequenceVariant: "NONE",
    ScanOptions: "",
    MRAcquisitionType: "2D",
    RepetitionTime: trMs,
    EchoTime: teMs,
    EchoTrainLength: 1,
    MagneticFieldStrength: 1.5,
    FrameOfReferenceUID: uidOf("osteon phantom frame", String(planned.options.seed), planned.study),
    PositionReferenceIndicator: "",
    SliceThickness: 4,
    PixelSpacing: [...truth.spacingMm],
    ImageOrientationPatient: [0, 1, 0, 0, 0, -1],
    ImagePositionPatient: [...originMm],
    ...pixelValues(image, encoding),
  });
}
