import { crc32 } from "node:zlib";
import { InternalError } from "../base/index.js";
import { deflateRuns } from "./deflate.js";

export interface GreyImage {
  readonly width: number;
  readonly height: number;
  /** 8 or 16 bit samples, row-major. */
  readonly data: Uint8Array | Uint16Array;
  readonly spacingMm?: number;
}

/**
 * A grey PNG whose bytes depend on the samples alone. Each row is stored as differences to the row above (filter 2), so
 * that masks are mostly zeros.
 * @see PNG specification, third edition, W3C 2025
 */
export function encodePng(image: GreyImage): Uint8Array {
  const { width, height, data, spacingMm } = image;
  const bytes = data.BYTES_PER_ELEMENT;
  const rows = data instanceof Uint8Array ? differences8(data, width, height) : differences16(data, width, height);
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
  chunks.push(chunk("IDAT", deflateRuns(rows)), chunk("IEND", new Uint8Array(0)));
  return Buffer.concat([Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10), ...chunks]);
}

function differences8(data: Uint8Array, width: number, height: number): Uint8Array {
  const rows = new Uint8Array(height * (width + 1));
  for (let r = 0, to = 0; r < height; r++) {
    rows[to++] = 2;
    const [start, end] = [r * width, (r + 1) * width];
    if (r === 0) for (let i = start; i < end; i++) rows[to++] = data[i]!;
    else for (let i = start; i < end; i++) rows[to++] = data[i]! - data[i - width]!;
  }
  return rows;
}

/** Samples of two bytes, the higher one first; each byte has its own difference. */
function differences16(data: Uint16Array, width: number, height: number): Uint8Array {
  const rows = new Uint8Array(height * (2 * width + 1));
  for (let r = 0, to = 0; r < height; r++) {
    rows[to++] = 2;
    const [start, end] = [r * width, (r + 1) * width];
    for (let i = start; i < end; i++) {
      const above = r === 0 ? 0 : data[i - width]!;
      rows[to++] = (data[i]! >> 8) - (above >> 8);
      rows[to++] = data[i]! - above;
    }
  }
  return rows;
}

/** Display values 0..1 as samples of the given depth. */
export function quantize(pixels: Float32Array, bitDepth: 8 | 12 | 16): Uint8Array | Uint16Array {
  const top = (1 << bitDepth) - 1;
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
