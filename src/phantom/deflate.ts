/**
 * A zlib stream of literals and runs of one byte, in Huffman codes of each block's own. What zlib itself makes of the same
 * data differs between its builds; these bytes depend on the data alone.
 * @see RFC 1950 and RFC 1951
 */
export function deflateRuns(data: Uint8Array): Uint8Array {
  const tokens = findRuns(data);
  // A code has 15 bits at most, a run 5 more for its length and 1 for its distance.
  const writer: Writer = { bytes: new Uint8Array(64 + 3 * tokens.length + 400 * (1 + tokens.length / blockTokens)), at: 2, bits: 0, held: 0 };
  writer.bytes[0] = 0x78;
  writer.bytes[1] = 0x01;
  for (let from = 0; from === 0 || from < tokens.length; from += blockTokens) {
    writeBlock(writer, tokens.subarray(from, from + blockTokens), from + blockTokens >= tokens.length);
  }
  if (writer.held > 0) put(writer, 0, 8 - writer.held);
  const sum = adler32(data);
  for (let shift = 24; shift >= 0; shift -= 8) writer.bytes[writer.at++] = sum >>> shift;
  return writer.bytes.slice(0, writer.at);
}

interface Writer {
  readonly bytes: Uint8Array;
  at: number;
  /** Bits not yet written, lowest first, and how many. */
  bits: number;
  held: number;
}

const blockTokens = 1 << 16;
const endOfBlock = 256;
const longestRun = 258;
/** Symbols of literals, the end and lengths; symbols of code lengths. */
const [symbols, lengthSymbols] = [286, 19];
const lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Symbol, number of extra bits and their value for a run of each length from 3 to 258. */
const [runSymbol, runBits, runExtra] = [new Uint16Array(longestRun + 1), new Uint8Array(longestRun + 1), new Uint8Array(longestRun + 1)];
for (let symbol = 257, length = 3; symbol < 285; symbol++) {
  const extraBits = symbol < 265 ? 0 : (symbol - 261) >> 2;
  for (let extra = 0; extra < 1 << extraBits; extra++, length++) {
    runSymbol[length] = symbol;
    runBits[length] = extraBits;
    runExtra[length] = extra;
  }
}
runSymbol[longestRun] = 285;
runBits[longestRun] = 0;
runExtra[longestRun] = 0;

/** Literals as themselves, a run of n further bytes like the last as 256 + n. */
function findRuns(data: Uint8Array): Uint16Array {
  const tokens = new Uint16Array(data.length);
  let count = 0;
  const total = data.length;
  for (let i = 0; i < total; ) {
    const value = data[i++]!;
    tokens[count++] = value;
    if (i + 2 >= total || data[i] !== value || data[i + 1] !== value) continue;
    let end = i + 2;
    while (end < total && data[end] === value) end++;
    while (end - i >= 3) {
      const length = Math.min(longestRun, end - i);
      tokens[count++] = 256 + length;
      i += length;
    }
  }
  return tokens.subarray(0, count);
}

function writeBlock(writer: Writer, tokens: Uint16Array, last: boolean): void {
  const counts = new Uint32Array(symbols);
  counts[endOfBlock] = 1;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    counts[token < 256 ? token : runSymbol[token - 256]!]! += 1;
  }
  const lengths = codeLengths(counts, 15);
  const codes = codesOf(lengths);
  put(writer, last ? 0b101 : 0b100, 3);
  writeLengths(writer, lengths);
  // The bits and the place are kept in hand: this loop is most of the time.
  const { bytes } = writer;
  let { at, bits, held } = writer;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const symbol = token < 256 ? token : runSymbol[token - 256]!;
    bits |= codes[symbol]! << held;
    held += lengths[symbol]!;
    if (token >= 256) {
      for (; held >= 8; held -= 8, bits >>>= 8) bytes[at++] = bits;
      // The one distance, 1, has the code 0.
      bits |= runExtra[token - 256]! << held;
      held += runBits[token - 256]! + 1;
    }
    for (; held >= 8; held -= 8, bits >>>= 8) bytes[at++] = bits;
  }
  [writer.at, writer.bits, writer.held] = [at, bits, held];
  put(writer, codes[endOfBlock]!, lengths[endOfBlock]!);
}

