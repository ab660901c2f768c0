import { bodyPartValues } from "./body-part.js";
import type { Values } from "./build-dataset.js";
import { codeValues, codes, methodCode, shorten } from "./codes.js";
import type { ResultMap } from "./contract.js";
import { derivationValues, dimensionValues, instancesBySeries } from "./functional-groups.js";
import { mapOnImage } from "./place-map.js";
import { frameValues, mapTitle, uidsOf, type ResultContext } from "./result-frame.js";
import type { PatientPlane } from "./source-image.js";

/** A plane of floating point values in the patient. */
interface FloatPlane {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly plane: PatientPlane;
}

/** A point of the stored image, in pixels from its top left corner, as millimetres in the patient. */
function pointOf({ position, orientation, spacingMm: [row, column] }: PatientPlane, x: number, y: number): number[] {
  // The position is that of the first pixel's center.
  return position.map((start, i) => start + orientation[i]! * column * (x - 0.5) + orientation[i + 3]! * row * (y - 0.5));
}

/** The map on its own grid: the network's cells are larger than pixels and may lie turned or mirrored over the image. */
function onOwnGrid({ values, height, width, toImage }: ResultMap, plane: PatientPlane): FloatPlane {
  const [a, b, c, d, e, f] = toImage;
  const at = (u: number, v: number): number[] => pointOf(plane, a * u + b * v + c, d * u + e * v + f);
  const [first, right, below] = [at(0.5, 0.5), at(1.5, 0.5), at(0.5, 1.5)];
  const along = right.map((value, i) => value - first[i]!);
  const down = below.map((value, i) => value - first[i]!);
  const [across, tall] = [Math.hypot(...along), Math.hypot(...down)];
  const orientation = [...along.map((value) => value / across), ...down.map((value) => value / tall)];
  return { values, rows: height, columns: width, plane: { ...plane, position: first, orientation, spacingMm: [tall, across] } };
}

/**
 * The heat map's own numbers, as 32-bit floating point pixels with their place in the patient.
 * @see DICOM PS3.3 A.75, C.8.32
 */
export function buildParametricMap(context: ResultContext): Values {
  const { prediction, source, options } = context;
  const map = prediction.map!;
  const own = options.parametricMapGrid === "map";
  const { values, rows, columns, plane } = own ? onOwnGrid(map, source.plane!) : { values: mapOnImage(map, source), rows: source.rows, columns: source.columns, plane: source.plane! };
  const lowest = map.signed === true ? -1 : 0;
  const { sopInstanceUid } = uidsOf(context, "parametric-map");
  const name = shorten(prediction.model.name, 64) || "unnamed model";
  return {
    ...frameValues(context, "parametric-map"),
    ImageType: ["DERIVED", "PRIMARY", "VOLUME", "QUANTITY"],
    FrameOfReferenceUID: plane.frameOfReferenceUid,
    PositionReferenceIndicator: "",
    ...bodyPartValues(source, { side: true }),
    ContentLabel: "HEATMAP",
    ContentDescription: shorten(mapTitle(prediction), 64),
    ContentCreatorName: "Osteon^Model",
    SamplesPerPixel: 1,
    PhotometricInterpretation: "MONOCHROME2",
    Rows: rows,
    Columns: columns,
    BitsAllocated: 32,
    NumberOfFrames: 1,
    LossyImageCompression: "00",
    BurnedInAnnotation: "NO",
    RecognizableVisualFeatures: "NO",
    ContentQualification: "RESEARCH",
    PixelPresentation: "MONOCHROME",
    PresentationLUTShape: "IDENTITY",
    AcquisitionContextSequence: [],
    ...dimensionValues(sopInstanceUid, ["ImagePositionPatient", "PlanePositionSequence"]),
    SharedFunctionalGroupsSequence: [
      {
        PixelMeasuresSequence: [{ PixelSpacing: [...plane.spacingMm], SliceThickness: plane.thicknessMm ?? Math.min(...source.plane!.spacingMm) }],
        PlaneOrientationSequence: [{ ImageOrientationPatient: [...plane.orientation] }],
        ParametricMapFrameTypeSequence: [{ FrameType: ["DERIVED", "PRIMARY", "VOLUME", "QUANTITY"] }],
        PixelValueTransformationSequence: [{ RescaleIntercept: 0, RescaleSlope: 1, RescaleType: "US" }],
        FrameVOILUTSequence: [{ WindowCenter: (1 + lowest) / 2, WindowWidth: 1 - lowest, VOILUTFunction: "LINEAR_EXACT" }],
        RealWorldValueMappingSequence: [
          {
            DoubleFloatRealWorldValueFirstValueMapped: lowest,
            DoubleFloatRealWorldValueLastValueMapped: 1,
            RealWorldValueIntercept: 0,
            RealWorldValueSlope: 1,
            LUTExplanation: shorten(`${mapTitle(prediction)} by ${name}, largest size 1`, 64),
            LUTLabel: "HEATMAP",
            MeasurementUnitsCodeSequence: [codeValues(codes.noUnits)],
            QuantityDefinitionSequence: [{ ValueType: "CODE", ConceptNameCodeSequence: [codeValues(codes.quantity)], ConceptCodeSequence: [codeValues(methodCode(map.method))] }],
          },
        ],
        DerivationImageSequence: derivationValues(source, codes.artificialIntelligence),
      },
    ],
    PerFrameFunctionalGroupsSequence: [{ FrameContentSequence: [{ DimensionIndexValues: [1] }], PlanePositionSequence: [{ ImagePositionPatient: [...plane.position] }] }],
    ReferencedSeriesSequence: instancesBySeries(source),
    FloatPixelData: floatBytes(values),
  };
}

function floatBytes(values: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => view.setFloat32(4 * i, value, true));
  return new Uint8Array(view.buffer);
}
