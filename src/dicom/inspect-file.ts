import { randomBytes } from "node:crypto";
import { isTextVr, textsOf, widthOf, type Dataset, type Element } from "./dataset.js";
import { deidentifyDataset } from "./deidentify/deidentify-dataset.js";
import { createPseudonyms } from "./deidentify/pseudonyms.js";
import { attributeOf, formatTag, isPrivate } from "./dictionary/index.js";
import { readOrientation, readView } from "./geometry/orientation.js";
import { readPixelAspect, readSpacing } from "./geometry/spacing.js";
import type { DicomFile } from "./parse/parse-dicom.js";

export const maskedValue = "(masked)";

/** A value of the header: texts and numbers as they are, sequences as lists of data sets, bulk as its length. */
export type HeaderValue = string | number | readonly (string | number)[] | readonly HeaderValues[];

export interface HeaderValues {
  readonly [keyword: string]: HeaderValue;
}

export interface HeaderOptions {
  /** Show what the de-identification profile would remove or change; otherwise it reads `(masked)`, and private elements are left out. */
  readonly keepIdentity?: boolean;
}

/** Longest list of binary numbers shown. */
const mostNumbers = 64;
const characterSet = 0x00080005;

function headerValue(element: Element, dataset: Dataset): HeaderValue {
  if (element.fragments !== undefined) return `${element.fragments.length - 1} fragments, ${element.fragments.slice(1).reduce((sum, part) => sum + part.length, 0)} bytes`;
  const { vr, bytes } = element;
  const width = widthOf(vr);
  if (!isTextVr(vr) && (width === undefined || vr.startsWith("O") || bytes.length / width > mostNumbers)) return `${bytes.length} bytes`;
  const texts = textsOf(element, dataset);
  if (vr === "AT") return texts.map((text) => formatTag(Number(text)));
  const isNumber = width !== undefined || vr === "DS" || vr === "IS";
  const values = isNumber ? texts.map((text) => (text !== "" && Number.isFinite(Number(text)) ? Number(text) : text)) : texts;
  return values.length === 1 ? values[0]! : values;
}

/** The elements of a data set by keyword, without group lengths. */
export function readHeader(dataset: Dataset, { keepIdentity = false }: HeaderOptions = {}): HeaderValues {
  if (keepIdentity) return headerValues(dataset, dataset);
  // What de-identification itself keeps as it is may be shown, and nothing else.
  return headerValues(dataset, deidentifyDataset(dataset, { pseudonyms: createPseudonyms(randomBytes(32)), options: new Set() }).dataset);
}

/** @param kept the same data set without what must not be shown, or itself */
function headerValues(dataset: Dataset, kept: Dataset | undefined): HeaderValues {
  const header: Record<string, HeaderValue> = {};
  for (const element of dataset.elements.values()) {
    const { tag } = element;
    if ((tag & 0xffff) === 0) continue;
    const known = attributeOf(tag);
    const stays = kept?.elements.get(tag);
    if (kept !== dataset && (isPrivate(tag) || known === undefined)) continue;
    header[known?.keyword ?? formatTag(tag)] = shownValue(element, dataset, { stays, kept });
  }
  return header;
}

function shownValue(element: Element, dataset: Dataset, { stays, kept }: { stays: Element | undefined; kept: Dataset | undefined }): HeaderValue {
  const { tag, bytes, items, fragments } = element;
  if (items !== undefined) {
    if (items.length > 0 && stays?.items?.length !== items.length) return maskedValue;
    return items.map((item, i) => headerValues(item, kept === dataset ? item : stays?.items?.[i]));
  }
  if (bytes.length === 0 && fragments === undefined) return "";
  const isSame = tag === characterSet || (stays !== undefined && (fragments !== undefined || (isTextVr(stays.vr) ? textsOf(stays, kept!).join("\\") === textsOf(element, dataset).join("\\") : Buffer.from(stays.bytes).equals(Buffer.from(bytes)))));
  return isSame ? headerValue(element, dataset) : maskedValue;
}

/** What a file says of where its pixels lie. */
export interface Geometry {
  readonly spacingMm?: readonly [number, number];
  /** Where the spacing is true: in the patient, on the detector, there divided by the magnification, or on film. */
  readonly spacingPlane?: string;
  readonly magnification?: number;
  /** Height over width of a pixel. */
  readonly pixelAspect: number;
  /** Where the rows and the columns run to in the patient. */
  readonly directions?: readonly [string, string];
  /** EXIF number of the turn that puts the image upright; 1 where none is needed or nothing is told. */
  readonly turn: number;
  readonly imagePosition?: readonly number[];
  readonly sliceThicknessMm?: number;
  readonly laterality?: string;
  readonly view?: string;
  readonly bodyPart?: string;
}

export function readGeometry(file: DicomFile): Geometry {
  const spacing = readSpacing(file);
  const orientation = readOrientation(file);
  const position = file.dataset.numbers("ImagePositionPatient");
  const sliceThicknessMm = file.dataset.number("SliceThickness");
  return {
    ...(spacing && { spacingMm: spacing.spacingMm, spacingPlane: spacing.plane, ...(spacing.magnification !== undefined && { magnification: spacing.magnification }) }),
    pixelAspect: readPixelAspect(file),
    ...(orientation && { directions: orientation.directions }),
    turn: orientation?.turn ?? 1,
    ...(position.length === 3 && { imagePosition: position }),
    ...(sliceThicknessMm !== undefined && { sliceThicknessMm }),
    ...readView(file),
  };
}
