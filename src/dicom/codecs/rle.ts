/** A frame that is not what RLE writes. The message says what is wrong. */
export class RleFailure extends Error {}

/**
 * Decodes one RLE frame: one PackBits segment per byte plane, the most significant byte first.
 * @returns samples interleaved, little endian; short segments end in zeros only where a whole row is missing nowhere
 * @throws RleFailure
 * @see DICOM PS3.5 annex G
 */
export function decodeRle(encoded: Uint8Array, { pixels, samplesPerPixel, bytesPerSample }: { pixels: number; samplesPerPixel: number; bytesPerSample: 1 | 2 }): Uint8Array {
  if (encoded.length < 64) throw new RleFailure(`a frame of ${encoded.length} bytes without a header`);
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const wanted = samplesPerPixel * bytesPerSample;
  const count = view.getUint32(0, true);
  if (count !== wanted) throw new RleFailure(`${count} segments for ${samplesPerPixel} samples of ${bytesPerSample} bytes`);
  const out = new Uint8Array(pixels * wanted);
  for (let segment = 0; segment < count; segment++) {
    const start = view.getUint32(4 + 4 * segment, true);
    const next = segment + 1 < count ? view.getUint32(8 + 4 * segment, true) : encoded.length;
    if (start < 64 || next > encoded.length || start > next) throw new RleFailure(`segment ${segment + 1} outside the frame`);
    const sample = Math.floor(segment / bytesPerSample);
    const byte = bytesPerSample - 1 - (segment % bytesPerSample);
    unpack(encoded.subarray(start, next), out, { first: sample * bytesPerSample + byte, step: wanted, count: pixels });
  }
  return out;
}

function unpack(packed: Uint8Array, out: Uint8Array, { first, step, count }: { first: number; step: number; count: number }): void {
  let done = 0;
  for (let at = 0; at < packed.length && done < count; ) {
    const control = packed[at++]!;
    if (control < 128) {
      const run = Math.min(control + 1, count - done, packed.length - at);
      for (let i = 0; i < run; i++) out[first + (done + i) * step] = packed[at + i]!;
      done += run;
      at += control + 1;
    } else if (control > 128 && at < packed.length) {
      const run = Math.min(257 - control, count - done);
      const value = packed[at++]!;
      for (let i = 0; i < run; i++) out[first + (done + i) * step] = value;
      done += run;
    }
  }
  if (done < count) throw new RleFailure(`a segment of ${done} bytes for ${count} pixels`);
}

/** Encodes samples, interleaved and little endian, as one RLE frame. */
export function encodeRle(samples: Uint8Array, { pixels, samplesPerPixel, bytesPerSample }: { pixels: number; samplesPerPixel: number; bytesPerSample: 1 | 2 }): Uint8Array {
  const count = samplesPerPixel * bytesPerSample;
  const segments = Array.from({ length: count }, (_, segment) => {
    const sample = Math.floor(segment / bytesPerSample);
    const byte = bytesPerSample - 1 - (segment % bytesPerSample);
    return pack(Uint8Array.from({ length: pixels }, (_unused, i) => samples[i * count + sample * bytesPerSample + byte]!));
  });
  const header = new DataView(new ArrayBuffer(64));
  header.setUint32(0, count, true);
  let at = 64;
  segments.forEach((segment, i) => {
    header.setUint32(4 + 4 * i, at, true);
    at += segment.length;
  });
  return Buffer.concat([new Uint8Array(header.buffer), ...segments]);
}

function pack(plane: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (let at = 0; at < plane.length; ) {
    let run = 1;
    while (run < 128 && at + run < plane.length && plane[at + run] === plane[at]) run += 1;
    if (run >= 3) {
      out.push(257 - run, plane[at]!);
      at += run;
      continue;
    }
    let end = at + run;
    while (end < plane.length && end - at < 128 && !(plane[end] === plane[end + 1] && plane[end] === plane[end + 2])) end += 1;
    end = Math.min(end, at + 128);
    out.push(end - at - 1);
    for (let i = at; i < end; i++) out.push(plane[i]!);
    at = end;
  }
  if (out.length % 2 === 1) out.push(0);
  return Uint8Array.from(out);
}
