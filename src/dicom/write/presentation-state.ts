import type { Dataset } from "../dataset.js";
import { bodyPartValues } from "./body-part.js";
import type { Values } from "./build-dataset.js";
import { shorten } from "./codes.js";
import { mapTitle, frameValues, sentenceOf, type ResultContext } from "./result-frame.js";
import { evidenceOf, referenceTo, type SourceImage } from "./source-image.js";
import type { TracedRegion } from "./trace-outline.js";

/** Layers in the order they are drawn. */
const layer = "AI";

/** How the image turns stored values into grey, so that the state shows it as the image alone would. */
function greyValues({ file }: SourceImage): Values {
  const { dataset } = file;
  const { modality, factor } = modalityValues(dataset);
  const voi = voiValues(dataset, factor);
  const inverse = dataset.text("PhotometricInterpretation") === "MONOCHROME1" || dataset.text("PresentationLUTShape") === "INVERSE";
  return { ...modality, ...(voi && { SoftcopyVOILUTSequence: [voi] }), PresentationLUTShape: inverse ? "INVERSE" : "IDENTITY" };
}

interface Table {
  readonly first: readonly [entries: number, mapped: number];
  readonly data: readonly number[];
  /** That the data needs: some images tell more. */
  readonly bits: number;
  /** Of the full range that entries are a share of. */
  readonly range: number;
  readonly explanation: Values;
}

/** A lookup table of the image; undefined where it is not whole. */
function readTable(item: Dataset | undefined): Table | undefined {
  const descriptor = item?.numbers("LUTDescriptor") ?? [];
  const data = item?.numbers("LUTData").map((value) => value & 0xffff) ?? [];
  const entries = descriptor[0] === 0 ? 65_536 : descriptor[0];
  if (descriptor.length !== 3 || data.length !== entries) return undefined;
  const explanation = item!.text("LUTExplanation");
  const most = data.reduce((highest, value) => Math.max(highest, value), 0);
  const bits = Math.max(8, Math.ceil(Math.log2(1 + most)));
  return { first: [descriptor[0]! & 0xffff, descriptor[1]! & 0xffff], data, bits, range: Math.max(bits, Math.min(16, descriptor[2]!)), explanation: explanation === undefined ? {} : { LUTExplanation: shorten(explanation, 64) } };
}

/** A modality table has 8 or 16 bits: one of another depth is spread, and what comes after it by the same factor. */
function modalityValues(dataset: Dataset): { readonly modality: Values; readonly factor: number } {
  const item = dataset.items("ModalityLUTSequence")[0];
  const table = readTable(item);
  if (table !== undefined) {
    const factor = table.bits === 8 || dataset.has("VOILUTSequence") ? 1 : 2 ** (16 - table.bits);
    const type = shorten(item!.text("ModalityLUTType") ?? "US", 64);
    return { factor, modality: { ModalityLUTSequence: [{ LUTDescriptor: [...table.first, table.bits === 8 ? 8 : 16], LUTData: table.data.map((value) => value * factor), ModalityLUTType: factor === 1 ? type : "US", ...table.explanation }] } };
  }
  const [slope, intercept] = [dataset.number("RescaleSlope"), dataset.number("RescaleIntercept")];
  if (slope === undefined || intercept === undefined || slope === 0) return { modality: {}, factor: 1 };
  return { modality: { RescaleIntercept: intercept, RescaleSlope: slope, RescaleType: shorten(dataset.text("RescaleType") ?? "US", 64) }, factor: 1 };
}

