import { create } from "@bufbuild/protobuf";
import { DataError, bytesPerElement, sizeOf, tensor, viewOf, zeros } from "../../base/index.js";
import type { DataType, Tensor, TensorStorage } from "../../base/index.js";
import { dataTypeCode, dataTypeOf } from "../data-type.js";
import { TensorProtoSchema, type TensorProto } from "./onnx_pb.js";

/** Most elements of one tensor: beyond it no file is meant. */
const maxElements = 2 ** 31;

/** The bytes of a tensor, little endian, without a copy. */
function bytesOf(data: TensorStorage[DataType]): Uint8Array {
  return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
}

/** A tensor as a message; its data are referred to and not copied. */
export function encodeTensor(name: string, value: Tensor): TensorProto {
  return create(TensorProtoSchema, { name, dataType: dataTypeCode(value.dtype), dims: value.shape.map(BigInt), rawData: bytesOf(value.data) });
}

function checkedShape(message: TensorProto, subject: string): number[] {
  const shape = message.dims.map(Number);
  const size = sizeOf(shape);
  if (shape.some((extent) => !Number.isSafeInteger(extent) || extent < 0) || !(size <= maxElements)) {
    throw new DataError("model-tensor", `${subject}: expected extents of 0 or more and at most ${maxElements} elements, got [${message.dims.slice(0, 16).join(", ")}]. Export the model again.`);
  }
  return shape;
}

/**
 * A message as a tensor. Raw data are a view of the file's bytes where they are aligned.
 * @throws DataError `model-tensor` when the data do not fill the shape; UnsupportedError `data-type`; DataError `model-external-data`
 */
export function decodeTensor(message: TensorProto, subject: string): Tensor {
  if (message.dataLocation !== 0 || message.externalData.length > 0) {
    throw new DataError("model-external-data", `${subject}: expected the tensor's data in the model file, got a reference to another file. Save the model with its data inside.`);
  }
  const dtype = dataTypeOf(message.dataType, subject);
  const shape = checkedShape(message, subject);
  const size = sizeOf(shape);
  const mismatch = (got: number): DataError =>
    new DataError("model-tensor", `${subject}: expected ${size} elements for shape [${shape.join(", ")}], got ${got}. The file is damaged: export it again.`);

  if (message.rawData.length > 0 || size === 0) {
    const { rawData } = message;
    const width = bytesPerElement(dtype);
    if (rawData.length !== size * width) throw mismatch(rawData.length / width);
    if (rawData.byteOffset % width === 0) return tensor(dtype, shape, viewOf(dtype, rawData.buffer, rawData.byteOffset, size));
    return tensor(dtype, shape, viewOf(dtype, rawData.slice().buffer, 0, size));
  }
  const lists: readonly ArrayLike<number | bigint>[] = [message.floatData, message.doubleData, message.int64Data, message.int32Data, message.uint64Data];
  const list = lists.find(({ length }) => length > 0) ?? [];
  if (list.length !== size) throw mismatch(list.length);
  const filled = zeros(dtype, shape);
  for (let i = 0; i < size; i++) (filled.data as { [index: number]: number | bigint })[i] = dtype === "int64" ? BigInt(list[i]!) : Number(list[i]);
  return filled;
}
