import { tagOf } from "../dictionary/index.js";
import { encodeText, type Value, type Values } from "./build-dataset.js";
import { shorten } from "./codes.js";
import type { ResultKind, ResultModel, ResultOptions, ResultPrediction } from "./contract.js";
import { resultUid, uidOf } from "./result-uid.js";
import type { CopiedAttributes } from "./source-attributes.js";
import type { ReplacedUid, SourceImage } from "./source-image.js";

/** SOP class, modality and place among the series of each kind. */
export const kindFacts = {
  "structured-report": { sopClassUid: "1.2.840.10008.5.1.4.1.1.88.34", modality: "SR", seriesNumber: 9000, title: "findings" },
  "parametric-map": { sopClassUid: "1.2.840.10008.5.1.4.1.1.30", modality: undefined, seriesNumber: 9001, title: "heat map" },
  segmentation: { sopClassUid: "1.2.840.10008.5.1.4.1.1.66.4", modality: "SEG", seriesNumber: 9002, title: "heat map region" },
  "secondary-capture": { sopClassUid: "1.2.840.10008.5.1.4.1.1.7", modality: undefined, seriesNumber: 9003, title: "heat map picture" },
  "presentation-state": { sopClassUid: "1.2.840.10008.5.1.4.1.1.11.1", modality: "PR", seriesNumber: 9004, title: "heat map outline" },
  "key-objects": { sopClassUid: "1.2.840.10008.5.1.4.1.1.88.59", modality: "KO", seriesNumber: 9005, title: "key image" },
} as const satisfies Record<ResultKind, { sopClassUid: string; modality: string | undefined; seriesNumber: number; title: string }>;

/** What all objects of one result share. */
export interface ResultContext {
  readonly prediction: ResultPrediction;
  readonly source: SourceImage;
  readonly options: ResultOptions;
  readonly copied: CopiedAttributes;
}

/** Digits of a time where the image was taken: by its own offset from UTC, else by this machine's clock. */
export function localTime(made: Date, offset: string | undefined): { readonly date: string; readonly time: string } {
  const told = offset !== undefined && /^[+-]\d{4}$/.test(offset) ? (offset.startsWith("-") ? -1 : 1) * (60 * Number(offset.slice(1, 3)) + Number(offset.slice(3))) : -made.getTimezoneOffset();
  const digits = new Date(made.getTime() + told * 60_000).toISOString().replaceAll(/[-:TZ]/g, "");
  return { date: digits.slice(0, 8), time: digits.slice(8) };
}

/** The image's own offset from UTC, where it tells one. */
export function offsetOf({ source }: ResultContext): string | undefined {
  const told = source.file.dataset.text("TimezoneOffsetFromUTC");
  return told !== undefined && /^[+-](?:0\d|1[0-4])[0-5]\d$/.test(told) ? told : undefined;
}

export function uidsOf({ prediction, source }: ResultContext, kind: ResultKind): { readonly sopInstanceUid: string; readonly seriesInstanceUid: string } {
  const { model, settings = "" } = prediction;
  return {
    sopInstanceUid: resultUid({ source: source.sopInstanceUid, frame: source.frame, modelSha256: model.sha256, kind, settings }),
    // One series per kind, model and series of images; frames of reference are never mixed within it.
    seriesInstanceUid: uidOf("osteon series", source.seriesInstanceUid, model.sha256.toLowerCase(), kind, settings, source.plane?.frameOfReferenceUid ?? ""),
  };
}

/** Name of the model as people are shown it. */
export function modelTitle({ name, version }: ResultModel): string {
  return shorten(`${name} ${version}`, 48);
}

/** Attributes of patient, study, series, equipment and SOP that every kind has. */
export function frameValues(context: ResultContext, kind: ResultKind): Record<string, Value | undefined> {
  const { prediction, source, options, copied } = context;
  const { sopClassUid, modality, seriesNumber, title } = kindFacts[kind];
  const { sopInstanceUid, seriesInstanceUid } = uidsOf(context, kind);
  const offset = offsetOf(context);
  const { date, time } = localTime(options.made, offset);
  const modelName = shorten(prediction.model.name, 64) || "unnamed model";
  return {
    ...copied.values,
    ...(source.replaced && { OriginalAttributesSequence: source.replaced.map((one) => originalUid(one, `${date}${time}`)) }),
    TimezoneOffsetFromUTC: offset,
    SOPClassUID: sopClassUid,
    SOPInstanceUID: sopInstanceUid,
    SeriesInstanceUID: seriesInstanceUid,
    Modality: modality ?? source.modality,
    SeriesNumber: seriesNumber,
    SeriesDescription: shorten(`${modelTitle(prediction.model)}: ${title}`, 64),
    SeriesDate: date,
    SeriesTime: time,
    ContentDate: date,
    ContentTime: time,
    InstanceCreationDate: date,
    InstanceCreationTime: time,
    InstanceNumber: instanceNumber(source),
    Manufacturer: "Osteon",
    ManufacturerModelName: modelName,
    DeviceSerialNumber: prediction.model.sha256.toLowerCase(),
    SoftwareVersions: [`model ${prediction.model.version}`, `osteon ${options.softwareVersion}`].map((text) => shorten(text, 64)).join("\\"),
  };
}

/**
 * A malformed UID of the image as it stood: its study's, or its own where it is referred to.
 * @see DICOM PS3.3 table C.12-1, Nonconforming Modified Attributes Sequence
 */
function originalUid({ keyword, stored }: ReplacedUid, at: string): Values {
  const attribute = keyword === "SOPInstanceUID" ? "ReferencedSOPInstanceUID" : keyword;
  return {
    SourceOfPreviousValues: "",
    AttributeModificationDateTime: at,
    ModifyingSystem: "Osteon",
    ReasonForTheAttributeModification: "CORRECT",
    ModifiedAttributesSequence: [{ [attribute]: "" }],
    NonconformingModifiedAttributesSequence: [{ SelectorAttribute: tagOf(attribute)!, SelectorValueNumber: 1, NonconformingDataElementValue: encodeText(stored, "UI") }],
  };
}

/** The image's own number, so that results stand in the order of their images. */
function instanceNumber({ file, frame, frames }: SourceImage): number {
  const own = file.dataset.number("InstanceNumber");
  const base = own !== undefined && Number.isInteger(own) && own >= 0 && own < 1e6 ? own : 1;
  return frames > 1 ? base * 1000 + frame + 1 : base;
}

/** What was done, in one sentence. */
export function sentenceOf({ decided, classes, threshold, text, model, images = 1 }: ResultPrediction): string {
  if (text !== undefined && text !== "") return text;
  const probability = classes.find(({ label }) => label === decided)?.probability ?? Number.NaN;
  const by = threshold === undefined ? "the most probable class" : `threshold ${threshold.toFixed(3)}`;
  const of = images > 1 ? `, mean of ${images} images` : "";
  return `${decided}: probability ${probability.toFixed(3)} (${by}${of}), by ${modelTitle(model)}. For research; not a medical device.`;
}

/** The region and map as one line for captions. */
export function mapTitle({ map }: ResultPrediction): string {
  return map === undefined ? "" : `${map.method} of ${map.label}`;
}
