import { DataError, sizeOf } from "../../base/index.js";
import type { ByteSource } from "./byte-source.js";
import { bytesPerStoredElement } from "./element-type.js";
import type { ElementType } from "./element-type.js";
import { PickleGlobal, unpickle } from "./unpickle.js";

/** A run of `count` values that tensors are views of. */
export class Storage {
  constructor(
    readonly key: string,
    readonly type: ElementType,
    readonly count: number,
  ) {}
}

/** Where a storage's bytes come from. */
export type StorageReader = (key: string) => Promise<ByteSource>;

/** Where a tensor's elements lie in its storage. */
export class TensorView {
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}

  /** Elements of the storage from the first to the last that the tensor has. */
  get span(): number {
    return this.shape.includes(0) ? 0 : this.shape.reduce((sum, n, axis) => sum + (n - 1) * this.strides[axis]!, 1);
  }

  /** Whether the elements follow one another in row-major order. */
  get contiguous(): boolean {
    let expected = 1;
    for (let axis = this.shape.length - 1; axis >= 0; axis--) {
      if (this.shape[axis] !== 1 && this.strides[axis] !== expected) return false;
      expected *= this.shape[axis]!;
    }
    return true;
  }
}

/** Element types by the names of PyTorch's storages. */
const storageTypes: Readonly<Record<string, ElementType>> = {
  "torch.FloatStorage": "float32",
  "torch.DoubleStorage": "float64",
  "torch.HalfStorage": "float16",
  "torch.BFloat16Storage": "bfloat16",
  "torch.LongStorage": "int64",
  "torch.IntStorage": "int32",
  "torch.ShortStorage": "int16",
  "torch.CharStorage": "int8",
  "torch.ByteStorage": "uint8",
  "torch.BoolStorage": "bool",
};

/** Names under which training programs keep the state dict among other things, the averaged weights first. */
const wrappers = ["state_dict_ema", "model_ema", "state_dict", "model_state_dict", "model", "net"];

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Reads the pickles of a state dict: tensors become views, nothing else is built. */
export class StateDictReader {
  readonly storages = new Map<string, Storage>();

  constructor(private readonly fileName: string) {}

  read(bytes: Uint8Array, start: number): { value: unknown; end: number } {
    return unpickle(bytes, start, {
      calls: {
        "collections.OrderedDict": () => new Map(),
        "torch._utils._rebuild_tensor": (args) => this.#view(args),
        "torch._utils._rebuild_tensor_v2": (args) => this.#view(args),
        "torch._utils._rebuild_parameter": ([view]) => view,
      },
      names: new Set(Object.keys(storageTypes)),
      persistent: (id) => this.#storage(id),
      fileName: this.fileName,
    });
  }

  /**
   * The tensors of a state dict, also where it lies in a checkpoint under one of {@link wrappers}.
   * @throws DataError `pickle` for a dictionary that holds anything but tensors
   */
  views(value: unknown): Map<string, TensorView> {
    if (!(value instanceof Map)) throw this.#refuse("something that is no dictionary");
    let inner: Map<unknown, unknown> = value;
    for (let depth = 0; depth < 4; depth++) {
      const key = wrappers.find((name) => inner.get(name) instanceof Map);
      if (key === undefined) break;
      inner = inner.get(key) as Map<unknown, unknown>;
    }
    const views = new Map<string, TensorView>();
    for (const [name, view] of inner) {
      if (typeof name !== "string") throw this.#refuse("a tensor without a name");
      if (!(view instanceof TensorView)) throw this.#refuse(`"${name.slice(0, 100)}", which is no tensor`);
      views.set(name, view);
    }
    return views;
  }

  /**
   * Refuses files whose tensors, views of the same values, would take far more memory or reading than the file is long.
   * @throws DataError `pickle`
   */
  requireBounded(views: ReadonlyMap<string, TensorView>, fileLength: number): void {
    let total = 0;
    for (const { shape, span, storage } of views.values()) total += Math.max(sizeOf(shape), span) * bytesPerStoredElement(storage.type);
    if (total <= 2 * fileLength + (1 << 20)) return;
    throw new DataError("pickle", `${this.fileName}: expected tensors of about the file's size, ${fileLength} bytes, got ${total}. Use a file from a source you trust.`);
  }

  #refuse(reason: string): DataError {
    return new DataError("pickle", `${this.fileName}: expected a plain dictionary of tensors, got ${reason}. Save model.state_dict() alone, or use safetensors.`);
  }

  /** ("storage", type, key, device, count [, view]) */
  #storage(id: unknown): Storage {
    if (!Array.isArray(id) || id.length < 5 || id[0] !== "storage") throw this.#refuse("a reference to something that is no storage");
    const [, type, key, , count, part] = id as unknown[];
    if (!(type instanceof PickleGlobal) || !Object.hasOwn(storageTypes, type.name)) throw this.#refuse("a storage of unknown type");
    if (typeof key !== "string" || !isCount(count)) throw this.#refuse("a storage without key or length");
    if (part !== undefined && part !== null) throw this.#refuse("a storage that is part of another");
    const storage = new Storage(key, storageTypes[type.name]!, count);
    const known = this.storages.get(key);
    if (known === undefined) this.storages.set(key, storage);
    else if (known.type !== storage.type || known.count !== count) throw this.#refuse(`two descriptions of storage ${key.slice(0, 40)}`);
    return known ?? storage;
  }

  /** (storage, offset, shape, strides, ...) */
  #view([storage, offset, shape, strides]: readonly unknown[]): TensorView {
    const isExtents = (value: unknown): value is number[] => Array.isArray(value) && value.length <= 32 && value.every(isCount);
    if (!(storage instanceof Storage) || !isCount(offset) || !isExtents(shape) || !isExtents(strides) || shape.length !== strides.length) {
      throw this.#refuse("a tensor without storage, shape or strides");
    }
    const { count } = storage;
    const size = shape.includes(0) ? 0 : shape.reduce((product, n) => product * n, 1);
    const last = shape.reduce((sum, n, axis) => sum + (n - 1) * strides[axis]!, offset);
    if (size > count || (size > 0 && last >= count)) throw this.#refuse(`a tensor of shape [${shape.join(", ")}] in a storage of ${count}`);
    return new TensorView(storage, offset, [...shape], [...strides]);
  }
}
