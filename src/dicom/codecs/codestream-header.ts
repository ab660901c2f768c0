/** What a compressed frame says of itself. */
export interface CodestreamHeader {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** Bits per sample. */
  readonly precision: number;
  /** Of JPEG: true for the lossless process. */
  readonly lossless?: boolean;
  /** Of JPEG: what an Adobe marker says of the colors: 0 none, 1 YCbCr. */
  readonly adobeTransform?: number;
  /** Of JPEG: identifiers of the components, `"RGB"` by some encoders. */
  readonly componentIds?: readonly number[];
  /** Of JPEG 2000: signed samples. */
  readonly signed?: boolean;
}

/**
 * Reads the frame header of a JPEG or JPEG-LS codestream.
 * @returns undefined where there is none
 * @see ITU-T T.81 annex B; ITU-T T.87 annex C
 */
export function readJpegHeader(bytes: Uint8Array): CodestreamHeader | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let adobeTransform: number | undefined;
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0xda || marker === 0xd9) return undefined;
    const length = view.getUint16(at + 2);
    if (length < 2) return undefined;
    if (marker === 0xee && length >= 14 && at + 16 <= bytes.length && bytes[at + 4] === 0x41) adobeTransform = bytes[at + 15]!;
    const isFrame = (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) || marker === 0xf7;
    if (isFrame) {
      if (at + 10 > bytes.length) return undefined;
      const components = bytes[at + 9]!;
      return {
        precision: bytes[at + 4]!,
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        components,
        lossless: marker === 0xc3,
        adobeTransform,
        componentIds: Array.from({ length: components }, (_, i) => bytes[at + 10 + 3 * i] ?? 0),
      };
    }
    at += 2 + length;
  }
  return undefined;
}

/** Most tiles of a JPEG 2000 codestream: each costs memory before any of its data is read. */
const mostTiles = 4096;

/**
 * Reads the SIZ marker of a JPEG 2000 codestream, bare or in a JP2 file.
 * @returns undefined where there is none, or where it contradicts itself
 * @see ITU-T T.800 annex A.5.1
 */
export function readJpeg2000Header(bytes: Uint8Array): CodestreamHeader | undefined {
  const start = codestreamStart(bytes);
  if (start === undefined || start + 45 > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.byteLength - start);
  if (view.getUint32(0) !== 0xff4fff51) return undefined;
  const [right, bottom, left, top] = [8, 12, 16, 20].map((at) => view.getUint32(at)) as [number, number, number, number];
  const [tileWidth, tileHeight, tileLeft, tileTop] = [24, 28, 32, 36].map((at) => view.getUint32(at)) as [number, number, number, number];
  const components = view.getUint16(40);
  if (right <= left || bottom <= top || tileWidth === 0 || tileHeight === 0 || components === 0) return undefined;
  const tiles = Math.ceil((right - tileLeft) / tileWidth) * Math.ceil((bottom - tileTop) / tileHeight);
  if (!(tiles >= 1 && tiles <= mostTiles)) return undefined;
  for (let c = 0; c < components; c++) {
    // Subsampled components do not occur in DICOM's use of JPEG 2000.
    if (bytes[start + 43 + 3 * c] !== 1 || bytes[start + 44 + 3 * c] !== 1 || bytes[start + 42 + 3 * c] !== bytes[start + 42]) return undefined;
  }
  const depth = view.getUint8(42);
  return { width: right - left, height: bottom - top, components, precision: (depth & 0x7f) + 1, signed: depth > 0x7f };
}

function codestreamStart(bytes: Uint8Array): number | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0x4f) return 0;
  // In a JP2 file the codestream is the content of the box jp2c.
  if (!(bytes[4] === 0x6a && bytes[5] === 0x50)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at);
    if (view.getUint32(at + 4) === 0x6a703263) return at + 8;
    if (length < 8) return undefined;
    at += length;
  }
  return undefined;
}
