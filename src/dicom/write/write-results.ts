import { DataError, InputError, OsteonError, type Warning } from "../../base/index.js";
import { buildDataset, type Values } from "./build-dataset.js";
import { resultKinds, type ResultKind, type ResultObject, type ResultOptions, type ResultPrediction, type ResultSource, type WrittenResults } from "./contract.js";
import { encodeValues, isAscii } from "./encode-values.js";
import { buildKeyObjects } from "./key-objects.js";
import { buildParametricMap } from "./parametric-map.js";
import { mapOnImage, regionOf } from "./place-map.js";
import { buildPresentationState } from "./presentation-state.js";
import { kindFacts, uidsOf, type ResultContext } from "./result-frame.js";
import { buildSecondaryCapture } from "./secondary-capture.js";
import { buildSegmentation } from "./segmentation.js";
import { copyPatientAndStudy, isValidText } from "./source-attributes.js";
import { readSourceImage } from "./source-image.js";
import { buildStructuredReport } from "./structured-report.js";
import { encodeDicom } from "./write-dicom.js";
import { simplify, traceOutlines, type TracedRegion } from "./trace-outline.js";

/** Objects in this order: what is referenced stands first. */
const order: readonly ResultKind[] = ["parametric-map", "segmentation", "secondary-capture", "presentation-state", "key-objects", "structured-report"];

/** @throws InputError `dicom-prediction` */
function checkPrediction({ model, classes, decided, map, threshold }: ResultPrediction, { made }: ResultOptions): void {
  const refuse = (what: string, expected: string, got: string | number): never => {
    throw new InputError("dicom-prediction", `${what}: expected ${expected}, got ${got}. Correct the prediction.`);
  };
  if (!/^[0-9a-fA-F]{64}$/.test(model.sha256)) refuse("model hash", "64 hexadecimal digits", `${model.sha256.length} characters`);
  if (classes.length === 0) refuse("classes", "at least one", 0);
  for (const { probability } of classes) if (!(probability >= 0 && probability <= 1)) refuse("probability", "a number from 0 to 1", probability);
  if (!classes.some(({ label }) => label === decided)) refuse("decided class", "one of the classes", "another");
  if (threshold !== undefined && !(threshold >= 0 && threshold <= 1)) refuse("threshold", "a number from 0 to 1", threshold);
  if (Number.isNaN(made.getTime())) refuse("time", "a date", "none");
  if (map === undefined) return;
  if (map.values.length !== map.height * map.width || map.values.length === 0) refuse("heat map", `${map.height} x ${map.width} values`, map.values.length);
  if (!map.values.every(Number.isFinite)) refuse("heat map", "finite values", "others");
  if (map.threshold !== undefined && !(map.threshold > 0 && map.threshold <= 1)) refuse("threshold of the heat map", "a share above 0 to 1", map.threshold);
  const [a, b, , d, e] = map.toImage;
  const isStraight = (b === 0 && d === 0) || (a === 0 && e === 0);
  if (!(Math.abs(a * e - b * d) > 0) || !isStraight || !map.toImage.every(Number.isFinite)) refuse("place of the heat map", "six numbers that can be inverted, along rows and columns", "others");
}

/** Why an object cannot be made of this prediction and image; undefined where it can. */
function reasonAgainst(kind: ResultKind, { prediction, source }: ResultContext, regions: readonly TracedRegion[]): string | undefined {
  if (kind === "parametric-map" || kind === "segmentation") {
    if (prediction.map === undefined) return "the model gives no heat map";
  }
  if (kind === "parametric-map" && source.plane === undefined) return "the image has no place in the patient (FrameOfReferenceUID, ImagePositionPatient, ImageOrientationPatient and PixelSpacing), which a Parametric Map needs";
  if (kind === "segmentation" && regions.length === 0) return "the heat map shows no region on the image";
  const { dataset } = source.file;
  if (kind === "presentation-state" && (dataset.number("SamplesPerPixel") ?? 1) !== 1) return "a grayscale presentation state is for grey images, and the image has colors";
  if (kind === "presentation-state" && dataset.text("PhotometricInterpretation") === "PALETTE COLOR") return "a grayscale presentation state is for grey images, and the image has a palette";
  return undefined;
}

/**
 * Turns one prediction into DICOM objects that join the study of its image: a structured report, the heat map as Parametric
 * Map, segmentation and burned-in picture, a presentation state and a key object note. Patient and study are the source's,
 * every kind has a series of its own, and all UIDs follow from image, model, kind and settings, so that the same result is the
 * same objects however often it is written.
 * @throws InputError `dicom-prediction`; DataError `dicom-source` where the image cannot be referenced
 * @see IHE RAD AI Results; checked with dciodvfy of dicom3tools and with dcmtk
 */
