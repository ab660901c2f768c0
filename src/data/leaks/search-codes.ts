import { partOf, windows, type Window } from "./fingerprint.js";
import type { Mapping } from "./register.js";
import { codeLength } from "./whitening.js";

/** Codes of all images, in shared memory. An image has one frame or two. */
export interface Codes {
  /** [frames, codeLength]: the whole of a frame. */
  readonly queries: Float32Array;
  /** [frames, windows, codeLength]: all windows of a frame. */
  readonly codes: Float32Array;
  /** [n + 1]: an image's first frame; the next image's is where its own end. */
  readonly firstFrame: Int32Array;
  readonly frames: readonly Window[];
}

export interface SearchRequest extends Codes {
  /** Images whose like are sought. */
  readonly from: number;
  readonly to: number;
  /** Others kept per image. */
  readonly keep: number;
  /** Least agreement of codes, -1 to 1. */
  readonly least: number;
  /** Least agreement of one of the first three windows for the others to be looked at. */
  readonly gate: number;
}

/** Image b, perhaps mirrored, may be a part of image a. */
export interface Candidate {
  readonly a: number;
  readonly b: number;
  readonly isMirrored: boolean;
  /** Of the codes, -1 to 1. */
  readonly agreement: number;
  /** Where b, mirrored if it is, then lies in a. */
  readonly start: Mapping;
}

/** Images whose codes are held near at once: what fits a core's own memory. */
const tile = 40;
/** Windows that a pair is judged by at first, and how much better others may be: most pairs are settled by three. */
const [first, cut] = [3, 0.6];
const half = codeLength / 2;

/** The best that was found for one image of a tile against the image at hand. */
class Best {
  agreement = -1;
  code = 0;
  query = 0;
  isMirrored = false;
}

interface Hit extends Readonly<Best> {
  readonly a: number;
}

/**
 * The others that each image resembles most, as it is or mirrored, in any window of theirs. All pairs are looked at.
 * @returns per image from `from` to `to`, best first
 */
export function searchCodes(request: SearchRequest): Candidate[][] {
  const { firstFrame, from, to } = request;
  const found: Candidate[][] = [];
  for (let start = from; start < to; start += tile) {
    const search = new TileSearch(request, start, Math.min(to, start + tile));
    for (let a = 0; a < firstFrame.length - 1; a++) search.add(a);
    found.push(...search.lists.map((list, i) => list.map((hit) => toCandidate(hit, start + i, request.frames))));
  }
  return found;
}

/** Images from `start` to `end`, against all others one after another. Reused objects: a hundred million would keep the collector busy. */
class TileSearch {
  readonly lists: Hit[][];
  readonly #request: SearchRequest;
  readonly #start: number;
  readonly #count: number;
  /** First frames' codes, then last ones', in double precision so that nothing is converted on the way. */
  readonly #queries: Float64Array;
  readonly #hasTwo: Uint8Array;
  readonly #bars: Float64Array;
  readonly #bests: readonly Best[];
  readonly #row = new Float64Array(codeLength);

  constructor(request: SearchRequest, start: number, end: number) {
    const { queries, firstFrame, least } = request;
    this.#request = request;
    this.#start = start;
    this.#count = end - start;
    this.lists = Array.from({ length: this.#count }, () => []);
    this.#bars = new Float64Array(this.#count).fill(least);
    this.#bests = Array.from({ length: this.#count }, () => new Best());
    this.#hasTwo = Uint8Array.from({ length: this.#count }, (_, i) => (firstFrame[start + i + 1]! - firstFrame[start + i]! > 1 ? 1 : 0));
    this.#queries = new Float64Array(2 * this.#count * codeLength);
    for (let i = 0; i < this.#count; i++) {
      for (const [side, frame] of [firstFrame[start + i]!, firstFrame[start + i + 1]! - 1].entries()) {
        this.#queries.set(queries.subarray(frame * codeLength, (frame + 1) * codeLength), (side * this.#count + i) * codeLength);
      }
    }
  }

  add(a: number): void {
    const { gate, keep } = this.#request;
    for (const best of this.#bests) best.agreement = -1;
    this.#compare(a, 0, first, -Infinity);
    this.#compare(a, first, windows.length, gate);
    for (let i = 0; i < this.#count; i++) {
      const best = this.#bests[i]!;
      if (this.#start + i === a || best.agreement <= this.#bars[i]!) continue;
      const list = this.lists[i]!;
      const { agreement, code, query, isMirrored } = best;
      list.push({ a, agreement, code, query, isMirrored });
      list.sort((one, other) => other.agreement - one.agreement);
      if (list.length > keep) list.pop();
      if (list.length === keep) this.#bars[i] = list[keep - 1]!.agreement;
    }
  }

  /** Windows of a's first frame with first frames, of its last with last ones, as copies agree in one of the two. */
  #compare(a: number, from: number, to: number, gate: number): void {
    const { codes, firstFrame } = this.#request;
    const [firstA, lastA] = [firstFrame[a]!, firstFrame[a + 1]! - 1];
    for (let side = 0; side < 2; side++) {
      const frame = side === 0 ? firstA : lastA;
      for (let window = from; window < to; window++) {
        const code = frame * windows.length + window;
        for (let k = 0; k < codeLength; k++) this.#row[k] = codes[code * codeLength + k]!;
        for (let i = 0; i < this.#count; i++) {
          const best = this.#bests[i]!;
          if (side === 1 && firstA === lastA && this.#hasTwo[i] === 0) continue;
          if (gate > -Infinity && (best.agreement < gate || best.agreement < this.#bars[i]! - cut)) continue;
          this.#improve(best, (side * this.#count + i) * codeLength, code, side === 0 ? firstFrame[this.#start + i]! : firstFrame[this.#start + i + 1]! - 1);
        }
      }
    }
  }

  #improve(best: Best, at: number, code: number, query: number): void {
    const odd = product(this.#row, half, this.#queries, at + half);
    const agreement = product(this.#row, 0, this.#queries, at) + (odd < 0 ? -odd : odd);
    if (agreement <= best.agreement) return;
    best.agreement = agreement;
    best.code = code;
    best.query = query;
    // Mirroring leaves the first half of a code and turns the second around.
    best.isMirrored = odd < 0;
  }
}

/** Product of half a code with another, in four sums that do not wait for one another. */
function product(one: Float64Array, from: number, other: Float64Array, at: number): number {
  let p = 0;
  let q = 0;
  let r = 0;
  let s = 0;
  for (let k = 0; k < half; k += 4) {
    p += one[from + k]! * other[at + k]!;
    q += one[from + k + 1]! * other[at + k + 1]!;
    r += one[from + k + 2]! * other[at + k + 2]!;
    s += one[from + k + 3]! * other[at + k + 3]!;
  }
  return p + q + r + s;
}

function toCandidate({ a, agreement, code, query, isMirrored }: Hit, b: number, frames: readonly Window[]): Candidate {
  const window = partOf(frames[Math.floor(code / windows.length)]!, windows[code % windows.length]!);
  const { top, bottom, ...sides } = frames[query]!;
  const [left, right] = isMirrored ? [1 - sides.right, 1 - sides.left] : [sides.left, sides.right];
  const [width, height] = [(window.right - window.left) / (right - left), (window.bottom - window.top) / (bottom - top)];
  return { a, b, isMirrored, agreement, start: { left: window.left - left * width, width, top: window.top - top * height, height } };
}