/** The header of a block: lengths of all codes, then of the single distance, themselves in a Huffman code. */
function writeLengths(writer: Writer, lengths: Uint8Array): void {
  let used = symbols;
  while (lengths[used - 1] === 0) used--;
  const items: [symbol: number, extra: number, bits: number][] = [];
  for (let i = 0; i < used; ) {
    let end = i + 1;
    while (end < used && lengths[end] === lengths[i]) end++;
    let left = end - i;
    if (lengths[i] === 0) {
      for (; left >= 11; left -= Math.min(138, left)) items.push([18, Math.min(138, left) - 11, 7]);
      if (left >= 3) [left] = [0, items.push([17, left - 3, 3])];
    } else {
      items.push([lengths[i]!, 0, 0]);
      left--;
      for (; left >= 3; left -= Math.min(6, left)) items.push([16, Math.min(6, left) - 3, 2]);
    }
    for (; left > 0; left--) items.push([lengths[i]!, 0, 0]);
    i = end;
  }
  items.push([1, 0, 0]);
  const counts = new Uint32Array(lengthSymbols);
  for (const [symbol] of items) counts[symbol]! += 1;
  const own = codeLengths(counts, 7);
  const codes = codesOf(own);
  let listed = lengthSymbols;
  while (listed > 4 && own[lengthOrder[listed - 1]!] === 0) listed--;
  put(writer, used - 257, 5);
  put(writer, 0, 5);
  put(writer, listed - 4, 4);
  for (let i = 0; i < listed; i++) put(writer, own[lengthOrder[i]!]!, 3);
  for (const [symbol, extra, bits] of items) {
    put(writer, codes[symbol]!, own[symbol]!);
    if (bits > 0) put(writer, extra, bits);
  }
}

/** Lengths of a Huffman code, none above the limit; symbols that do not occur have 0, a single one has 1. */
function codeLengths(counts: Uint32Array, limit: number): Uint8Array {
  const present = Array.from(counts.keys()).filter((symbol) => counts[symbol]! > 0).sort((a, b) => counts[a]! - counts[b]! || a - b);
  const lengths = new Uint8Array(counts.length);
  const leaves = present.length;
  if (leaves === 1) lengths[present[0]!] = 1;
  if (leaves < 2) return lengths;
  // Leaves in order of weight, then the joined nodes, which come in order of weight as they are made.
  const weight = new Float64Array(2 * leaves - 1);
  const parent = new Uint16Array(2 * leaves - 1);
  present.forEach((symbol, i) => (weight[i] = counts[symbol]!));
  let [leaf, joined] = [0, leaves];
  for (let node = leaves; node < 2 * leaves - 1; node++) {
    for (let child = 0; child < 2; child++) {
      const next = leaf < leaves && (joined === node || weight[leaf]! <= weight[joined]!) ? leaf++ : joined++;
      weight[node]! += weight[next]!;
      parent[next] = node;
    }
  }
  const depth = new Uint8Array(2 * leaves - 1);
  const perLength = new Uint32Array(limit + 1);
  for (let node = 2 * leaves - 3; node >= 0; node--) {
    depth[node] = depth[parent[node]!]! + 1;
    if (node < leaves) perLength[Math.min(limit, depth[node]!)]! += 1;
  }
  shortenTo(perLength, limit);
  let at = 0;
  for (let length = limit; length > 0; length--) for (let i = 0; i < perLength[length]!; i++) lengths[present[at++]!] = length;
  return lengths;
}

/** Makes room for codes that were cut to the limit: the sum of 2^-length is 1 again. */
function shortenTo(perLength: Uint32Array, limit: number): void {
  let total = 0;
  for (let length = 1; length <= limit; length++) total += perLength[length]! << (limit - length);
  for (; total > 1 << limit; total--) {
    let length = limit - 1;
    while (perLength[length] === 0) length--;
    perLength[limit]! -= 1;
    perLength[length]! -= 1;
    perLength[length + 1]! += 2;
  }
}

/** Canonical codes, their bits turned round: the stream is filled from the lowest bit. */
function codesOf(lengths: Uint8Array): Uint16Array {
  const next = new Uint32Array(17);
  for (const length of lengths) if (length > 0) next[length + 1]! += 1;
  for (let length = 1; length < 17; length++) next[length] = (next[length - 1]! + next[length]!) << 1;
  const codes = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    let code = next[length]!++;
    for (let bit = 0; bit < length; bit++, code >>= 1) codes[symbol] = (codes[symbol]! << 1) | (code & 1);
  });
  return codes;
}

/** Appends up to 16 bits. */
function put(writer: Writer, value: number, count: number): void {
  let bits = writer.bits | (value << writer.held);
  let held = writer.held + count;
  while (held >= 8) {
    writer.bytes[writer.at++] = bits;
    bits >>>= 8;
    held -= 8;
  }
  writer.bits = bits;
  writer.held = held;
}

function adler32(data: Uint8Array): number {
  let [a, b] = [1, 0];
  for (let from = 0; from < data.length; from += 5552) {
    // So many sums of bytes stay below 2^32.
    const end = Math.min(data.length, from + 5552);
    for (let i = from; i < end; i++) {
      a += data[i]!;
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return ((b << 16) | a) >>> 0;
}