export function writeResults(prediction: ResultPrediction, from: ResultSource, options: ResultOptions): WrittenResults {
  checkPrediction(prediction, options);
  const source = readSourceImage(from, options.malformedUids);
  const { dataset, name } = source.file;
  const others = from.others ?? [];
  if (others.some(({ studyInstanceUid }) => studyInstanceUid !== source.studyInstanceUid)) throw new DataError("dicom-source", `${name}: expected further images of the same study, got another study's. Predict study by study.`);
  const copied = copyPatientAndStudy(dataset, options.malformedUids);
  const context: ResultContext = { prediction, source, options, copied };

  const mask = prediction.map === undefined ? undefined : regionOf(mapOnImage(prediction.map, source), prediction.map.threshold);
  const tolerance = Math.max(0.5, Math.max(source.rows, source.columns) / 1500);
  const regions = mask === undefined ? [] : traceOutlines(mask, source).map(({ outline, area }) => ({ outline: simplify(outline, tolerance), area }));

  const wanted = new Set(options.kinds ?? resultKinds);
  const objects: ResultObject[] = [];
  const leftOut: { kind: ResultKind; reason: string }[] = [];
  const builders: Record<ResultKind, () => Values> = {
    "parametric-map": () => buildParametricMap(context),
    segmentation: () => buildSegmentation(context, mask!),
    "secondary-capture": () => buildSecondaryCapture(context),
    "presentation-state": () => buildPresentationState(context, regions),
    "key-objects": () => buildKeyObjects(context, objects.filter(({ kind }) => kind === "secondary-capture")),
    "structured-report": () => buildStructuredReport(context, { objects, regions, others }),
  };
  for (const kind of order) {
    if (!wanted.has(kind)) continue;
    const against = reasonAgainst(kind, context, regions);
    if (against !== undefined) {
      leftOut.push({ kind, reason: against });
      continue;
    }
    try {
      const bytes = encodeFor(copied, builders[kind]());
      objects.push({ kind, sopClassUid: kindFacts[kind].sopClassUid, ...uidsOf(context, kind), studyInstanceUid: source.studyInstanceUid, bytes });
    } catch (error) {
      // Only the picture needs the source's pixels: where they cannot be decoded, the rest still says what was found.
      if (!(error instanceof OsteonError) || kind !== "secondary-capture") throw error;
      leftOut.push({ kind, reason: error.message });
    }
  }
  return { objects, leftOut, warnings: warningsOf(context) };
}

/** Keeps the source's own bytes and character set, so that nobody's name is changed; where this program's text needs more letters, all becomes UTF-8. */
function encodeFor({ values: shared, asStored }: ResultContext["copied"], values: Values): Uint8Array {
  const ownIsAscii = Object.entries(values).every(([keyword, value]) => Object.hasOwn(shared, keyword) || isAscii(value));
  return asStored === undefined || !ownIsAscii ? encodeValues(values) : encodeDicom(buildDataset({ ...values, ...asStored }));
}

function warningsOf({ copied: { dropped, kept }, source }: ResultContext): Warning[] {
  const { name } = source.file;
  const malformed = [source.sopInstanceUid, source.seriesInstanceUid, source.studyInstanceUid, source.sopClassUid].some((uid) => !isValidText(uid, "UI"));
  const replaced = (source.replaced ?? []).map(({ keyword }) => keyword);
  const elsewhere = replaced.includes("StudyInstanceUID") ? ", and an archive will file them beside the study and not in it" : "";
  return [
    ...(malformed ? [{ code: "dicom-uid", message: `${name}: a UID of the image is malformed; the results refer to it as it is, and checkers will say so. Export the image anew from its archive.` }] : []),
    ...(replaced.length > 0 ? [{ code: "dicom-uid", message: `${name}: ${replaced.join(", ")} of the image ${replaced.length > 1 ? "are" : "is"} malformed; the results carry valid UIDs made from it and tell the stored ones${elsewhere}. Export the image anew from its archive, or keep malformed UIDs.` }] : []),
    ...dropped.map((keyword) => ({ code: "dicom-attribute-dropped", message: `${name}: ${keyword} holds a value that the standard does not allow; the results are written without it.` })),
    ...kept.map((keyword) => ({ code: "dicom-attribute-kept", message: `${name}: ${keyword} holds a value that the standard does not allow; the results keep it, so that they stay with their study.` })),
  ];
}
