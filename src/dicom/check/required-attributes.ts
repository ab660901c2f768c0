import type { Dataset } from "../dataset.js";
import type { DicomFile } from "../parse/parse-dicom.js";
import { errorAt, type Finding } from "./contract.js";

/** Attributes that have to be there: with a value (type 1), or at least empty (type 2). */
interface Required {
  readonly title: string;
  /** Type 1. */
  readonly value: string;
  /** Type 2. */
  readonly present: string;
}

const patientAndStudy = "PatientName PatientID PatientBirthDate PatientSex StudyDate StudyTime ReferringPhysicianName StudyID AccessionNumber";
const identity = "SOPClassUID SOPInstanceUID StudyInstanceUID SeriesInstanceUID Modality";
const greyPixels = "SamplesPerPixel PhotometricInterpretation Rows Columns BitsAllocated BitsStored HighBit PixelRepresentation";
const equipment = "Manufacturer ManufacturerModelName DeviceSerialNumber SoftwareVersions";
const frames = "NumberOfFrames DimensionOrganizationSequence DimensionIndexSequence SharedFunctionalGroupsSequence PerFrameFunctionalGroupsSequence";
const report = "InstanceNumber ContentDate ContentTime ValueType ConceptNameCodeSequence ContinuityOfContent";

const xRay =
  "ImageType PresentationIntentType AnatomicRegionSequence ImageLaterality PixelIntensityRelationship PixelIntensityRelationshipSign RescaleIntercept RescaleSlope RescaleType PresentationLUTShape LossyImageCompression BurnedInAnnotation ImagerPixelSpacing";

const image = "1.2.840.10008.5.1.4.1.1.";

/**
 * What the data set of a SOP class has at its top whatever it shows: mandatory modules without their conditions.
 * @see DICOM PS3.3 annexes A and C, edition 2024b
 */
const classes: Readonly<Record<string, Required>> = {
  [`${image}1`]: { title: "Computed Radiography Image", value: `${greyPixels} PixelData`, present: "SeriesNumber InstanceNumber Manufacturer BodyPartExamined ViewPosition" },
  [`${image}1.1`]: { title: "Digital X-Ray Image, for presentation", value: `${greyPixels} PixelData ${xRay}`, present: "SeriesNumber InstanceNumber Manufacturer AcquisitionContextSequence" },
  [`${image}1.1.1`]: { title: "Digital X-Ray Image, for processing", value: `${greyPixels} PixelData ${xRay}`, present: "SeriesNumber InstanceNumber Manufacturer AcquisitionContextSequence" },
  [`${image}4`]: { title: "MR Image", value: `${greyPixels} PixelData ImageType FrameOfReferenceUID PixelSpacing ImageOrientationPatient ImagePositionPatient ScanningSequence SequenceVariant`, present: "SeriesNumber InstanceNumber Manufacturer PositionReferenceIndicator SliceThickness ScanOptions MRAcquisitionType EchoTime EchoTrainLength" },
  [`${image}7`]: { title: "Secondary Capture Image", value: `${greyPixels} PixelData ConversionType`, present: "SeriesNumber InstanceNumber" },
  [`${image}11.1`]: {
    title: "Grayscale Softcopy Presentation State",
    value: "SeriesNumber InstanceNumber ContentLabel PresentationCreationDate PresentationCreationTime ReferencedSeriesSequence DisplayedAreaSelectionSequence PresentationLUTShape",
    present: "Manufacturer ContentDescription ContentCreatorName",
  },
  [`${image}30`]: { title: "Parametric Map", value: `${equipment} ${frames} ImageType FrameOfReferenceUID SamplesPerPixel PhotometricInterpretation Rows Columns BitsAllocated ContentLabel ContentQualification SeriesNumber InstanceNumber ContentDate ContentTime PresentationLUTShape`, present: "AcquisitionContextSequence ContentDescription ContentCreatorName" },
  [`${image}66.4`]: { title: "Segmentation", value: `${equipment} ${frames} ImageType ${greyPixels} PixelData SegmentationType SegmentSequence ContentLabel SeriesNumber InstanceNumber ContentDate ContentTime LossyImageCompression`, present: "ContentDescription ContentCreatorName" },
  [`${image}88.34`]: { title: "Comprehensive 3D SR", value: `${report} SeriesNumber CompletionFlag VerificationFlag`, present: "Manufacturer ReferencedPerformedProcedureStepSequence PerformedProcedureCodeSequence" },
  [`${image}88.59`]: { title: "Key Object Selection", value: `${report} SeriesNumber CurrentRequestedProcedureEvidenceSequence`, present: "Manufacturer ReferencedPerformedProcedureStepSequence" },
};

/** What the SOP class is called here; undefined where its attributes are not known to this program. */
export function titleOfClass(uid: string): string | undefined {
  return classes[uid]?.title;
}

function isEmpty(dataset: Dataset, keyword: string): boolean {
  const element = dataset.element(keyword)!;
  return (element.items?.length ?? 0) === 0 && element.fragments === undefined && (element.bytes.length === 0 || (element.bytes.length < 512 && dataset.texts(keyword).every((text) => text === "") && dataset.numbers(keyword).length === 0));
}

/** Attributes of mandatory modules that are not there, or are empty and may not be. */
export function checkRequired({ dataset }: DicomFile): Finding[] {
  const known = classes[dataset.text("SOPClassUID") ?? ""];
  const words = (text: string): string[] => text.split(" ").filter((word) => word !== "");
  const value = [...words(identity), ...words(known?.value ?? "")];
  const present = [...words(patientAndStudy), ...words(known?.present ?? "")];
  return [
    ...value.flatMap((keyword) => (!dataset.has(keyword) ? [errorAt("missing", keyword, "is missing, and has to have a value.")] : isEmpty(dataset, keyword) ? [errorAt("empty", keyword, "is empty, and has to have a value.")] : [])),
    ...present.filter((keyword) => !dataset.has(keyword)).map((keyword) => errorAt("missing", keyword, "is missing; it may be empty.")),
  ];
}
