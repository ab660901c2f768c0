import { DataError } from "../../base/index.js";
import { sourceRange } from "./byte-source.js";
import type { ByteSource } from "./byte-source.js";
import { bytesPerStoredElement } from "./element-type.js";
import { StateDictReader } from "./pth-state-dict.js";
import type { StorageReader, TensorView } from "./pth-state-dict.js";

/** First pickle of files written before PyTorch 1.6. */
const magic = 0x1950a86a20f9469cfc6cn;

/** Longest run of pickles before the values; a state dict of a thousand tensors takes some 100 kB. */
const maxPickleBytes = 1 << 24;

/**
 * Files of torch.save before version 1.6: five pickles (magic number, protocol, machine, state dict, order of the
 * storages), then per storage an int64 count and its values.
 * @throws DataError `pickle`
 */
export async function readLegacyStorages(
  file: ByteSource,
): Promise<{ views: Map<string, TensorView>; storages: StorageReader }> {
  const refuse = (reason: string): DataError =>
    new DataError("pickle", `${file.name}: expected a file written by torch.save, got ${reason}. Fetch the file again, or use safetensors.`);
  const bytes = await file.read(0, Math.min(file.length, maxPickleBytes));
  const reader = new StateDictReader(file.name);
  let at = 0;
  const next = (): unknown => {
    const { value, end } = reader.read(bytes, at);
    at = end;
    return value;
  };
  if (bytes[0] !== 0x80 || next() !== magic) throw refuse("another kind of file");
  if (next() !== 1001) throw refuse("another version of the format");
  const machine = next();
  if (!(machine instanceof Map) || machine.get("little_endian") !== true) throw refuse("values that are not little-endian");
  const views = reader.views(next());
  const order = next();
  if (!Array.isArray(order)) throw refuse("no list of storages");
  reader.requireBounded(views, file.length);
  const ranges = await locateStorages(file, { order, start: at, reader, refuse });
  return {
    views,
    storages: async (key) => {
      const range = ranges.get(key);
      if (range === undefined) throw refuse(`no values for storage ${key.slice(0, 40)}`);
      return sourceRange(file, range.start, range.length);
    },
  };
}

async function locateStorages(
  file: ByteSource,
  { order, start, reader, refuse }: { order: readonly unknown[]; start: number; reader: StateDictReader; refuse: (reason: string) => DataError },
): Promise<Map<string, { start: number; length: number }>> {
  const ranges = new Map<string, { start: number; length: number }>();
  let at = start;
  for (const key of order) {
    const storage = typeof key === "string" ? reader.storages.get(key) : undefined;
    if (storage === undefined || ranges.has(storage.key)) throw refuse("a list of storages that does not match the tensors");
    const count = new DataView((await file.read(at, 8)).buffer).getBigInt64(0, true);
    if (count !== BigInt(storage.count)) throw refuse(`a storage of ${count} values where ${storage.count} are announced`);
    const length = storage.count * bytesPerStoredElement(storage.type);
    ranges.set(storage.key, { start: at + 8, length });
    at += 8 + length;
  }
  if (at !== file.length) throw refuse(`${file.length} bytes where ${at} are announced`);
  return ranges;
}
