import { DataError } from "../../base/index.js";
import { Dataset, type Element } from "../dataset.js";
import { attributeOf, formatTag, isPrivate } from "../dictionary/index.js";

/** How elements are encoded. */
export interface Encoding {
  readonly explicit: boolean;
  readonly littleEndian: boolean;
}

/** What a file may ask of the reader's memory; a hostile one is refused. */
const mostElements = 1_000_000;
const deepestSequence = 48;

const undefinedLength = 0xffffffff;
const itemTag = 0xfffee000;
const itemEndTag = 0xfffee00d;
const sequenceEndTag = 0xfffee0dd;
const pixelDataTag = 0x7fe00010;

/** Representations whose length has 4 bytes, after 2 reserved ones. */
const longLengths = new Set(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]);
const shortLengths = new Set(["AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST", "TM", "UI", "UL", "US"]);

export function isVr(letters: string): boolean {
  return longLengths.has(letters) || shortLengths.has(letters);
}

export function hasLongLength(vr: string): boolean {
  return !shortLengths.has(vr);
}

interface Frame {
  readonly encoding: Encoding;
  readonly depth: number;
}

/**
 * Reads data elements one after another. Values are views of the bytes given, so memory does not grow with their size.
 */
export class ElementReader {
  at: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #name: string;
  #count = 0;
  /** The first byte from `at` on that is known not to be zero. */
  #nonZeroAt = -1;

  constructor(bytes: Uint8Array, name: string, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#name = name;
    this.at = at;
  }

  /**
   * Reads elements until the bytes end, `until` says stop, or only zeros are left.
   * @throws DataError `dicom-cut-off`, `dicom-structure`, `dicom-elements`, `dicom-nesting`
   */
  readAll(encoding: Encoding, options: { readonly until?: (tag: number) => boolean; readonly into?: Dataset } = {}): Dataset {
    const dataset = options.into ?? new Dataset(encoding.littleEndian);
    while (this.at < this.#bytes.length) {
      if (this.#restIsZero()) break;
      const tag = this.#peekTag(encoding.littleEndian);
      if (options.until?.(tag) === true) break;
      this.#keep(dataset, this.#readElement({ encoding, depth: 0 }, { end: this.#bytes.length, dataset }));
    }
    return dataset;
  }

  /** Some systems fill files up with zeros. */
  #restIsZero(): boolean {
    const rest = this.#bytes.length - this.at;
    if (rest >= 8 && (this.#view.getUint32(this.at) !== 0 || this.#view.getUint32(this.at + 4) !== 0)) return false;
    // A byte that was found once is not looked for again: a long run of zeros would be gone through for each element in it.
    if (this.#nonZeroAt < this.at) {
      this.#nonZeroAt = this.at;
      while (this.#nonZeroAt < this.#bytes.length && this.#bytes[this.#nonZeroAt] === 0) this.#nonZeroAt += 1;
    }
    return this.#nonZeroAt >= this.#bytes.length;
  }

  #keep(dataset: Dataset, element: Element): void {
    // Of an element that stands twice, the first counts: the second may hide something.
    if (!dataset.elements.has(element.tag)) dataset.set(element);
  }

  #peekTag(littleEndian: boolean): number {
    this.#need(4, "a tag", this.#bytes.length);
    return this.#view.getUint16(this.at, littleEndian) * 65536 + this.#view.getUint16(this.at + 2, littleEndian);
  }

  #need(length: number, what: string, end: number): void {
    if (this.at + length <= end) return;
    throw new DataError("dicom-cut-off", `${this.#name}: expected ${length} bytes for ${what} at byte ${this.at}, got ${Math.max(0, end - this.at)}. Copy the file again from its source: it is cut off or damaged.`);
  }

