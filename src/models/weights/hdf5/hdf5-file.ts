import type { Tensor } from "../../../base/index.js";
import { pagedSource } from "../byte-source.js";
import type { ByteSource } from "../byte-source.js";
import { readTextAttributes } from "./attributes.js";
import { Cursor, undefinedAddress } from "./cursor.js";
import { countChunks, parseDataset, readDataset } from "./dataset.js";
import type { Dataset } from "./dataset.js";
import { readLinks } from "./group.js";
import { damaged, unsupported } from "./hdf5-error.js";
import { readMessages } from "./object-header.js";

/** Most groups and data sets of one file, how deep they may lie, and how many chunks there may be in all. */
const maxObjects = 10_000;
const maxDepth = 32;
const maxChunks = 10_000;

/** Everything a file of weights is asked for: its data sets and the texts on its groups, by path. */
export interface Hdf5File {
  /** Data sets by path without the leading slash, for example `"layers/conv2d/vars/0"`. */
  readonly datasets: ReadonlyMap<string, Dataset>;
  /** Text attributes by path; the root is `""`. */
  readonly attributes: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
  read(path: string): Promise<Tensor>;
}

/**
 * Opens a file and walks all of its groups. A restricted reader: groups with symbol tables or compact links, numbers in
 * contiguous, compact or chunked layout, gzip and shuffle. No other file is opened, nothing is executed, memory is set
 * aside only for what the file is long enough to hold.
 * @throws DataError `hdf5`, `weights-truncated` for damaged or hostile bytes
 * @throws UnsupportedError `hdf5-form` for forms of the format that Keras does not write
 * @see HDF5 file format specification 3.0
 */
export async function openHdf5(file: ByteSource): Promise<Hdf5File> {
  const source = pagedSource(file);
  const datasets = new Map<string, Dataset>();
  const attributes = new Map<string, ReadonlyMap<string, readonly string[]>>();
  const open = new Set<number>();
  let [objects, chunks] = [0, 0];
  const walk = async (address: number, path: string, depth: number): Promise<void> => {
    if (++objects > maxObjects) throw damaged(source.name, `more than ${maxObjects} groups and values`);
    if (depth > maxDepth || open.has(address)) throw damaged(source.name, `groups within groups without end`);
    const messages = await readMessages(source, address);
    const dataset = parseDataset(messages, source.name);
    if (dataset !== undefined) {
      chunks += countChunks(dataset);
      if (chunks > maxChunks) throw unsupported(source.name, `values in more than ${maxChunks} chunks`);
      datasets.set(path, dataset);
      return;
    }
    const texts = await readTextAttributes(source, messages);
    if (texts.size > 0) attributes.set(path, texts);
    open.add(address);
    for (const { name, address: child } of await readLinks(source, messages)) {
      const inner = path === "" ? name : `${path}/${name}`;
      if (name === "" || datasets.has(inner)) throw damaged(source.name, `two things named ${JSON.stringify(inner.slice(0, 100))}`);
      await walk(child, inner, depth + 1);
    }
    open.delete(address);
  };
  await walk(await findRoot(source), "", 0);
  return { datasets, attributes, read: (path) => readDataset(source, datasets.get(path)!, path) };
}

const signature = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);

/** Whether a file begins as HDF5 does. */
export function startsAsHdf5(start: Uint8Array): boolean {
  return signature.every((byte, i) => start[i] === byte);
}

/** Address of the root group, from the superblock. @see HDF5 file format specification 3.0, II.A */
async function findRoot(source: ByteSource): Promise<number> {
  const start = await source.read(0, Math.min(source.length, 128));
  if (!startsAsHdf5(start)) throw damaged(source.name, "another kind of file");
  const cursor = new Cursor(start, source.name).skip(8);
  const version = cursor.uint8();
  if (version > 3) throw unsupported(source.name, `superblock version ${version}`);
  if (version <= 1) cursor.skip(4);
  const [offsetBytes, lengthBytes] = [cursor.uint8(), cursor.uint8()];
  if (offsetBytes !== 8 || lengthBytes !== 8) throw unsupported(source.name, `addresses of ${offsetBytes} bytes`);
  // Before the addresses: tree sizes and flags in old files, flags alone in new ones.
  cursor.skip(version === 0 ? 9 : version === 1 ? 13 : 1);
  if (cursor.uint(8) !== 0) throw unsupported(source.name, "a block of other data before the file");
  cursor.address();
  if (cursor.address() > source.length) throw damaged(source.name, "a file that is cut off");
  if (version <= 1) cursor.skip(16);
  const root = cursor.address();
  if (root === undefinedAddress) throw damaged(source.name, "a file without contents");
  return root;
}
