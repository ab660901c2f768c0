import { create } from "@bufbuild/protobuf";
import { DataError, bytesPerElement, sizeOf, tensor, viewOf, zeros } from "../../base/index.js";
import type { DataType, Tensor } from "../../base/index.js";
import { dataTypeCode, dataTypeOf } from "../data-type.js";
import { TensorProtoSchema } from "./onnx_pb.js";
import type { TensorProto } from "./onnx_pb.js";

/** Most elements of one tensor: no file below 2 GiB has more. */
const maxElements = 2 ** 31;

/** The data of a tensor as bytes, without a copy. ONNX files, like every machine this runs on, are little endian. */
export function rawBytes({ data }: Tensor): Uint8Array {
  return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
}

/** Name, type and shape of a tensor as a message without data. */
export function tensorHeader(name: string, { dtype, shape }: Tensor): TensorProto {
  return create(TensorProtoSchema, { name, dataType: dataTypeCode(dtype), dims: shape.map(BigInt) });
}

function checkedShape(message: TensorProto, subject: string): number[] {
  const shape = message.dims.map(Number);
  const isValid = shape.length <= 64 && shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
  if (!isValid || sizeOf(shape) > maxElements) {
    throw new DataError(
      "model-tensor",
      `${subject}: expected at most 64 extents of 0 or more and ${maxElements} elements, got [${message.dims.slice(0, 16).join(", ")}]. Export the model again.`,
    );
  }
  return shape;
}

/** The list that holds elements of a type where raw data do not; small types share the list of int32. */
function listOf(message: TensorProto, dtype: DataType): readonly (number | bigint)[] {
  if (dtype === "float32") return message.floatData;
  if (dtype === "float64") return message.doubleData;
  if (dtype === "int64") return message.int64Data;
  return message.int32Data;
}

/**
 * A message as a tensor. Raw data are a view of the file's bytes where they are aligned.
 * @throws DataError `model-tensor` when the data do not fill the shape, `model-external-data` when they are elsewhere
 * @throws UnsupportedError `data-type`
 */
export function decodeTensor(message: TensorProto, subject: string): Tensor {
  if (message.dataLocation !== 0 || message.externalData.length > 0) {
    throw new DataError(
      "model-external-data",
      `${subject}: expected the tensor's data in the model file, got a reference to another file. Save the model with its data inside.`,
    );
  }
  const dtype = dataTypeOf(message.dataType, subject);
  const shape = checkedShape(message, subject);
  const size = sizeOf(shape);
  const mismatch = (got: number): DataError =>
    new DataError(
      "model-tensor",
      `${subject}: expected ${size} elements for shape [${shape.join(", ")}], got ${got}. The file is damaged: export it again.`,
    );

  const { rawData } = message;
  if (rawData.length > 0) {
    const width = bytesPerElement(dtype);
    if (rawData.length !== size * width) throw mismatch(rawData.length / width);
    // `slice` of a Buffer would be a view again.
    const { buffer, byteOffset } = rawData.byteOffset % width === 0 ? rawData : new Uint8Array(rawData);
    return tensor(dtype, shape, viewOf(dtype, buffer, byteOffset, size));
  }
  const list = listOf(message, dtype);
  if (list.length !== size) throw mismatch(list.length);
  const filled = zeros(dtype, shape);
  (filled.data as { set(values: readonly (number | bigint)[]): void }).set(list);
  return filled;
}
