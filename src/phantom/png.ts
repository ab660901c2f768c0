import { constants, crc32, deflateSync } from "node:zlib";
import { InternalError } from "../base/index.js";

export interface GreyImage {
  readonly width: number;
  readonly height: number;
  /** 8 or 16 bit samples, row-major. */
  readonly data: Uint8Array | Uint16Array;
  readonly spacingMm?: number;
}

/**
 * A grey PNG whose bytes depend on the samples alone. Each row is stored as differences to the row above (filter 2) and
 * deflated by run lengths, a strategy without the hash search whose result varies with the processor.
 * @see PNG specification, third edition, W3C 2025
 */
export function encodePng(image: GreyImage): Uint8Array {
  const { width, height, data, spacingMm } = image;
  const bytes = data.BYTES_PER_ELEMENT;
  const stride = width * bytes;
  const samples = new Uint8Array(height * stride);
  if (bytes === 1) samples.set(data);
  else data.forEach((value, i) => {
    samples[2 * i] = value >> 8;
    samples[2 * i + 1] = value & 255;
  });
  const rows = new Uint8Array(height * (stride + 1));
  for (let r = 0; r < height; r++) {
    const to = r * (stride + 1);
    rows[to] = 2;
    for (let k = 0; k < stride; k++) rows[to + 1 + k] = samples[r * stride + k]! - (r === 0 ? 0 : samples[(r - 1) * stride + k]!);
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8 * bytes, 0, 0, 0, 0], 8);
  const chunks = [chunk("IHDR", header)];
  if (spacingMm !== undefined) {
    const physical = new Uint8Array(9);
    const perMeter = Math.round(1000 / spacingMm);
    new DataView(physical.buffer).setUint32(0, perMeter);
    new DataView(physical.buffer).setUint32(4, perMeter);
    physical[8] = 1;
    chunks.push(chunk("pHYs", physical));
  }
  chunks.push(chunk("IDAT", deflateSync(rows, { level: 6, strategy: constants.Z_RLE })), chunk("IEND", new Uint8Array(0)));
  return Buffer.concat([Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10), ...chunks]);
}

/** Display values 0..1 as samples of the given depth. */
export function quantize(pixels: Float32Array, bitDepth: 8 | 16): Uint8Array | Uint16Array {
  const top = bitDepth === 8 ? 255 : 65535;
  const samples = bitDepth === 8 ? new Uint8Array(pixels.length) : new Uint16Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i]!;
    if (!(value >= 0 && value <= 1)) throw new InternalError("phantom-range", `phantom pixel: expected a value in 0..1, got ${value}.`);
    samples[i] = Math.round(value * top);
  }
  return samples;
}

function chunk(name: string, body: Uint8Array): Uint8Array {
  const result = new Uint8Array(12 + body.length);
  const view = new DataView(result.buffer);
  view.setUint32(0, body.length);
  for (let i = 0; i < 4; i++) result[4 + i] = name.charCodeAt(i);
  result.set(body, 8);
  view.setUint32(8 + body.length, crc32(result.subarray(4, 8 + body.length)));
  return result;
}
