import type { Tensor } from "../../base/index.js";
import { DataError, NotFoundError } from "../../base/index.js";
import type { ByteSource } from "./byte-source.js";
import type { StoredTensor, WeightsFile, WeightsFormat } from "./contract.js";
import { openHdf5 } from "./hdf5/hdf5-file.js";
import type { Hdf5File } from "./hdf5/hdf5-file.js";
import { listLayerTensors, listLegacyTensors, readLayerPaths } from "./keras-names.js";
import type { KerasTensors, LayerPaths } from "./keras-names.js";
import { RandomAccessFile } from "./random-access-file.js";
import { openZip } from "./zip-archive.js";

class Hdf5Weights implements WeightsFile {
  readonly tensors: readonly StoredTensor[];
  readonly metadata = {};

  constructor(
    private readonly file: RandomAccessFile,
    private readonly hdf5: Hdf5File,
    private readonly paths: KerasTensors,
  ) {
    this.tensors = [...paths].map(([name, path]) => {
      const { datatype, shape } = hdf5.datasets.get(path)!;
      return { name, storedAs: datatype.title, shape };
    });
    requireBounded(this.tensors, hdf5, { paths, file });
  }

  async read(name: string): Promise<Tensor> {
    const path = this.paths.get(name);
    if (path === undefined) throw new NotFoundError("unknown-tensor", `${this.file.name}: expected a tensor of the file, got "${name}".`);
    return this.hdf5.read(path);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** Refuses files whose values would take far more memory than the file itself. */
function requireBounded(tensors: readonly StoredTensor[], hdf5: Hdf5File, { paths, file }: { paths: KerasTensors; file: RandomAccessFile }): void {
  let total = 0;
  for (const { name } of tensors) total += hdf5.datasets.get(paths.get(name)!)!.byteLength;
  if (total > 4 * file.length + (1 << 26)) {
    throw new DataError("hdf5", `${file.name}: expected values of about the file's size, ${file.length} bytes, got ${total}. Use a file from a source you trust.`);
  }
}

/** Opens the HDF5 part of a file and names its tensors by layer; a file that Keras did not write keeps its own paths. */
async function openTensors(file: RandomAccessFile, source: ByteSource, names?: LayerPaths): Promise<Hdf5Weights> {
  const hdf5 = await openHdf5(source);
  const tensors = listLegacyTensors(hdf5, file.name) ?? listLayerTensors(hdf5, names) ?? new Map([...hdf5.datasets.keys()].map((path) => [path, path]));
  return new Hdf5Weights(file, hdf5, tensors);
}

async function openAnd(path: string, open: (file: RandomAccessFile) => Promise<WeightsFile>): Promise<WeightsFile> {
  const file = await RandomAccessFile.open(path);
  try {
    return await open(file);
  } catch (error) {
    await file.close();
    throw error;
  }
}

export const kerasH5: WeightsFormat = {
  title: "Keras HDF5",
  summary: "Weights or whole models that Keras saved as HDF5. Only numbers are read; layers saved as programs are not.",
  reference: "https://keras.io/api/models/model_saving_apis/",
  extensions: [".h5", ".hdf5"],
  lossy: false,
  open: (path) => openAnd(path, (file) => openTensors(file, file)),
};

/** Longest description of a model. */
const maxConfigBytes = 1 << 23;

async function openArchive(file: RandomAccessFile): Promise<WeightsFile> {
  const archive = await openZip(file, { compressed: "allowed" });
  if (!archive.entries.has("model.weights.h5")) {
    throw new DataError("keras-archive", `${file.name}: expected an archive that Keras wrote, got one without model.weights.h5. Save the model again.`);
  }
  let config: unknown;
  if (archive.entries.has("config.json")) {
    try {
      config = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await archive.read("config.json", maxConfigBytes)));
    } catch (error) {
      if (error instanceof DataError) throw error;
      throw new DataError("keras-archive", `${file.name}: expected a description of the model in config.json, got: ${(error as Error).message.slice(0, 200)}. Save the model again.`);
    }
  }
  return openTensors(file, await archive.open("model.weights.h5"), readLayerPaths(config));
}

export const kerasArchive: WeightsFormat = {
  title: "Keras archive",
  summary: "What model.save(\"name.keras\") writes: a description of the layers and their weights. The description is read for names alone.",
  reference: "https://keras.io/api/models/model_saving_apis/",
  extensions: [".keras"],
  lossy: false,
  open: (path) => openAnd(path, openArchive),
};
