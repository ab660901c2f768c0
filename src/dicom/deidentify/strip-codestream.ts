/**
 * A JPEG or JPEG 2000 codestream without what may carry text: comments and application segments (but Adobe's, which says
 * what the colors are), and what follows its end. Anything else is returned as it is.
 */
export function stripCodestream(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return stripJpeg(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0x4f) return stripJpeg2000(bytes);
  return bytes;
}

function stripJpeg(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [bytes.subarray(0, 2)];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff || marker === 0xff) return bytes;
    if (marker === 0xda) {
      const end = lastMarker(bytes, at, 0xd9);
      parts.push(bytes.subarray(at, end === undefined ? bytes.length : end + 2));
      return Buffer.concat(parts);
    }
    const length = view.getUint16(at + 2);
    const isText = marker === 0xfe || (marker >= 0xe0 && marker <= 0xef && marker !== 0xee && marker !== 0xe8);
    if (!isText) parts.push(bytes.subarray(at, at + 2 + length));
    at += 2 + length;
  }
  return bytes;
}

function stripJpeg2000(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [bytes.subarray(0, 2)];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = view.getUint16(at);
    if (marker === 0xff90) {
      const end = lastMarker(bytes, at, 0xd9);
      parts.push(bytes.subarray(at, end === undefined ? bytes.length : end + 2));
      return Buffer.concat(parts);
    }
    if (marker < 0xff00) return bytes;
    const length = view.getUint16(at + 2);
    if (marker !== 0xff64) parts.push(bytes.subarray(at, at + 2 + length));
    at += 2 + length;
  }
  return bytes;
}

/** Position of the last marker after `from`; inside coded data FF is always followed by something else. */
function lastMarker(bytes: Uint8Array, from: number, marker: number): number | undefined {
  for (let at = bytes.length - 2; at > from; at--) if (bytes[at] === 0xff && bytes[at + 1] === marker) return at;
  return undefined;
}
