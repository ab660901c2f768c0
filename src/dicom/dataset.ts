import { attributeOf, isPrivate, tagOf } from "./dictionary/index.js";
import { decodeText } from "./text/character-sets.js";

/** One data element. Its value is one of `bytes`, `items` and `fragments`. */
export interface Element {
  readonly tag: number;
  /** Value representation, two letters. */
  readonly vr: string;
  /** The value as encoded, in the byte order of its data set; empty where there are items or fragments. */
  readonly bytes: Uint8Array;
  /** Of a sequence. */
  readonly items?: readonly Dataset[];
  /** Of encapsulated pixel data: the offset table first, then the fragments. */
  readonly fragments?: readonly Uint8Array[];
}

/** Text that the data set's character sets apply to. */
const internationalText = new Set(["LO", "LT", "PN", "SH", "ST", "UC", "UT"]);
/** Text in which a backslash parts values. */
const severalTexts = new Set(["AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "PN", "SH", "TM", "UC", "UI"]);
const textVrs = new Set([...internationalText, ...severalTexts, "UR"]);
/** Bytes per number of the binary representations. */
const widths: Readonly<Record<string, number>> = { US: 2, SS: 2, UL: 4, SL: 4, UV: 8, SV: 8, FL: 4, FD: 8, AT: 4, OB: 1, OW: 2, OF: 4, OD: 8, OL: 4, OV: 8 };

export function isTextVr(vr: string): boolean {
  return textVrs.has(vr);
}

export function isInternationalVr(vr: string): boolean {
  return internationalText.has(vr);
}

/** Bytes of one number of a binary representation; undefined for text, sequences and UN. */
export function widthOf(vr: string): number | undefined {
  return widths[vr];
}

/** A DICOM data set: elements by tag, in the order of the file. Read by keyword or tag. */
export class Dataset {
  readonly elements = new Map<number, Element>();

  constructor(
    readonly littleEndian = true,
    /** The data set that holds the sequence this is an item of. */
    readonly parent?: Dataset,
  ) {}

  element(attribute: string | number): Element | undefined {
    const tag = typeof attribute === "number" ? attribute : tagOf(attribute);
    return tag === undefined ? undefined : this.elements.get(tag);
  }

  has(attribute: string | number): boolean {
    return this.element(attribute) !== undefined;
  }

  /** Values of SpecificCharacterSet, here or where this item lies. */
  get characterSets(): readonly string[] {
    const own = this.elements.get(0x00080005);
    if (own === undefined) return this.parent?.characterSets ?? [];
    return latin(own.bytes).split("\\").map((term) => term.trim());
  }

  /** Text values without padding, empty ones kept; numbers become text. Empty when the element is absent. */
  texts(attribute: string | number): string[] {
    const element = this.element(attribute);
    return element === undefined ? [] : textsOf(element, this);
  }

  /** The first text value; undefined when absent or empty. */
  text(attribute: string | number): string | undefined {
    return this.texts(attribute)[0] || undefined;
  }

  /** Finite numbers of the element, from binary values or decimal strings. */
  numbers(attribute: string | number): number[] {
    const element = this.element(attribute);
    if (element === undefined) return [];
    const vr = knownVr(element);
    const values = vr === "DS" || vr === "IS" ? this.texts(attribute).filter((text) => text !== "").map(Number) : binaryNumbers(element.bytes, vr, this.littleEndian);
    return values.every(Number.isFinite) ? values : [];
  }

  number(attribute: string | number): number | undefined {
    return this.numbers(attribute)[0];
  }

  items(attribute: string | number): readonly Dataset[] {
    return this.element(attribute)?.items ?? [];
  }

  set(element: Element): void {
    this.elements.set(element.tag, element);
  }
}

function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** An element written as UN, as systems do that do not know it, is read as the standard defines it. */
function knownVr({ vr, tag }: Element): string {
  return vr === "UN" && !isPrivate(tag) ? (attributeOf(tag)?.vr ?? vr) : vr;
}

/** Text values of an element; of binary numbers their decimal form. */
export function textsOf(element: Element, dataset: Dataset): string[] {
  const vr = knownVr(element);
  if (!isTextVr(vr)) return binaryNumbers(element.bytes, vr, dataset.littleEndian).map(String);
  if (element.bytes.length === 0) return [];
  const text = internationalText.has(vr) ? decodeText(element.bytes, dataset.characterSets) : latin(element.bytes);
  const values = severalTexts.has(vr) ? text.split("\\") : [text];
  const spacesCount = vr === "LT" || vr === "ST" || vr === "UT";
  return values.map((value) => (spacesCount ? value.replace(/[\0 ]+$/, "") : value.replace(/^[\0 ]+|[\0 ]+$/g, "")));
}

function binaryNumbers(bytes: Uint8Array, vr: string, littleEndian: boolean): number[] {
  const width = widths[vr];
  if (width === undefined) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = (at: number): number => {
    if (vr === "SS") return view.getInt16(at, littleEndian);
    if (vr === "SL") return view.getInt32(at, littleEndian);
    if (vr === "FL" || vr === "OF") return view.getFloat32(at, littleEndian);
    if (vr === "FD" || vr === "OD") return view.getFloat64(at, littleEndian);
    if (vr === "SV") return Number(view.getBigInt64(at, littleEndian));
    if (vr === "AT") return view.getUint16(at, littleEndian) * 65536 + view.getUint16(at + 2, littleEndian);
    if (width === 8) return Number(view.getBigUint64(at, littleEndian));
    return width === 1 ? view.getUint8(at) : width === 2 ? view.getUint16(at, littleEndian) : view.getUint32(at, littleEndian);
  };
  return Array.from({ length: Math.floor(bytes.length / width) }, (_, i) => read(i * width));
}
