/** A grey picture, [height, width]. */
export interface GreyPicture {
  readonly height: number;
  readonly width: number;
  readonly bits: 8 | 16;
  readonly pixels: Uint8Array | Uint16Array;
}

const signature = [137, 80, 78, 71, 13, 10, 26, 10];

async function inflate(parts: readonly Uint8Array<ArrayBuffer>[]): Promise<Uint8Array> {
  const stream = new Blob([...parts]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function paeth(a: number, b: number, c: number): number {
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/** Takes PNG's filters back; answers the rows without their filter bytes. One loop for each filter: films have millions of pixels. */
function unfilter(data: Uint8Array, height: number, stride: number, step: number): Uint8Array {
  const out = new Uint8Array(height * stride);
  // The row above the first is black.
  let above = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const filter = data[y * (stride + 1)]!;
    const raw = data.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1));
    const row = out.subarray(y * stride, (y + 1) * stride);
    row.set(raw);
    if (filter === 1) for (let x = step; x < stride; x++) row[x]! += row[x - step]!;
    else if (filter === 2) for (let x = 0; x < stride; x++) row[x]! += above[x]!;
    else if (filter === 3) for (let x = 0; x < stride; x++) row[x]! += ((x < step ? 0 : row[x - step]!) + above[x]!) >> 1;
    else if (filter === 4) for (let x = 0; x < stride; x++) row[x]! += x < step ? above[x]! : paeth(row[x - step]!, above[x]!, above[x - step]!);
    above = row;
  }
  return out;
}

/** Two bytes of each pixel, the larger first. */
function join(rows: Uint8Array): Uint16Array {
  const out = new Uint16Array(rows.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = rows[2 * i]! * 256 + rows[2 * i + 1]!;
  return out;
}

/**
 * Reads a grey PNG of 8 or 16 bits with all of its depth; a browser's own decoder gives 8. `undefined` for any other kind.
 * @see RFC 2083
 */
export async function readGreyPng(bytes: Uint8Array<ArrayBuffer>): Promise<GreyPicture | undefined> {
  if (bytes.length < 33 || signature.some((byte, i) => bytes[i] !== byte)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [bits, colors, interlace] = [bytes[24]!, bytes[25]!, bytes[28]!];
  if ((bits !== 8 && bits !== 16) || colors !== 0 || interlace !== 0) return undefined;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (kind === "IDAT") parts.push(bytes.subarray(at + 8, at + 8 + length));
    if (kind === "IEND") break;
    at += 12 + length;
  }
  const step = bits / 8;
  const rows = unfilter(await inflate(parts), height, width * step, step);
  if (bits === 8) return { height, width, bits, pixels: rows };
  return { height, width, bits, pixels: join(rows) };
}
