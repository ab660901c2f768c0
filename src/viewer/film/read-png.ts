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

/** Takes PNG's filters back, in place; answers the rows without their filter bytes. */
function unfilter(data: Uint8Array, height: number, stride: number, step: number): Uint8Array {
  const out = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = data[y * (stride + 1)]!;
    const row = y * stride;
    for (let x = 0; x < stride; x++) {
      const raw = data[y * (stride + 1) + 1 + x]!;
      const a = x >= step ? out[row + x - step]! : 0;
      const b = y > 0 ? out[row - stride + x]! : 0;
      const c = x >= step && y > 0 ? out[row - stride + x - step]! : 0;
      out[row + x] = raw + (filter === 1 ? a : filter === 2 ? b : filter === 3 ? (a + b) >> 1 : filter === 4 ? paeth(a, b, c) : 0);
    }
  }
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
  return { height, width, bits, pixels: Uint16Array.from({ length: height * width }, (_, i) => rows[2 * i]! * 256 + rows[2 * i + 1]!) };
}
