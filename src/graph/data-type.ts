import { UnsupportedError } from "../base/index.js";
import type { DataType } from "../base/index.js";

/** ONNX's number for each element type (`TensorProto.DataType`). */
const codes: Readonly<Record<DataType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
};

const byCode = new Map<number, DataType>(Object.entries(codes).map(([dtype, code]) => [code, dtype as DataType]));

/** ONNX's number of an element type, as `Cast`'s attribute `to` wants it: float32 is 1, int64 is 7. */
export function dataTypeCode(dtype: DataType): number {
  return codes[dtype];
}

/** Element type behind ONNX's number, or undefined for one that is not supported. */
export function findDataType(code: number): DataType | undefined {
  return byCode.get(code);
}

/**
 * Element type behind ONNX's number.
 * @throws UnsupportedError `data-type` for strings, complex numbers, bfloat16 and smaller types
 */
export function dataTypeOf(code: number, subject: string): DataType {
  const dtype = byCode.get(code);
  if (dtype === undefined) {
    throw new UnsupportedError(
      "data-type",
      `${subject}: expected an element type among ${Object.keys(codes).join(", ")}, got ONNX type ${code}. Convert the model to float32.`,
    );
  }
  return dtype;
}
