import { codeLength } from "./whitening.js";

/** Best so far of each of a tile's images, kept in the kernel's memory: its agreement, and which code it was with. */
export interface CodeKernel {
  /** Codes of the images that others are compared with, [tile, codeLength]. */
  readonly queries: Int16Array;
  /** Codes compared at once, [batch, codeLength]. */
  readonly codes: Int16Array;
  /** [tile, 2]: agreement, and twice the code's tag, one more where its mirror image agrees better. */
  readonly best: Int32Array;
  /** Compares the first codes of `codes`, tagged one after another from `tag`, with queries `from` to `to`. */
  compare(count: number, from: number, to: number, tag: number): void;
}

const page = 65_536;
const codeBytes = 2 * codeLength;
const vectorBytes = 16;

/**
 * Compares codes by vector instructions, which JavaScript has none of: a program of WebAssembly, written out here, that goes through codes and
 * queries and keeps the best. Whole numbers, so that every machine finds the same.
 * @param tile most queries
 * @param batch most codes at once
 */
export function createCodeKernel(tile: number, batch: number): CodeKernel {
  const memory = new WebAssembly.Memory({ initial: Math.ceil((tile * (codeBytes + 8) + batch * codeBytes) / page) });
  const instance = new WebAssembly.Instance(compiled(), { osteon: { memory } });
  const run = instance.exports.compare as (codes: number, codesEnd: number, queries: number, queriesEnd: number, best: number, tag: number) => void;
  const [codesAt, bestAt] = [tile * codeBytes, (tile + batch) * codeBytes];
  return {
    queries: new Int16Array(memory.buffer, 0, tile * codeLength),
    codes: new Int16Array(memory.buffer, codesAt, batch * codeLength),
    best: new Int32Array(memory.buffer, bestAt, 2 * tile),
    compare(count, from, to, tag) {
      if (count > 0 && to > from) run(codesAt, codesAt + count * codeBytes, from * codeBytes, to * codeBytes, bestAt + 8 * from, tag);
    },
  };
}

let program: WebAssembly.Module | undefined;
const compiled = (): WebAssembly.Module => (program ??= new WebAssembly.Module(assemble()));

/** Bytes of a number in the format's variable length; only what is below 2^14 is needed. */
const number = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, value >> 7]);
const text = (value: string): number[] => [value.length, ...Buffer.from(value, "latin1")];
const section = (id: number, body: readonly number[]): number[] => [id, ...number(body.length), ...body];

const [i32, v128] = [0x7f, 0x7b];
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const tee = (local: number): number[] => [0x22, local];
/** From 0 to 8191; it is read as signed, so that a second byte tells the sign of what needs the first one's last bit. */
const constant = (value: number): number[] => [0x41, ...(value < 64 ? [value] : [(value & 127) | 128, value >> 7])];
const simd = (code: number): number[] => [0xfd, ...number(code)];
const load = (offset: number): number[] => [...simd(0), 4, ...number(offset)];
const shuffle = (lanes: readonly number[]): number[] => [...simd(0x0d), ...lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3])];
const lane = (k: number): number[] => [...simd(0x1b), k];
const [dot, addVectors, absolute] = [simd(0xba), simd(0xae), simd(0xa0)];
const [add, shiftLeft, or, isGreater, isLess, isOther] = [0x6a, 0x74, 0x72, 0x4a, 0x48, 0x47] as const;
const [loop, when, again, end] = [[0x03, 0x40], [0x04, 0x40], [0x0d, 0], 0x0b] as const;
const loadWord = (offset: number): number[] => [0x28, 2, offset];
const storeWord = (offset: number): number[] => [0x36, 2, offset];

/** Locals: the six parameters, then the query and its best, the agreement, eight vectors of a code and one for sums. */
const [codesLocal, codesEnd, queriesStart, queriesEnd, bestStart, tag, query, best, agreement] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
const [firstVector, sums] = [9, 9 + codeBytes / vectorBytes] as const;

/** Sum of the products of vectors `from` to `to` of the code and the query: four numbers. */
function products(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, k) => [...get(query), ...load((from + k) * vectorBytes), ...get(firstVector + from + k), ...dot, ...(k > 0 ? addVectors : [])]).flat();
}

function assemble(): Uint8Array<ArrayBuffer> {
  const vectors = codeBytes / vectorBytes;
  const half = vectors / 2;
  const [even, odd] = [sums, sums + 1];
  const body = [
    ...loop, // for each code
    ...Array.from({ length: vectors }, (_, k) => [...get(codesLocal), ...load(k * vectorBytes), ...set(firstVector + k)]).flat(),
    ...get(queriesStart), ...set(query), ...get(bestStart), ...set(best),
    ...loop, // for each query
    ...products(0, half), ...set(even), ...products(half, vectors), ...set(odd),
    // Both sums across: first halves with second halves, then neighbors. The even one is in lane 0, the odd one in lane 2.
    ...get(even), ...get(odd), ...shuffle([0, 1, 4, 5]), ...get(even), ...get(odd), ...shuffle([2, 3, 6, 7]), ...addVectors, ...tee(even),
    ...get(even), ...get(even), ...shuffle([1, 0, 3, 2]), ...addVectors, ...tee(even), ...lane(0),
    ...get(even), ...absolute, ...lane(2), add, ...tee(agreement),
    ...get(best), ...loadWord(0), isGreater, ...when, // better than the best so far
    ...get(best), ...get(agreement), ...storeWord(0),
    ...get(best), ...get(tag), ...constant(1), shiftLeft, ...get(even), ...lane(2), ...constant(0), isLess, or, ...storeWord(4),
    end,
    ...get(best), ...constant(8), add, ...set(best),
    ...get(query), ...constant(codeBytes), add, ...tee(query), ...get(queriesEnd), isOther, ...again,
    end,
    ...get(tag), ...constant(1), add, ...set(tag),
    ...get(codesLocal), ...constant(codeBytes), add, ...tee(codesLocal), ...get(codesEnd), isOther, ...again,
    end,
    end,
  ];
  const locals = [2, 3, i32, vectors + 2, v128];
  const func = [...locals, ...body];
  return Uint8Array.from([
    0, ...Buffer.from("asm"), 1, 0, 0, 0,
    ...section(1, [1, 0x60, 6, i32, i32, i32, i32, i32, i32, 0]),
    ...section(2, [1, ...text("osteon"), ...text("memory"), 2, 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text("compare"), 0, 0]),
    ...section(10, [1, ...number(func.length), ...func]),
  ]);
}
