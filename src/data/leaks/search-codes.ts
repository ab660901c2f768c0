import { windows } from "./fingerprint.js";
import { codeLength } from "./whitening.js";

export interface SearchRequest {
  /** [n, 2, codeLength]: images as they are, mirrored. */
  readonly queries: Float32Array;
  /** [n, windows, codeLength] */
  readonly codes: Float32Array;
  /** Images whose like are sought. */
  readonly from: number;
  readonly to: number;
  /** Others kept per image. */
  readonly keep: number;
  /** Least agreement of codes, -1 to 1. */
  readonly least: number;
}

/** Image b, perhaps mirrored, may be the given window of image a. */
export interface Candidate {
  readonly a: number;
  readonly b: number;
  readonly window: number;
  readonly isMirrored: boolean;
  /** Of the codes, -1 to 1. */
  readonly agreement: number;
}

/** Images whose codes are held near at once: what fits a core's own memory. */
const tile = 48;

/**
 * The others that each image resembles most, as it is or mirrored, in any window of theirs. All pairs are looked at.
 * @returns per image from `from` to `to`, best first
 */
export function searchCodes({ queries, codes, from, to, keep, least }: SearchRequest): Candidate[][] {
  const n = queries.length / (2 * codeLength);
  const found: Candidate[][] = [];
  for (let start = from; start < to; start += tile) {
    const end = Math.min(to, start + tile);
    const lists: Candidate[][] = Array.from({ length: end - start }, () => []);
    const bars = new Float64Array(end - start).fill(least);
    for (let a = 0; a < n; a++) {
      for (let b = start; b < end; b++) {
        if (a === b) continue;
        const best = bestWindow(queries, codes, a, b);
        if (best.agreement <= bars[b - start]!) continue;
        const list = lists[b - start]!;
        list.push({ a, b, window: best.window, isMirrored: best.isMirrored, agreement: best.agreement });
        list.sort((one, other) => other.agreement - one.agreement);
        if (list.length > keep) list.pop();
        if (list.length === keep) bars[b - start] = list[keep - 1]!.agreement;
      }
    }
    found.push(...lists);
  }
  return found;
}

/** Reused between calls: a hundred million of them would keep the collector busy. */
const best = { agreement: 0, window: 0, isMirrored: false };

function bestWindow(queries: Float32Array, codes: Float32Array, a: number, b: number): typeof best {
  best.agreement = -1;
  const asIs = 2 * b * codeLength;
  const mirrored = asIs + codeLength;
  for (let w = 0; w < windows.length; w++) {
    const at = (a * windows.length + w) * codeLength;
    let [s0, s1, t0, t1] = [0, 0, 0, 0];
    for (let k = 0; k < codeLength; k += 2) {
      const c0 = codes[at + k]!;
      const c1 = codes[at + k + 1]!;
      s0 += c0 * queries[asIs + k]!;
      s1 += c1 * queries[asIs + k + 1]!;
      t0 += c0 * queries[mirrored + k]!;
      t1 += c1 * queries[mirrored + k + 1]!;
    }
    const [s, t] = [s0 + s1, t0 + t1];
    if (Math.max(s, t) <= best.agreement) continue;
    best.agreement = Math.max(s, t);
    best.window = w;
    best.isMirrored = t > s;
  }
  return best;
}
