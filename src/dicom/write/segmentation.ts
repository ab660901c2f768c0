import { bodyPartValues, patientOrientation } from "./body-part.js";
import type { Values } from "./build-dataset.js";
import { codeValues, codes, ownSchemeValues, shorten } from "./codes.js";
import { derivationValues, dimensionValues, instancesBySeries, planeGroups } from "./functional-groups.js";
import { defaultThreshold } from "./place-map.js";
import { frameValues, mapTitle, uidsOf, type ResultContext } from "./result-frame.js";
import { uidOf } from "./result-uid.js";

/** One bit per pixel, the first pixel in the lowest bit. */
function packBits(mask: Uint8Array): Uint8Array {
  const length = Math.ceil(mask.length / 8);
  const bytes = new Uint8Array(length + (length % 2));
  for (let i = 0; i < mask.length; i++) if (mask[i] !== 0) bytes[i >> 3]! |= 1 << (i & 7);
  return bytes;
}

/**
 * The region of a heat map as a binary segmentation of one segment, pixel for pixel over the image. In a frame of reference it
 * has the image's place in the patient; without one it lies on the image it references.
 * @param mask [rows, columns], 0 outside
 * @see DICOM PS3.3 A.51, C.8.20
 */
export function buildSegmentation(context: ResultContext, mask: Uint8Array): Values {
  const { prediction, source } = context;
  const map = prediction.map!;
  const { sopInstanceUid } = uidsOf(context, "segmentation");
  const { model } = prediction;
  const name = shorten(model.name, 64) || "unnamed model";
  return {
    ...frameValues(context, "segmentation"),
    ImageType: ["DERIVED", "PRIMARY"],
    ...(source.plane ? { FrameOfReferenceUID: source.plane.frameOfReferenceUid, PositionReferenceIndicator: "" } : { PatientOrientation: patientOrientation(source) }),
    ...bodyPartValues(source, { side: false }),
    CodingSchemeIdentificationSequence: [ownSchemeValues],
    ContentLabel: "HEATMAP",
    ContentDescription: shorten(`${mapTitle(prediction)}, from ${map.threshold ?? defaultThreshold} of its peak`, 64),
    ContentCreatorName: "Osteon^Model",
    SamplesPerPixel: 1,
    PhotometricInterpretation: "MONOCHROME2",
    Rows: source.rows,
    Columns: source.columns,
    BitsAllocated: 1,
    BitsStored: 1,
    HighBit: 0,
    PixelRepresentation: 0,
    LossyImageCompression: "00",
    BurnedInAnnotation: "NO",
    SegmentationType: "BINARY",
    NumberOfFrames: 1,
    SegmentSequence: [
      {
        SegmentNumber: 1,
        SegmentLabel: shorten(mapTitle(prediction), 64),
        SegmentDescription: shorten(`Where the heat map reaches ${map.threshold ?? defaultThreshold} of its peak`, 1024),
        SegmentAlgorithmType: "AUTOMATIC",
        SegmentAlgorithmName: name,
        SegmentationAlgorithmIdentificationSequence: [
          { AlgorithmFamilyCodeSequence: [codeValues(codes.artificialIntelligence)], AlgorithmName: name, AlgorithmVersion: shorten(model.version, 64) || "unknown", AlgorithmParameters: `model file SHA-256 ${model.sha256.toLowerCase()}`, AlgorithmSource: "Osteon" },
        ],
        SegmentedPropertyCategoryCodeSequence: [codeValues(codes.spatialConcept)],
        SegmentedPropertyTypeCodeSequence: [codeValues(codes.heatRegion)],
        RecommendedDisplayCIELabValue: [40_000, 48_000, 48_000],
        TrackingID: "Heat map region",
        TrackingUID: uidOf("osteon tracking", uidsOf(context, "structured-report").sopInstanceUid, "Heat map region"),
      },
    ],
    ...dimensionValues(sopInstanceUid, ["ReferencedSegmentNumber", "SegmentIdentificationSequence"]),
    SharedFunctionalGroupsSequence: [{ ...planeGroups(source), SegmentIdentificationSequence: [{ ReferencedSegmentNumber: 1 }] }],
    PerFrameFunctionalGroupsSequence: [
      {
        DerivationImageSequence: derivationValues(source, codes.segmentation),
        FrameContentSequence: [{ DimensionIndexValues: [1] }],
        ...(source.plane && { PlanePositionSequence: [{ ImagePositionPatient: [...source.plane.position] }] }),
      },
    ],
    ReferencedSeriesSequence: instancesBySeries(source),
    PixelData: packBits(mask),
  };
}
