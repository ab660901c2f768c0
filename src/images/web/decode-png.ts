import type { RawImage } from "../raw-image.js";
import { PngDamage, readChunks, type PngLayout } from "./png-chunks.js";
import { unfilter } from "./unfilter.js";

const samplesOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** First column and row, and steps, of the seven passes of an interlaced image. */
const passes = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]] as const;

async function inflate(parts: readonly Uint8Array<ArrayBuffer>[], size: number): Promise<Uint8Array> {
  const result = new Uint8Array(size);
  let at = 0;
  try {
    const reader = new Blob([...parts]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      result.set(value.subarray(0, Math.max(0, size - at)), at);
      at += value.length;
    }
  } catch (cause) {
    throw new PngDamage("the compressed pixels are damaged", { cause });
  }
  if (at < size) throw new PngDamage("unexpected end of the pixels");
  return result;
}

/** Extents of each pass that holds pixels. */
function passesOf({ width, height, interlaced }: PngLayout): { x: number; y: number; dx: number; dy: number; columns: number; rows: number }[] {
  if (!interlaced) return [{ x: 0, y: 0, dx: 1, dy: 1, columns: width, rows: height }];
  return passes
    .map(([x, y, dx, dy]) => ({ x, y, dx, dy, columns: Math.ceil((width - x) / dx), rows: Math.ceil((height - y) / dy) }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
}

/** Samples as stored, interleaved: below 8 bits not yet spread over the full range. */
async function readSamples(layout: PngLayout): Promise<Uint8Array | Uint16Array> {
  const { width, height, bitDepth, colorType } = layout;
  const channels = samplesOf[colorType];
  if (channels === undefined || ![1, 2, 4, 8, 16].includes(bitDepth)) throw new PngDamage("an unknown color type");
  const lineBytes = (columns: number): number => Math.ceil((columns * channels * bitDepth) / 8);
  const parts = passesOf(layout);
  const bytes = await inflate(layout.compressed, parts.reduce((sum, { columns, rows }) => sum + rows * (1 + lineBytes(columns)), 0));
  const samples = bitDepth === 16 ? new Uint16Array(width * height * channels) : new Uint8Array(width * height * channels);
  let at = 0;
  for (const { x, y, dx, dy, columns, rows } of parts) {
    const length = lineBytes(columns);
    unfilter(bytes.subarray(at, at + rows * (1 + length)), { rows, length, step: Math.max(1, (channels * bitDepth) / 8) });
    for (let row = 0; row < rows; row++) {
      const line = bytes.subarray(at + row * (1 + length) + 1, at + (row + 1) * (1 + length));
      const first = (y + row * dy) * width + x;
      if (bitDepth === 8 && dx === 1) samples.set(line, first * channels);
      else spread(line, samples, { columns, channels, bitDepth, first, dx });
    }
    at += rows * (1 + length);
  }
  return samples;
}

/** Puts the samples of a line where they belong. */
function spread(line: Uint8Array, samples: Uint8Array | Uint16Array, { columns, channels, bitDepth, first, dx }: { columns: number; channels: number; bitDepth: number; first: number; dx: number }): void {
  const mask = 2 ** Math.min(8, bitDepth) - 1;
  for (let i = 0; i < columns; i++) {
    for (let c = 0; c < channels; c++) {
      const k = i * channels + c;
      const bit = k * bitDepth;
      const value = bitDepth === 16 ? line[2 * k]! * 256 + line[2 * k + 1]! : (line[bit >> 3]! >> (8 - bitDepth - (bit & 7))) & mask;
      samples[(first + i * dx) * channels + c] = value;
    }
  }
}

/**
 * Decodes a PNG exactly: every color type, 1 to 16 bits, interlaced or not, with its transparency. Gamma and color profile
 * are not applied.
 * @throws PngDamage
 * @see W3C, PNG Specification, Third Edition, 2025; checked against libvips
 */
export async function decodePng(bytes: Uint8Array): Promise<RawImage> {
  const layout = readChunks(bytes);
  const samples = await readSamples(layout);
  const { width, height, bitDepth, colorType, palette, transparency } = layout;
  const full = bitDepth === 16 ? 65535 : 255;
  const size = { width, height, full } as const;
  if (colorType === 3) return { ...size, ...throughPalette(samples, palette ?? new Uint8Array(0), transparency) };
  const channels = samplesOf[colorType]!;
  const opaque = transparency === undefined ? undefined : withKey(samples, channels, transparency, full);
  const stored = opaque ?? { samples, channels };
  if (bitDepth >= 8) return { ...size, ...stored };
  const factor = 255 / (2 ** bitDepth - 1);
  for (let i = 0; i < stored.samples.length; i += stored.channels) stored.samples[i]! *= factor;
  return { ...size, ...stored };
}

type Samples = Pick<RawImage, "samples" | "channels">;

function throughPalette(indices: Uint8Array | Uint16Array, palette: Uint8Array, transparency: Uint8Array | undefined): Samples {
  const channels = transparency === undefined ? 3 : 4;
  const samples = new Uint8Array(indices.length * channels);
  for (const [i, index] of indices.entries()) {
    if (index * 3 >= palette.length) throw new PngDamage("a color that is not in the palette");
    for (let c = 0; c < 3; c++) samples[i * channels + c] = palette[index * 3 + c]!;
    if (transparency !== undefined) samples[i * 4 + 3] = transparency[index] ?? 255;
  }
  return { samples, channels };
}

/** With alpha 0 where the pixel is the one that the file calls transparent. */
function withKey(samples: Uint8Array | Uint16Array, channels: number, transparency: Uint8Array, full: number): Samples {
  const key = Array.from({ length: channels }, (_, c) => transparency[2 * c]! * 256 + transparency[2 * c + 1]!);
  const pixels = samples.length / channels;
  const result = full === 65535 ? new Uint16Array(pixels * (channels + 1)) : new Uint8Array(pixels * (channels + 1));
  for (let i = 0; i < pixels; i++) {
    let isKey = true;
    for (let c = 0; c < channels; c++) {
      const value = samples[i * channels + c]!;
      result[i * (channels + 1) + c] = value;
      isKey &&= value === key[c];
    }
    result[i * (channels + 1) + channels] = isKey ? 0 : full;
  }
  return { samples: result, channels: channels + 1 };
}
