import type { ByteSource } from "../byte-source.js";
import { Cursor, decodeText, undefinedAddress } from "./cursor.js";
import { damaged, unsupported } from "./hdf5-error.js";
import { messageTypes } from "./object-header.js";
import type { Message } from "./object-header.js";

/** A name in a group and the address of the object it stands for. */
export interface Link {
  readonly name: string;
  readonly address: number;
}

/** Most names in one group, and most tree nodes walked for them. */
const maxLinks = 10_000;
const maxNameBytes = 1 << 22;

/**
 * Names in a group, in the order of the file; links to other files and symbolic links are left out.
 * @throws DataError `hdf5` @throws UnsupportedError `hdf5-form` for groups in the dense form of libver="latest"
 * @see HDF5 file format specification 3.0, III.A.1, III.B, III.D and IV.A.2.g
 */
export async function readLinks(source: ByteSource, messages: readonly Message[]): Promise<Link[]> {
  const links: Link[] = [];
  for (const { type, data } of messages) {
    const cursor = new Cursor(data, source.name);
    if (type === messageTypes.symbolTable) links.push(...(await readSymbolTable(source, { tree: cursor.address(), heap: cursor.address() })));
    else if (type === messageTypes.link) links.push(...parseLink(cursor, source.name));
    else if (type === messageTypes.linkInfo) {
      const flags = cursor.skip(1).uint8();
      if (cursor.skip(flags & 1 ? 8 : 0).address() !== undefinedAddress) throw unsupported(source.name, "a group of many names in the form of newer files");
    }
  }
  return links;
}

function parseLink(cursor: Cursor, file: string): Link[] {
  if (cursor.uint8() !== 1) throw unsupported(file, "a link of another version");
  const flags = cursor.uint8();
  const kind = flags & 8 ? cursor.uint8() : 0;
  cursor.skip((flags & 4 ? 8 : 0) + (flags & 16 ? 1 : 0));
  const name = cursor.text(cursor.uint(1 << (flags & 3)));
  return kind === 0 ? [{ name, address: cursor.uint(8) }] : [];
}

async function readSymbolTable(source: ByteSource, { tree, heap }: { tree: number; heap: number }): Promise<Link[]> {
  const head = new Cursor(await source.read(heap, 32), source.name);
  head.signature("HEAP");
  const length = head.skip(4).uint(8);
  if (length > maxNameBytes) throw damaged(source.name, `names of ${length} bytes`);
  const names = await source.read(head.skip(8).uint(8), length);
  const links: Link[] = [];
  for (const node of await readLeaves(source, tree)) {
    const start = new Cursor(await source.read(node, 8), source.name);
    start.signature("SNOD");
    const count = start.skip(2).uint16();
    if (links.length + count > maxLinks) throw damaged(source.name, `a group of more than ${maxLinks} names`);
    const entries = new Cursor(await source.read(node + 8, 40 * count), source.name);
    for (let i = 0; i < count; i++) {
      const name = entries.uint(8);
      const address = entries.address();
      const kind = entries.uint32();
      entries.skip(20);
      if (name >= names.length) throw damaged(source.name, "a name beyond the names");
      if (kind !== 2 && address !== undefinedAddress) links.push({ name: decodeText(names.subarray(name, name + 4096)), address });
    }
  }
  return links;
}

/** Addresses of the symbol table nodes below a tree of type 0. */
async function readLeaves(source: ByteSource, root: number): Promise<number[]> {
  const walk = new TreeWalk(source, { type: 0, keyBytes: 8, maxNodes: 4096 });
  return (await walk.leaves(root)).map(({ child }) => child);
}

/** Walks a version 1 B-tree. Levels must fall towards the leaves, so that no loop of addresses is followed. */
export class TreeWalk {
  #nodes = 0;

  constructor(
    private readonly source: ByteSource,
    private readonly options: { readonly type: 0 | 1; readonly keyBytes: number; readonly maxNodes: number },
  ) {}

  /** Key and address of every child of a leaf, in order. */
  async leaves(address: number, below = 32): Promise<{ key: Uint8Array<ArrayBuffer>; child: number }[]> {
    const { source, options } = this;
    if (++this.#nodes > options.maxNodes) throw damaged(source.name, "a tree without end");
    const head = new Cursor(await source.read(address, 24), source.name);
    head.signature("TREE");
    if (head.uint8() !== options.type) throw damaged(source.name, "a tree of another kind");
    const level = head.uint8();
    if (level >= below) throw damaged(source.name, "a tree that does not end");
    const count = head.uint16();
    const entries = new Cursor(await source.read(address + 24, count * (options.keyBytes + 8)), source.name);
    const found: { key: Uint8Array<ArrayBuffer>; child: number }[] = [];
    for (let i = 0; i < count; i++) {
      const key = entries.take(options.keyBytes);
      const child = entries.uint(8);
      if (level === 0) found.push({ key, child });
      else for (const leaf of await this.leaves(child, level)) found.push(leaf);
    }
    return found;
  }
}
