import type { ElementType } from "../element-type.js";
import type { Cursor } from "./cursor.js";

/** What a value takes in the file, and what it is: numbers, text of fixed length, text kept elsewhere, or something else. */
export interface Datatype {
  readonly bytes: number;
  readonly kind: ElementType | "text" | "text-elsewhere" | "other";
  /** Big-endian numbers have their bytes turned round when read. */
  readonly bigEndian: boolean;
  /** Spelling for lists and messages. */
  readonly title: string;
}

const integers: Readonly<Record<string, ElementType>> = {
  "1 signed": "int8",
  "1 unsigned": "uint8",
  "2 signed": "int16",
  "2 unsigned": "uint16",
  "4 signed": "int32",
  "8 signed": "int64",
};

/** Element types by bytes, exponent bits and mantissa bits. */
const floats: Readonly<Record<string, ElementType>> = {
  "2 5 10": "float16",
  "2 8 7": "bfloat16",
  "4 8 23": "float32",
  "8 11 52": "float64",
};

/** @see HDF5 file format specification 3.0, IV.A.2.d */
export function parseDatatype(cursor: Cursor): Datatype {
  const start = cursor.at;
  const classAndVersion = cursor.uint8();
  const bits = cursor.uint8();
  cursor.skip(2);
  const bytes = cursor.uint32();
  const made = (kind: Datatype["kind"], title: string = kind): Datatype => ({ bytes, kind, bigEndian: (bits & 1) === 1, title });
  switch (classAndVersion & 15) {
    case 0: {
      const sign = bits & 8 ? "signed" : "unsigned";
      const isWhole = cursor.uint16() === 0 && cursor.uint16() === 8 * bytes;
      const kind = isWhole ? integers[`${bytes} ${sign}`] : undefined;
      return kind === undefined ? made("other", `${8 * bytes}-bit ${sign} integer`) : made(kind);
    }
    case 1: {
      cursor.skip(start + 13 - cursor.at);
      const exponent = cursor.uint8();
      cursor.skip(1);
      const kind = floats[`${bytes} ${exponent} ${cursor.uint8()}`];
      return kind === undefined || bits & 0x40 ? made("other", `${8 * bytes}-bit float of another form`) : made(kind);
    }
    case 3:
      return { ...made("text"), bigEndian: false };
    case 9:
      return (bits & 15) === 1 ? { ...made("text-elsewhere", "text"), bigEndian: false } : made("other", "list of varying length");
    default:
      return made("other", ["", "", "date", "", "bit field", "opaque", "compound", "reference", "enumeration", "", "array"][classAndVersion & 15] || "unknown type");
  }
}
