import { crc32, deflateSync } from "node:zlib";

/**
 * A PNG written by hand, so that tests of the decoder do not rest on the encoder of the same library.
 * @param samples interleaved, 8-bit values, packed bits, or 16-bit values (stored big-endian)
 */
export function pngBytes(
  width: number,
  height: number,
  bitDepth: number,
  colorType: number,
  samples: Uint8Array | Uint16Array,
  options: { frames?: number; orientation?: number } = {},
): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = bitDepth;
  header[9] = colorType;
  const bytes = samples instanceof Uint16Array ? Buffer.from(samples.slice().buffer).swap16() : Buffer.from(samples);
  const line = bytes.length / height;
  const rows = Array.from({ length: bytes.length === 0 ? 0 : height }, (_, i) => Buffer.concat([Buffer.of(0), bytes.subarray(i * line, (i + 1) * line)]));
  const animation = Buffer.alloc(8);
  animation.writeUInt32BE(options.frames ?? 1, 0);
  return Buffer.concat([
    Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    ...(options.frames === undefined ? [] : [chunk("acTL", animation)]),
    ...(options.orientation === undefined ? [] : [chunk("eXIf", exif(options.orientation))]),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** The least EXIF there can be: one directory with the orientation, big-endian. */
function exif(orientation: number): Buffer {
  return Buffer.of(0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** A JPEG that ends after its frame header. */
export function jpegHeader(width: number, height: number, bitDepth: number, frameMarker = 0xc0): Uint8Array {
  return Uint8Array.of(
    0xff, 0xd8, 0xff, frameMarker, 0, 11, bitDepth, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0,
    0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0,
  );
}
