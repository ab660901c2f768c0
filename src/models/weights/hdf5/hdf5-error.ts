import { DataError, UnsupportedError } from "../../../base/index.js";

export function damaged(file: string, reason: string): DataError {
  return new DataError("hdf5", `${file}: expected a whole HDF5 file, got ${reason}. Fetch the file again.`);
}

export function unsupported(file: string, reason: string): UnsupportedError {
  return new UnsupportedError("hdf5-form", `${file}: expected HDF5 as Keras writes it, got ${reason}. Save the weights again with Keras, or as safetensors.`);
}
