import { InternalError } from "../../base/index.js";
import { Dataset, isTextVr, widthOf, type Element } from "../dataset.js";
import { attributeOf, tagOf } from "../dictionary/index.js";

/** What an attribute can be given: text, numbers, bytes, or items of a sequence. */
export type Value = string | number | Uint8Array | readonly (string | number)[] | readonly Values[];

/** Attributes by keyword, or by tag in eight hexadecimal digits. */
export interface Values {
  readonly [attribute: string]: Value | undefined;
}

const noBytes = new Uint8Array(0);

/** Text as bytes of even length; UIDs are filled with a zero byte, all else with a space. */
export function encodeText(text: string, vr: string): Uint8Array {
  const bytes = Buffer.from(text, "utf8");
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.of(vr === "UI" ? 0 : 0x20)]);
}

function encodeNumbers(numbers: readonly number[], vr: string): Uint8Array {
  const width = widthOf(vr)!;
  const view = new DataView(new ArrayBuffer(numbers.length * width));
  numbers.forEach((value, i) => {
    const at = i * width;
    if (vr === "FL" || vr === "OF") view.setFloat32(at, value, true);
    else if (vr === "FD" || vr === "OD") view.setFloat64(at, value, true);
    else if (vr === "AT") {
      view.setUint16(at, value >>> 16, true);
      view.setUint16(at + 2, value & 0xffff, true);
    } else if (width === 1) view.setUint8(at, value);
    else if (width === 2) view.setUint16(at, value & 0xffff, true);
    else if (width === 4) view.setUint32(at, value >>> 0, true);
    else view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), true);
  });
  return new Uint8Array(view.buffer);
}

/** Decimal string of at most 16 characters. */
export function decimalString(value: number): string {
  const whole = String(value);
  if (whole.length <= 16) return whole;
  for (let digits = 15; digits > 0; digits--) {
    const text = String(Number(value.toPrecision(digits)));
    if (text.length <= 16) return text;
  }
  return "0";
}

/** Builds one element; its representation is the dictionary's where none is given. */
export function buildElement(attribute: string, value: Value, options: { readonly parent?: Dataset; readonly vr?: string } = {}): Element {
  const tag = /^[0-9a-fA-F]{8}$/.test(attribute) ? Number.parseInt(attribute, 16) : tagOf(attribute);
  if (tag === undefined) throw new InternalError("dicom-keyword", `${attribute}: expected a keyword of the dictionary, got none. Correct the program.`);
  const told = options.vr ?? attributeOf(tag)?.vr ?? "UN";
  const vr = told === "xs" ? "US" : told === "ox" || told === "lt" ? "OW" : told;
  if (value instanceof Uint8Array) return { tag, vr, bytes: value };
  const list = Array.isArray(value) ? (value as readonly (string | number | Values)[]) : [value as string | number];
  if (vr === "SQ") return { tag, vr, bytes: noBytes, items: (list as readonly Values[]).map((item) => buildDataset(item, options.parent)) };
  if (isTextVr(vr)) return { tag, vr, bytes: encodeText((list as readonly (string | number)[]).map((one) => (typeof one === "number" ? decimalString(one) : one)).join("\\"), vr) };
  if (widthOf(vr) === undefined) return { tag, vr, bytes: encodeText(list[0] as string, vr) };
  return { tag, vr, bytes: encodeNumbers(list as readonly number[], vr) };
}

/** Builds a data set, little endian; its text is UTF-8, so it names that character set unless all of it is ASCII. */
export function buildDataset(values: Values, parent?: Dataset): Dataset {
  const dataset = new Dataset(true, parent);
  for (const [attribute, value] of Object.entries(values)) if (value !== undefined) dataset.set(buildElement(attribute, value, { parent: dataset }));
  return dataset;
}
