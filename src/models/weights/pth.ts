import type { Tensor } from "../../base/index.js";
import { DataError, NotFoundError, zeros } from "../../base/index.js";
import type { StoredTensor, WeightsFile, WeightsFormat } from "./contract.js";
import { bytesPerStoredElement, tensorFromBytes } from "./element-type.js";
import { readLegacyStorages } from "./pth-legacy.js";
import { StateDictReader } from "./pth-state-dict.js";
import type { StorageReader, TensorView } from "./pth-state-dict.js";
import { RandomAccessFile } from "./random-access-file.js";
import { openZip } from "./zip-archive.js";

class PthFile implements WeightsFile {
  readonly tensors: readonly StoredTensor[];
  readonly metadata = {};

  constructor(
    private readonly file: RandomAccessFile,
    private readonly views: ReadonlyMap<string, TensorView>,
    private readonly storages: StorageReader,
  ) {
    this.tensors = [...views].map(([name, view]) => ({ name, storedAs: view.storage.type, shape: view.shape }));
  }

  async read(name: string): Promise<Tensor> {
    const view = this.views.get(name);
    if (view === undefined) throw new NotFoundError("unknown-tensor", `${this.file.name}: expected a tensor of the file, got "${name}".`);
    const storage = await this.storages(view.storage.key);
    const width = bytesPerStoredElement(view.storage.type);
    if (storage.length < view.storage.count * width) {
      throw new DataError("pickle", `${this.file.name}: ${name}: expected a storage of ${view.storage.count * width} bytes, got ${storage.length}. Fetch the file again.`);
    }
    return gather(view, await storage.read(view.offset * width, view.span * width));
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** The view's elements in row-major order, from the bytes of its span. */
function gather({ shape, strides, storage, span, contiguous }: TensorView, bytes: Uint8Array<ArrayBuffer>): Tensor {
  if (contiguous) return tensorFromBytes(storage.type, shape, bytes);
  const source = tensorFromBytes(storage.type, [span], bytes);
  const result = zeros(source.dtype, shape);
  const index = shape.map(() => 0);
  let at = 0;
  for (let i = 0; i < result.data.length; i++) {
    result.data[i] = source.data[at]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

/** Longest pickle; a state dict of a thousand tensors takes some 100 kB. */
const maxPickleBytes = 1 << 24;

async function openArchive(file: RandomAccessFile): Promise<PthFile> {
  const archive = await openZip(file, { compressed: "refused" });
  const pickleName = [...archive.entries.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickleName === undefined) {
    throw new DataError("pickle", `${file.name}: expected an archive written by torch.save, got one without data.pkl. Use a state dict or safetensors.`);
  }
  const root = pickleName.slice(0, -"data.pkl".length);
  if (archive.entries.has(`${root}byteorder`)) {
    const order = new TextDecoder().decode(await archive.read(`${root}byteorder`, 100));
    if (order !== "little") throw new DataError("pickle", `${file.name}: expected little-endian values, got "${order.slice(0, 20)}". Save it again on another machine.`);
  }
  const reader = new StateDictReader(file.name);
  const views = reader.views(reader.read(await archive.read(pickleName, maxPickleBytes), 0).value);
  reader.requireBounded(views, file.length);
  return new PthFile(file, views, (key) => archive.open(`${root}data/${key}`));
}

async function openLegacy(file: RandomAccessFile): Promise<PthFile> {
  const { views, storages } = await readLegacyStorages(file);
  return new PthFile(file, views, storages);
}

export const pth: WeightsFormat = {
  title: "PyTorch state dict",
  summary: "What torch.save writes of a state dict, old and new form. Only tensors are read; anything else a pickle could do is refused.",
  reference: "https://pytorch.org/docs/stable/notes/serialization.html",
  extensions: [".pth", ".pt", ".bin"],
  lossy: false,
  async open(path) {
    const file = await RandomAccessFile.open(path);
    try {
      const start = await file.read(0, Math.min(4, file.length));
      const isZip = start.length === 4 && new DataView(start.buffer).getUint32(0, true) === 0x04034b50;
      return isZip ? await openArchive(file) : await openLegacy(file);
    } catch (error) {
      await file.close();
      throw error;
    }
  },
};