function voiValues(dataset: Dataset, factor: number): Values | undefined {
  const table = readTable(dataset.items("VOILUTSequence")[0]);
  if (table !== undefined) {
    // Here, too, 8 or 16 bits: a share of the full range stays that share.
    const spread = table.range === 8 ? 1 : 65_535 / (2 ** table.range - 1);
    return { VOILUTSequence: [{ LUTDescriptor: [...table.first, table.range === 8 ? 8 : 16], LUTData: table.data.map((value) => Math.round(value * spread)), ...table.explanation }] };
  }
  const [center, width] = [dataset.number("WindowCenter"), dataset.number("WindowWidth")];
  if (center === undefined || width === undefined || !(width >= 1)) return undefined;
  const told = dataset.text("VOILUTFunction");
  const shape = told !== undefined && ["LINEAR", "LINEAR_EXACT", "SIGMOID"].includes(told) ? told : undefined;
  // The ends of a linear window lie half a unit inside it, and the unit is spread, too.
  const linear = shape === undefined || shape === "LINEAR";
  return { WindowCenter: linear ? factor * (center - 0.5) + 0.5 : factor * center, WindowWidth: linear ? factor * (width - 1) + 1 : factor * width, ...(shape !== undefined && { VOILUTFunction: shape }) };
}

/**
 * The image as it is, with the outline of the heat map's region and a line of text drawn over it.
 * @param regions the largest first
 * @see DICOM PS3.3 A.33.1, C.10.4 (displayed area), C.10.5 (graphic annotation), C.10.7 (graphic layer)
 */
export function buildPresentationState(context: ResultContext, regions: readonly TracedRegion[]): Values {
  const { prediction, source } = context;
  const { rows, columns } = source;
  const image = referenceTo(source);
  const shared = frameValues(context, "presentation-state");
  const graphics = regions.slice(0, 20).map(({ outline }) => {
    const closed = [...outline, outline[0]!, outline[1]!];
    return { GraphicAnnotationUnits: "PIXEL", GraphicDimensions: 2, NumberOfGraphicPoints: closed.length / 2, GraphicData: closed, GraphicType: "POLYLINE", GraphicFilled: "N" };
  });
  const text = {
    BoundingBoxAnnotationUnits: "DISPLAY",
    UnformattedTextValue: shorten([sentenceOf(prediction), mapTitle(prediction)].filter((line) => line !== "").join(" "), 1024),
    BoundingBoxTopLeftHandCorner: [0.02, 0.02],
    BoundingBoxBottomRightHandCorner: [0.98, 0.1],
    BoundingBoxTextHorizontalJustification: "LEFT",
  };
  const spacing = source.patientSpacingMm;
  return {
    ...shared,
    PresentationCreationDate: shared["ContentDate"],
    PresentationCreationTime: shared["ContentTime"],
    ContentDate: undefined,
    ContentTime: undefined,
    ...bodyPartValues(source, { side: true }),
    ContentLabel: "AI_RESULT",
    ContentDescription: shorten(mapTitle(prediction) || prediction.decided, 64),
    ContentCreatorName: "Osteon^Model",
    ReferencedSeriesSequence: evidenceOf([source]).flatMap(({ ReferencedSeriesSequence: series }) =>
      (series as readonly Values[]).map((one) => ({ ReferencedImageSequence: [image], SeriesInstanceUID: one["SeriesInstanceUID"] })),
    ),
    DisplayedAreaSelectionSequence: [
      {
        ReferencedImageSequence: [image],
        DisplayedAreaTopLeftHandCorner: [1, 1],
        // An area of one row or column is none to some readers; it may reach beyond the image.
        DisplayedAreaBottomRightHandCorner: [Math.max(2, columns), Math.max(2, rows)],
        PresentationSizeMode: "SCALE TO FIT",
        ...(spacing !== undefined ? { PresentationPixelSpacing: [...spacing] } : { PresentationPixelAspectRatio: aspectRatio(source.pixelAspect) }),
      },
    ],
    GraphicAnnotationSequence: [{ ReferencedImageSequence: [image], GraphicLayer: layer, TextObjectSequence: [text], ...(graphics.length > 0 && { GraphicObjectSequence: graphics }) }],
    GraphicLayerSequence: [{ GraphicLayer: layer, GraphicLayerOrder: 1, GraphicLayerRecommendedDisplayGrayscaleValue: 65_535, GraphicLayerDescription: "Result of an algorithm" }],
    ...greyValues(source),
  };
}

/** Height and width of a pixel as whole numbers. */
function aspectRatio(aspect: number): number[] {
  return aspect === 1 ? [1, 1] : [Math.round(aspect * 10_000), 10_000];
}
