import type { ByteSource } from "../byte-source.js";
import { Cursor } from "./cursor.js";
import { damaged, unsupported } from "./hdf5-error.js";

/** One message of an object header: what kind of fact, and its bytes. */
export interface Message {
  readonly type: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** Message types that are read; numbers of the format specification, section IV.A.2. */
export const messageTypes = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

/** Most bytes and pieces of one header: attributes of 64 kB each are the largest parts. */
const maxHeaderBytes = 1 << 24;
const maxPieces = 1024;

interface Piece {
  readonly start: number;
  readonly length: number;
}

/**
 * All messages of the object at an address, versions 1 and 2.
 * @throws DataError `hdf5` @throws UnsupportedError `hdf5-form` for a message shared between objects
 * @see HDF5 file format specification 3.0, IV.A.1
 */
export async function readMessages(source: ByteSource, address: number): Promise<Message[]> {
  const head = new Cursor(await source.read(address, Math.min(64, source.length - address)), source.name);
  const isSecond = head.bytes[0] === 0x4f;
  const { first, readPiece } = isSecond ? secondVersion(head, address) : firstVersion(head, address);
  const messages: Message[] = [];
  const pieces = [first];
  let total = 0;
  for (let i = 0; i < pieces.length; i++) {
    const { start, length } = pieces[i]!;
    total += length;
    if (total > maxHeaderBytes || i >= maxPieces) throw damaged(source.name, "an object header without end");
    const cursor = new Cursor(await source.read(start, length), source.name);
    readPiece(cursor, i > 0, (type, data) => {
      if (type === messageTypes.continuation) {
        const link = new Cursor(data, source.name);
        pieces.push({ start: link.uint(8), length: link.uint(8) });
      } else messages.push({ type, data });
    });
  }
  return messages;

  function firstVersion(cursor: Cursor, at: number): { first: Piece; readPiece: PieceReader } {
    if (cursor.uint8() !== 1) throw damaged(source.name, `no object header at ${at}`);
    cursor.skip(7);
    const length = cursor.uint32();
    const readPiece: PieceReader = (piece, _, found) => {
      while (piece.left >= 8) {
        const type = piece.uint16();
        const size = piece.uint16();
        const flags = piece.uint8();
        const data = piece.skip(3).take(size);
        keep(type, flags, data, found);
      }
    };
    return { first: { start: at + 16, length }, readPiece };
  }

  function secondVersion(cursor: Cursor, at: number): { first: Piece; readPiece: PieceReader } {
    cursor.signature("OHDR");
    if (cursor.uint8() !== 2) throw unsupported(source.name, "an object header of another version");
    const flags = cursor.uint8();
    cursor.skip((flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0));
    const length = cursor.uint(1 << (flags & 3));
    const readPiece: PieceReader = (piece, isContinuation, found) => {
      if (isContinuation) piece.signature("OCHK");
      // The last four bytes of a continuation are its checksum.
      const end = isContinuation ? 4 : 0;
      while (piece.left - end >= 4 + (flags & 4 ? 2 : 0)) {
        const type = piece.uint8();
        const size = piece.uint16();
        const messageFlags = piece.uint8();
        if (flags & 4) piece.skip(2);
        keep(type, messageFlags, piece.take(size), found);
      }
    };
    return { first: { start: at + cursor.at, length }, readPiece };
  }

  function keep(type: number, flags: number, data: Uint8Array<ArrayBuffer>, found: Found): void {
    const isRead = Object.values(messageTypes).some((known) => known === type);
    if (!isRead) return;
    if (flags & 2) throw unsupported(source.name, "a description that is shared between objects");
    found(type, data);
  }
}

type Found = (type: number, data: Uint8Array<ArrayBuffer>) => void;
type PieceReader = (piece: Cursor, isContinuation: boolean, found: Found) => void;
