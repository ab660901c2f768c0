import type { Dataset } from "../dataset.js";
import type { DicomFile } from "../parse/parse-dicom.js";
import { lookUp, readLookupTable, type LookupTable } from "./lookup-table.js";
import type { StoredFrame } from "./stored-values.js";

export interface Window {
  readonly center: number;
  readonly width: number;
  /** `"linear"` of the standard, whose ends lie half a unit inside; `"linear-exact"`; `"sigmoid"`. */
  readonly shape: "linear" | "linear-exact" | "sigmoid";
}

/** How grey values were made, to be told with the result. */
export interface GreyTransform {
  readonly modality: "none" | "rescale" | "table";
  /** What chose the range of grey that is shown: a table or window of the file, or the lowest and highest value of the image. */
  readonly range: "table" | "window" | "values";
  readonly window?: Window;
  /** Dark and bright exchanged: MONOCHROME1, or an inverse presentation. */
  readonly inverted: boolean;
}

/**
 * Share of the display's range for a value.
 * @returns 0..1
 * @see DICOM PS3.3 C.11.2.1.2.1 (linear), C.11.2.1.3.1 (sigmoid), C.11.2.1.3.2 (linear exact)
 */
export function applyWindow(value: number, { center, width, shape }: Window): number {
  if (shape === "sigmoid") return 1 / (1 + Math.exp((-4 * (value - center)) / width));
  const share = shape === "linear-exact" ? (value - center) / width + 0.5 : width <= 1 ? (value <= center - 0.5 ? 0 : 1) : (value - (center - 0.5)) / (width - 1) + 0.5;
  return Math.min(1, Math.max(0, share));
}

/** The data sets that may tell of one frame, the nearest first: its functional groups, the shared ones, the file's own. */
export function framesOwn({ dataset }: DicomFile, frame: number): Dataset[] {
  return [dataset.items("PerFrameFunctionalGroupsSequence")[frame], dataset.items("SharedFunctionalGroupsSequence")[0], dataset].filter((one) => one !== undefined);
}

/** The first data set that has the attribute, inside the macro of a functional group or directly. */
export function findMacro(file: DicomFile, frame: number, macro: string, attribute: string): Dataset | undefined {
  for (const group of framesOwn(file, frame)) {
    const inner = group.items(macro)[0];
    if (inner?.has(attribute) === true) return inner;
  }
  return file.dataset.has(attribute) ? file.dataset : undefined;
}

interface Modality {
  readonly kind: GreyTransform["modality"];
  readonly apply: (value: number) => number;
}

function readModality(file: DicomFile, frame: number, signed: boolean): Modality {
  const item = file.dataset.items("ModalityLUTSequence")[0];
  const table = item === undefined ? undefined : readLookupTable(item, "LUTDescriptor", "LUTData", signed);
  if (table !== undefined) return { kind: "table", apply: (value) => lookUp(table, value) };
  const holder = findMacro(file, frame, "PixelValueTransformationSequence", "RescaleSlope");
  const slope = holder?.number("RescaleSlope") ?? 1;
  const intercept = holder?.number("RescaleIntercept") ?? 0;
  // A slope of 0 would make every pixel the same; it occurs where a system meant "none".
  if (slope === 0 || (slope === 1 && intercept === 0)) return { kind: "none", apply: (value) => value };
  return { kind: "rescale", apply: (value) => value * slope + intercept };
}

function readVoi(file: DicomFile, frame: number, negative: boolean): { table?: LookupTable; window?: Window } {
  const item = findMacro(file, frame, "FrameVOILUTSequence", "VOILUTSequence")?.items("VOILUTSequence")[0];
  const table = item === undefined ? undefined : readLookupTable(item, "LUTDescriptor", "LUTData", negative);
  if (table !== undefined) return { table };
  const holder = findMacro(file, frame, "FrameVOILUTSequence", "WindowWidth");
  const center = holder?.number("WindowCenter");
  const width = holder?.number("WindowWidth");
  if (center === undefined || width === undefined || !(width > 0)) return {};
  const named = holder!.text("VOILUTFunction");
  const shape = named === "SIGMOID" ? "sigmoid" : named === "LINEAR_EXACT" ? "linear-exact" : "linear";
  return shape === "linear" && width < 1 ? {} : { window: { center, width, shape } };
}

/** True for stored values that stand outside the image. */
function paddingTest({ dataset }: DicomFile, signed: boolean): ((value: number) => boolean) | undefined {
  const told = (keyword: string): number | undefined => {
    const value = dataset.number(keyword);
    return value === undefined ? undefined : signed && value > 32767 ? value - 65536 : value;
  };
  const one = told("PixelPaddingValue");
  if (one === undefined) return undefined;
  const other = told("PixelPaddingRangeLimit") ?? one;
  const [low, high] = [Math.min(one, other), Math.max(one, other)];
  return (value) => value >= low && value <= high;
}

/**
 * Turns stored grey values into 0 (dark) to 1 (bright): modality table or rescale, then VOI table or window, then the
 * presentation. Without VOI, the lowest and highest value of the image become 0 and 1. Padding becomes 0.
 * @returns [H, W] row-major
 */
export function greyOf(file: DicomFile, stored: StoredFrame, options: { readonly frame: number; readonly window?: Window }): { pixels: Float32Array; transform: GreyTransform } {
  const { values, signed } = stored;
  const modality = readModality(file, options.frame, signed);
  const isPadding = paddingTest(file, signed);
  let lowest = Infinity;
  let highest = -Infinity;
  for (const value of values) {
    if (isPadding?.(value) === true) continue;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  const voi: { table?: LookupTable; window?: Window } = options.window === undefined ? readVoi(file, options.frame, modality.apply(lowest) < 0) : { window: options.window };
  const inverted = stored.photometricInterpretation === "MONOCHROME1" || file.dataset.text("PresentationLUTShape") === "INVERSE";
  // Every stored value is looked up once: an image has more pixels than values.
  const shares = new Float32Array(Math.max(0, highest - lowest + 1));
  const ends = [modality.apply(lowest), modality.apply(highest)];
  const [dark, bright] = modality.kind === "table" ? extremes(lowest, highest, modality.apply) : [Math.min(...ends), Math.max(...ends)];
  for (let i = 0; i < shares.length; i++) {
    const value = modality.apply(lowest + i);
    const share = voi.table !== undefined ? lookUp(voi.table, value) / (2 ** voi.table.bits - 1) : voi.window !== undefined ? applyWindow(value, voi.window) : bright > dark ? (value - dark) / (bright - dark) : 0;
    const bounded = Math.min(1, Math.max(0, share));
    shares[i] = inverted ? 1 - bounded : bounded;
  }
  const pixels = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) pixels[i] = isPadding?.(values[i]!) === true ? 0 : shares[values[i]! - lowest]!;
  return { pixels, transform: { modality: modality.kind, range: voi.table !== undefined ? "table" : voi.window !== undefined ? "window" : "values", ...(voi.window && { window: voi.window }), inverted } };
}

function extremes(lowest: number, highest: number, apply: (value: number) => number): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let value = lowest; value <= highest; value++) {
    const out = apply(value);
    low = Math.min(low, out);
    high = Math.max(high, out);
  }
  return [low, high];
}
