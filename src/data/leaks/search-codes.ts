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

interface Hit {
  readonly a: number;
  readonly agreement: number;
  readonly code: number;
  readonly query: number;
  readonly isMirrored: boolean;
}

/** Images whose codes are held near at once: what fits a core's own memory. */
const tile = 48;
/** Windows that a pair is judged by at first. */
const first = 3;

/**
 * The others that each image resembles most, as it is or mirrored, in any window of theirs. All pairs are looked at.
 * @returns per image from `from` to `to`, best first
 */
export function searchCodes(request: SearchRequest): Candidate[][] {
  const { firstFrame, from, to, keep, least } = request;
  const n = firstFrame.length - 1;
  const found: Candidate[][] = [];
  for (let start = from; start < to; start += tile) {
    const end = Math.min(to, start + tile);
    const lists: Hit[][] = Array.from({ length: end - start }, () => []);
    const bars = new Float64Array(end - start).fill(least);
    for (let a = 0; a < n; a++) {
      for (let b = start; b < end; b++) {
        if (a === b) continue;
        compare(request, a, b);
        if (best.agreement <= bars[b - start]!) continue;
        const list = lists[b - start]!;
        const { agreement, code, query, isMirrored } = best;
        list.push({ a, agreement, code, query, isMirrored });
        list.sort((one, other) => other.agreement - one.agreement);
        if (list.length > keep) list.pop();
        if (list.length === keep) bars[b - start] = list[keep - 1]!.agreement;
      }
    }
    found.push(...lists.map((list, i) => list.map((hit) => toCandidate(hit, start + i, request.frames))));
  }
  return found;
}

/** Reused between calls: a hundred million of them would keep the collector busy. */
const best = { agreement: 0, code: 0, query: 0, isMirrored: false };

function compare({ queries, codes, firstFrame, gate }: SearchRequest, a: number, b: number): void {
  best.agreement = -1;
  const [lastA, lastB] = [firstFrame[a + 1]! - 1, firstFrame[b + 1]! - 1];
  let frameA = firstFrame[a]!;
  let frameB = firstFrame[b]!;
  // First frames are compared with first ones, second with second ones, as copies agree in one of the two.
  for (;;) {
    bestWindow(queries, codes, frameA, frameB, 0, first);
    if (frameA === lastA && frameB === lastB) break;
    if (frameA < lastA) frameA += 1;
    if (frameB < lastB) frameB += 1;
  }
  if (best.agreement < gate) return;
  frameA = firstFrame[a]!;
  frameB = firstFrame[b]!;
  for (;;) {
    bestWindow(queries, codes, frameA, frameB, first, windows.length);
    if (frameA === lastA && frameB === lastB) break;
    if (frameA < lastA) frameA += 1;
    if (frameB < lastB) frameB += 1;
  }
}

function bestWindow(queries: Float32Array, codes: Float32Array, frameA: number, frameB: number, from: number, to: number): void {
  const query = frameB * codeLength;
  for (let w = from; w < to; w++) {
    const code = frameA * windows.length + w;
    const at = code * codeLength;
    let [e0, e1, o0, o1] = [0, 0, 0, 0];
    for (let k = 0; k < codeLength / 2; k += 2) {
      e0 += codes[at + k]! * queries[query + k]!;
      e1 += codes[at + k + 1]! * queries[query + k + 1]!;
      o0 += codes[at + codeLength / 2 + k]! * queries[query + codeLength / 2 + k]!;
      o1 += codes[at + codeLength / 2 + k + 1]! * queries[query + codeLength / 2 + k + 1]!;
    }
    // Mirroring leaves the first half of a code and turns the second around.
    const even = e0 + e1;
    const odd = o0 + o1;
    const agreement = even + Math.abs(odd);
    if (agreement <= best.agreement) continue;
    best.agreement = agreement;
    best.code = code;
    best.query = frameB;
    best.isMirrored = odd < 0;
  }
}

function toCandidate({ a, agreement, code, query, isMirrored }: Hit, b: number, frames: readonly Window[]): Candidate {
  const window = partOf(frames[Math.floor(code / windows.length)]!, windows[code % windows.length]!);
  const { top, bottom, ...sides } = frames[query]!;
  const [left, right] = isMirrored ? [1 - sides.right, 1 - sides.left] : [sides.left, sides.right];
  const [width, height] = [(window.right - window.left) / (right - left), (window.bottom - window.top) / (bottom - top)];
  return { a, b, isMirrored, agreement, start: { left: window.left - left * width, width, top: window.top - top * height, height } };
}
