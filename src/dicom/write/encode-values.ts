import { buildDataset, type Value, type Values } from "./build-dataset.js";
import { encodeDicom } from "./write-dicom.js";

/** Whether all text of a value is ASCII. */
export function isAscii(value: Value | undefined): boolean {
  if (typeof value === "string") return Buffer.byteLength(value) === value.length;
  if (!Array.isArray(value)) return true;
  return (value as readonly (string | number | Values)[]).every((one) => (typeof one === "object" ? Object.values(one).every(isAscii) : isAscii(one)));
}

/** A Part 10 file in explicit VR little endian; any text that is not ASCII makes the whole of it UTF-8. */
export function encodeValues(values: Values): Uint8Array {
  return encodeDicom(buildDataset({ ...values, SpecificCharacterSet: Object.values(values).every(isAscii) ? undefined : "ISO_IR 192" }));
}
