/** One graphic character set that a data set names, with the escape sequences that call it. */
interface CodedSet {
  /** Label of the WHATWG decoder that reads it. */
  readonly decoder: string;
  readonly bytes: 1 | 2;
  /** Which half of the code table it fills: 0 below 0x80, 1 above. */
  readonly half: 0 | 1;
  /** Turns the bytes of one character into what the decoder reads. */
  readonly lift?: (bytes: Uint8Array) => Uint8Array;
}

const upper = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte | 0x80);
const upper212 = (bytes: Uint8Array): Uint8Array => {
  const lifted: number[] = [];
  for (let i = 0; i + 1 < bytes.length; i += 2) lifted.push(0x8f, bytes[i]! | 0x80, bytes[i + 1]! | 0x80);
  return Uint8Array.from(lifted);
};

/** @see DICOM PS3.3 C.12.1.1.2, tables C.12-2 to C.12-5 */
const singleByte: Readonly<Record<string, string>> = {
  "ISO_IR 6": "ascii", "ISO_IR 100": "latin1", "ISO_IR 101": "iso-8859-2", "ISO_IR 109": "iso-8859-3", "ISO_IR 110": "iso-8859-4", "ISO_IR 144": "iso-8859-5",
  "ISO_IR 127": "iso-8859-6", "ISO_IR 126": "iso-8859-7", "ISO_IR 138": "iso-8859-8", "ISO_IR 148": "windows-1254", "ISO_IR 203": "iso-8859-15",
  "ISO_IR 13": "shift_jis", "ISO_IR 166": "windows-874", "ISO_IR 192": "utf-8", GB18030: "gb18030", GBK: "gbk",
};

/** Sets by what follows ESC. */
const escapes: Readonly<Record<string, CodedSet>> = {
  "(B": { decoder: "ascii", bytes: 1, half: 0 },
  "(J": { decoder: "shift_jis", bytes: 1, half: 0 },
  ")I": { decoder: "shift_jis", bytes: 1, half: 1 },
  "-A": { decoder: "latin1", bytes: 1, half: 1 },
  "-B": { decoder: "iso-8859-2", bytes: 1, half: 1 },
  "-C": { decoder: "iso-8859-3", bytes: 1, half: 1 },
  "-D": { decoder: "iso-8859-4", bytes: 1, half: 1 },
  "-L": { decoder: "iso-8859-5", bytes: 1, half: 1 },
  "-G": { decoder: "iso-8859-6", bytes: 1, half: 1 },
  "-F": { decoder: "iso-8859-7", bytes: 1, half: 1 },
  "-H": { decoder: "iso-8859-8", bytes: 1, half: 1 },
  "-M": { decoder: "windows-1254", bytes: 1, half: 1 },
  "-b": { decoder: "iso-8859-15", bytes: 1, half: 1 },
  "-T": { decoder: "windows-874", bytes: 1, half: 1 },
  "$B": { decoder: "euc-jp", bytes: 2, half: 0, lift: upper },
  "$(D": { decoder: "euc-jp", bytes: 2, half: 0, lift: upper212 },
  "$)C": { decoder: "euc-kr", bytes: 2, half: 1 },
  "$)A": { decoder: "gbk", bytes: 2, half: 1 },
};

const decoders = new Map<string, TextDecoder>();

function decodeWith(label: string, bytes: Uint8Array): string {
  // The WHATWG "latin1" is windows-1252, whose 0x80 to 0x9f are letters.
  if (label === "latin1" || label === "ascii") return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  let decoder = decoders.get(label);
  if (decoder === undefined) decoders.set(label, (decoder = new TextDecoder(label, { ignoreBOM: true })));
  return decoder.decode(bytes);
}

function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte >= 0x80 || byte === 0x1b) return false;
  return true;
}

/**
 * Text of a value whose data set names these character sets (the values of SpecificCharacterSet, the first may be empty).
 * Where none is named, bytes above 0x7f are read as UTF-8 if they are valid so, else as Latin-1.
 * @see DICOM PS3.5 section 6.1 and annexes H, I, J, K
 */
export function decodeText(bytes: Uint8Array, characterSets: readonly string[]): string {
  if (isAscii(bytes)) return decodeWith("latin1", bytes);
  const first = (characterSets[0] ?? "").replace(/^ISO 2022 IR/, "ISO_IR");
  const extended = characterSets.length > 1 || (characterSets[0] ?? "").startsWith("ISO 2022") || bytes.includes(0x1b);
  const label = singleByte[first];
  if (!extended || label === "utf-8" || label === "gb18030" || label === "gbk") {
    return label === undefined || label === "ascii" ? decodeUnnamed(bytes) : decodeWith(label, bytes);
  }
  return decodeExtended(bytes, label ?? "latin1");
}

function decodeUnnamed(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return decodeWith("latin1", bytes);
  }
}

/** Code extension by ISO 2022: escape sequences change the sets, delimiters set them back. */
function decodeExtended(bytes: Uint8Array, initial: string): string {
  const lower: CodedSet = { decoder: initial === "shift_jis" ? initial : "ascii", bytes: 1, half: 0 };
  const start: readonly [CodedSet, CodedSet] = [lower, { decoder: initial, bytes: 1, half: 1 }];
  let sets: [CodedSet, CodedSet] = [...start];
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at]!;
    if (byte === 0x1b) {
      const found = escapeAt(bytes, at + 1);
      if (found === undefined) {
        at += 1;
        continue;
      }
      sets[found.set.half] = found.set;
      at += 1 + found.length;
      continue;
    }
    const half = byte >= 0x80 ? 1 : 0;
    const set = sets[half];
    let end = at;
    while (end < bytes.length && bytes[end] !== 0x1b && (bytes[end]! >= 0x80 ? 1 : 0) === half) {
      // Below 0x21 are control characters and the space, which are one byte in every set.
      if (set.bytes === 1 || bytes[end]! <= 0x20) end += 1;
      else end += 2;
      if (half === 0 && set.bytes === 1 && isDelimiter(bytes[end - 1]!)) break;
      if (half === 0 && bytes[end - 1]! <= 0x20) break;
    }
    const run = bytes.subarray(at, Math.min(end, bytes.length));
    const control = run.length === 1 && run[0]! <= 0x20;
    text += control ? String.fromCharCode(run[0]!) : decodeWith(set.decoder, set.lift ? set.lift(run) : run);
    if (half === 0 && (control ? run[0]! < 0x20 : set.bytes === 1 && isDelimiter(run.at(-1)!))) sets = [...start];
    at = end;
  }
  return text;
}

const isDelimiter = (byte: number): boolean => byte === 0x5c || byte === 0x5e || byte === 0x3d || byte === 0x0a || byte === 0x0c || byte === 0x0d;

function escapeAt(bytes: Uint8Array, at: number): { set: CodedSet; length: number } | undefined {
  for (const length of [2, 3]) {
    const set = escapes[String.fromCharCode(...bytes.subarray(at, at + length))];
    if (set !== undefined) return { set, length };
  }
  return undefined;
}
