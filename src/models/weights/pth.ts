import type { Tensor } from "../../base/index.js";
import { DataError, NotFoundError, sizeOf, tensor, zeros } from "../../base/index.js";
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
    const bytes = await this.storages(view.storage.key);
    const needed = view.storage.count * bytesPerStoredElement(view.storage.type);
    if (bytes.length < needed) {
      throw new DataError("pickle", `${this.file.name}: ${name}: expected a storage of ${needed} bytes, got ${bytes.length}. Fetch the file again.`);
    }
    return gather(view, bytes);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** The view's elements in row-major order. */
function gather(view: TensorView, bytes: Uint8Array<ArrayBuffer>): Tensor {
  const { shape, strides, offset, storage } = view;
  const width = bytesPerStoredElement(storage.type);
  const n = sizeOf(shape);
  if (view.contiguous) {
    // A copy, so that a small view does not keep a large storage in memory.
    return tensorFromBytes(storage.type, shape, bytes.slice(offset * width, (offset + n) * width));
  }
  const source = tensorFromBytes(storage.type, [storage.count], bytes.slice(0, storage.count * width));
  const result = zeros(source.dtype, shape);
  const index = shape.map(() => 0);
  let at = offset;
  for (let i = 0; i < n; i++) {
    result.data[i] = source.data[at]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return tensor(result.dtype, shape, result.data);
}

/** Refuses files whose tensors, all views of the same values, would take far more memory than the file itself. */
function requireBounded(views: ReadonlyMap<string, TensorView>, file: RandomAccessFile): void {
  let total = 0;
  for (const { shape, storage } of views.values()) total += sizeOf(shape) * bytesPerStoredElement(storage.type);
  if (total > 4 * file.length) {
    throw new DataError("pickle", `${file.name}: expected tensors of about the file's size, ${file.length} bytes, got ${total}. Use a file from a source you trust.`);
  }
}

async function openArchive(file: RandomAccessFile): Promise<PthFile> {
  const archive = await openZip(file);
  const pickleName = [...archive.entries.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickleName === undefined) {
    throw new DataError("pickle", `${file.name}: expected an archive written by torch.save, got one without data.pkl. Use a state dict or safetensors.`);
  }
  const root = pickleName.slice(0, -"data.pkl".length);
  if (archive.entries.has(`${root}byteorder`)) {
    const order = new TextDecoder().decode(await archive.read(`${root}byteorder`));
    if (order !== "little") throw new DataError("pickle", `${file.name}: expected little-endian values, got "${order.slice(0, 20)}". Save it again on another machine.`);
  }
  const reader = new StateDictReader(file.name);
  const views = reader.views(reader.read(await archive.read(pickleName), 0).value);
  requireBounded(views, file);
  return new PthFile(file, views, (key) => archive.read(`${root}data/${key}`));
}

async function openLegacy(file: RandomAccessFile): Promise<PthFile> {
  const { views, storages } = await readLegacyStorages(file);
  requireBounded(views, file);
  return new PthFile(file, views, storages);
}

export const pth: WeightsFormat = {
  title: "PyTorch state dict",
  summary: "What torch.save writes of a state dict, old and new form. Only tensors are read; anything else a pickle could do is refused.",
  reference: "https://pytorch.org/docs/stable/notes/serialization.html",
  extensions: [".pth", ".pt"],
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
