import { createCodeKernel, type CodeKernel } from "./code-kernel.js";
import { partOf, windows, type Window } from "./fingerprint.js";
import type { Mapping } from "./register.js";
import { codeLength, codeScale, tailLength } from "./whitening.js";

/** Codes of all images, in shared memory. An image has one frame or two. */
export interface Codes {
  /** [frames, windows, codeLength]: all windows of a frame, the whole of it first. */
  readonly codes: Int16Array;
  /** [frames, windows, tailLength] */
  readonly tails: Int16Array;
  /** [n + 1]: an image's first frame; the next image's is where its own end. */
  readonly firstFrame: Int32Array;
  readonly frames: readonly Window[];
}

export interface SearchRequest extends Codes {
  /** Images whose like are sought. */
  readonly from: number;
  readonly to: number;
  /** Others whose codes agree best, per frame of an image: they are ranked by their tails as well. */
  readonly ranked: number;
  /** Others kept of these. */
  readonly keep: number;
  /** Least agreement of codes, -1 to 1. */
  readonly least: number;
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
export const tile = 192;
const frameLength = windows.length * codeLength;

interface Hit {
  readonly a: number;
  /** Product of the codes, a whole number. */
  readonly product: number;
  /** Of the code among all windows of all frames. */
  readonly code: number;
  readonly query: number;
  readonly isMirrored: boolean;
}

/**
 * The others that each image resembles most, as it is or mirrored, in any window of theirs: windows of another's first frame are compared with
 * its own first frame, those of the last with the last, as copies agree in one of the two. All pairs are looked at, and all windows. Each frame
 * has its own list: among framed images, the frame would crowd out what is inside.
 * @returns per image from `from` to `to`, best first; of equals the one that comes first
 */
export function searchCodes(request: SearchRequest): Candidate[][] {
  const { from, to } = request;
  const found: Candidate[][] = [];
  const kernel = createCodeKernel(2 * tile, windows.length);
  for (let start = from; start < to; start += tile) found.push(...searchTile(request, kernel, start, Math.min(to, start + tile)));
  return found;
}

function searchTile({ codes, tails, firstFrame, frames, keep, ranked, least }: SearchRequest, kernel: CodeKernel, start: number, end: number): Candidate[][] {
  const n = firstFrame.length - 1;
  const [first, last] = [(i: number): number => firstFrame[i]!, (i: number): number => firstFrame[i + 1]! - 1];
  const images = Array.from({ length: end - start }, (_, i) => start + i);
  const [ones, twos] = [images.filter((i) => last(i) === first(i)), images.filter((i) => last(i) > first(i))];
  // Only frames of images that have one, then first frames of those that have two, then their last ones.
  const queries = [...ones.map(first), ...twos.map(first), ...twos.map(last)];
  queries.forEach((frame, i) => kernel.queries.set(codes.subarray(frame * frameLength, frame * frameLength + codeLength), i * codeLength));
  const order = [...ones, ...twos, ...twos];
  const [count, all] = [images.length, queries.length];
  const bars = new Int32Array(all).fill(Math.ceil(least * codeScale ** 2));
  const lists: Hit[][] = queries.map(() => []);
  const { best } = kernel;
  const take = (frame: number): void => kernel.codes.set(codes.subarray(frame * frameLength, (frame + 1) * frameLength));
  const compare = (frame: number, from: number, to: number): void => kernel.compare(windows.length, from, to, frame * windows.length);
  for (let a = 0; a < n; a++) {
    for (let i = 0; i < all; i++) best[2 * i] = -2_147_483_648;
    const [firstA, lastA] = [first(a), last(a)];
    take(firstA);
    compare(firstA, 0, lastA === firstA ? all : count);
    if (lastA > firstA) {
      take(lastA);
      compare(lastA, 0, ones.length);
      compare(lastA, count, all);
    }
    for (let i = 0; i < all; i++) {
      const product = best[2 * i]!;
      if (product <= bars[i]! || order[i] === a) continue;
      const list = lists[i]!;
      const tagged = best[2 * i + 1]!;
      insert(list, { a, product, code: tagged >> 1, query: queries[i]!, isMirrored: (tagged & 1) === 1 });
      if (list.length > ranked) list.pop();
      if (list.length === ranked) bars[i] = list[ranked - 1]!.product;
    }
  }
  const found: Ranked[][] = images.map(() => []);
  lists.forEach((list, i) => {
    const ranks = list.map((hit): Ranked => ({ ...hit, withTails: agreementWithTails(hit, tails) })).sort(byTails);
    found[order[i]! - start]!.push(...ranks.slice(0, keep));
  });
  return found.map((hits, i) => hits.sort(byTails).map((hit) => toCandidate(hit, start + i, frames)));
}

/** Agreement of codes and tails, -1 to 1: what is faint counts as well, which costs too much for all. */
function agreementWithTails({ product, code, query, isMirrored }: Hit, tails: Int16Array): number {
  const tailOf = (place: number): Int16Array => tails.subarray(place * tailLength, (place + 1) * tailLength);
  const [one, other] = [tailOf(query * windows.length), tailOf(code)];
  let [sums, differences] = [0, 0];
  let [square, otherSquare] = [codeScale ** 2, codeScale ** 2];
  for (let k = 0; k < tailLength; k++) {
    const value = one[k]!;
    const otherValue = other[k]!;
    if (2 * k < tailLength) sums += value * otherValue;
    else differences += value * otherValue;
    square += value * value;
    otherSquare += otherValue * otherValue;
  }
  return (product + sums + (isMirrored ? -differences : differences)) / Math.sqrt(square * otherSquare);
}

interface Ranked extends Hit {
  /** Agreement of codes and tails. */
  readonly withTails: number;
}

const byTails = (one: Ranked, other: Ranked): number => other.withTails - one.withTails || byProduct(one, other);

/** Puts a hit where it belongs among those that are ranked already. */
function insert(list: Hit[], hit: Hit): void {
  let place = list.length;
  while (place > 0 && byProduct(hit, list[place - 1]!) < 0) place -= 1;
  list.splice(place, 0, hit);
}

const byProduct = (one: Hit, other: Hit): number => other.product - one.product || one.a - other.a || one.query - other.query;

function toCandidate({ a, product, code, query, isMirrored }: Hit, b: number, frames: readonly Window[]): Candidate {
  const window = partOf(frames[Math.floor(code / windows.length)]!, windows[code % windows.length]!);
  const { top, bottom, ...sides } = frames[query]!;
  const [left, right] = isMirrored ? [1 - sides.right, 1 - sides.left] : [sides.left, sides.right];
  const [width, height] = [(window.right - window.left) / (right - left), (window.bottom - window.top) / (bottom - top)];
  return { a, b, isMirrored, agreement: product / codeScale ** 2, start: { left: window.left - left * width, width, top: window.top - top * height, height } };
}