  #readElement({ encoding, depth }: Frame, { end, dataset }: { end: number; dataset: Dataset }): Element {
    const { littleEndian } = encoding;
    this.#need(8, "an element", end);
    const tag = this.#peekTag(littleEndian);
    this.at += 4;
    if ((this.#count += 1) > mostElements) {
      throw new DataError("dicom-elements", `${this.#name}: expected at most ${mostElements} elements, got more. Remove what is no image from the file, or export it anew.`);
    }
    let vr: string;
    let length: number;
    const letters = encoding.explicit ? String.fromCharCode(this.#bytes[this.at]!, this.#bytes[this.at + 1]!) : "";
    // Delimiters carry no representation in any encoding.
    if (encoding.explicit && tag >>> 16 !== 0xfffe) {
      const isLong = hasLongLength(letters);
      this.at += 2;
      if (isLong) {
        this.#need(6, formatTag(tag), end);
        length = this.#view.getUint32(this.at + 2, littleEndian);
        this.at += 6;
      } else {
        length = this.#view.getUint16(this.at, littleEndian);
        this.at += 2;
      }
      vr = isVr(letters) ? letters : "UN";
    } else {
      length = this.#view.getUint32(this.at, littleEndian);
      this.at += 4;
      vr = implicitVr(tag, dataset);
    }
    if (length === undefinedLength) return this.#readUndefined(tag, { vr, end, dataset }, { encoding, depth });
    if (tag >>> 16 === 0xfffe) throw this.#structure(`no ${formatTag(tag)} here`, "a delimiter");
    this.#need(length, `the value of ${formatTag(tag)}`, end);
    if (vr === "SQ") return { tag, vr, bytes: this.#bytes.subarray(0, 0), items: this.#readItems(this.at + length, { encoding, depth }, dataset) };
    const bytes = this.#bytes.subarray(this.at, this.at + length);
    this.at += length;
    if (vr === "UN" && !isPrivate(tag) && attributeOf(tag)?.vr === "SQ") return this.#reopen(tag, bytes, { encoding, depth }, dataset);
    return { tag, vr, bytes };
  }

  /** A sequence that an unknowing system wrote as UN: its content is implicit little endian. */
  #reopen(tag: number, bytes: Uint8Array, { encoding, depth }: Frame, dataset: Dataset): Element {
    for (const inner of [{ explicit: false, littleEndian: true }, encoding]) {
      try {
        const reader = new ElementReader(bytes, this.#name);
        reader.#count = this.#count;
        const items = reader.#readItems(bytes.length, { encoding: inner, depth }, dataset);
        this.#count = reader.#count;
        return { tag, vr: "SQ", bytes: bytes.subarray(0, 0), items };
      } catch (error) {
        if (!(error instanceof DataError) || error.code === "dicom-elements" || error.code === "dicom-nesting") throw error;
      }
    }
    return { tag, vr: "UN", bytes };
  }

  #readUndefined(tag: number, { vr, end, dataset }: { vr: string; end: number; dataset: Dataset }, frame: Frame): Element {
    const none = this.#bytes.subarray(0, 0);
    if (tag === pixelDataTag && vr !== "SQ") return { tag, vr: "OB", bytes: none, fragments: this.#readFragments(end, frame.encoding.littleEndian) };
    if (vr !== "SQ" && vr !== "UN" && frame.encoding.explicit) throw this.#structure(`a length for ${formatTag(tag)} (${vr})`, "an undefined one");
    // What stands as UN with an undefined length is implicit little endian (PS3.5 section 6.2.2, note 4).
    const inner = vr === "UN" && frame.encoding.explicit ? { explicit: false, littleEndian: true } : frame.encoding;
    return { tag, vr: "SQ", bytes: none, items: this.#readItems(undefined, { encoding: inner, depth: frame.depth }, dataset, end) };
  }

  #readItems(stop: number | undefined, { encoding, depth }: Frame, parent: Dataset, bound = stop ?? this.#bytes.length): Dataset[] {
    if (depth >= deepestSequence) {
      throw new DataError("dicom-nesting", `${this.#name}: expected at most ${deepestSequence} sequences in one another, got more. Export the file anew.`);
    }
    const items: Dataset[] = [];
    for (;;) {
      if (stop !== undefined && this.at >= stop) return items;
      this.#need(8, "an item of a sequence", bound);
      const tag = this.#peekTag(encoding.littleEndian);
      const length = this.#view.getUint32(this.at + 4, encoding.littleEndian);
      if (tag === sequenceEndTag) {
        this.at += 8;
        if (stop !== undefined) continue;
        return items;
      }
      if (tag !== itemTag) throw this.#structure("an item of a sequence", formatTag(tag));
      if ((this.#count += 1) > mostElements) throw new DataError("dicom-elements", `${this.#name}: expected at most ${mostElements} elements, got more. Remove what is no image from the file, or export it anew.`);
      this.at += 8;
      const item = new Dataset(encoding.littleEndian, parent);
      if (length === undefinedLength) this.#readItem(item, bound, { encoding, depth: depth + 1 }, true);
      else {
        this.#need(length, "an item", bound);
        this.#readItem(item, this.at + length, { encoding, depth: depth + 1 }, false);
      }
      items.push(item);
    }
  }

  #readItem(item: Dataset, end: number, frame: Frame, delimited: boolean): void {
    for (;;) {
      if (!delimited && this.at >= end) return;
      this.#need(8, "an element of an item", end);
      if (this.#peekTag(frame.encoding.littleEndian) === itemEndTag) {
        this.at += 8;
        return;
      }
      this.#keep(item, this.#readElement(frame, { end, dataset: item }));
    }
  }

  #readFragments(end: number, littleEndian: boolean): Uint8Array[] {
    const fragments: Uint8Array[] = [];
    for (;;) {
      this.#need(8, "a fragment of the pixel data", end);
      const tag = this.#peekTag(littleEndian);
      const length = this.#view.getUint32(this.at + 4, littleEndian);
      this.at += 8;
      if (tag === sequenceEndTag) return fragments;
      if (tag !== itemTag) throw this.#structure("a fragment of the pixel data", formatTag(tag));
      if ((this.#count += 1) > mostElements) throw new DataError("dicom-elements", `${this.#name}: expected at most ${mostElements} fragments, got more. Export the file anew.`);
      this.#need(length, "a fragment of the pixel data", end);
      fragments.push(this.#bytes.subarray(this.at, this.at + length));
      this.at += length;
    }
  }

  #structure(expected: string, got: string): DataError {
    return new DataError("dicom-structure", `${this.#name}: expected ${expected} at byte ${this.at}, got ${got}. Copy the file again from its source or export it anew.`);
  }
}

/** Representation of an element where the file does not say it. */
function implicitVr(tag: number, dataset: Dataset): string {
  const vr = attributeOf(tag)?.vr;
  if (vr === undefined) return isPrivate(tag) && (tag & 0xffff) >= 0x10 && (tag & 0xffff) <= 0xff ? "LO" : "UN";
  if (vr === "ox") return "OW";
  if (vr === "xs") return isSigned(dataset) ? "SS" : "US";
  return vr === "lt" ? "OW" : vr === "na" ? "UN" : vr;
}

function isSigned(dataset: Dataset | undefined): boolean {
  for (let at = dataset; at !== undefined; at = at.parent) {
    const bytes = at.elements.get(0x00280103)?.bytes;
    if (bytes !== undefined && bytes.length >= 2) return bytes[at.littleEndian ? 0 : 1] === 1;
  }
  return false;
}
