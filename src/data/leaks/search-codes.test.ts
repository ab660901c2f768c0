import assert from "node:assert/strict";
import test from "node:test";
import { seededRandom } from "../../base/index.js";
import { boxMean } from "./box-mean.js";
import { windows, type Window } from "./fingerprint.js";
import { searchCodes, tile } from "./search-codes.js";
import { codeLength, codeScale, tailLength } from "./whitening.js";

const whole: Window = { top: 0, left: 0, bottom: 1, right: 1 };
const inner: Window = { top: 0.1, left: 0.1, bottom: 0.9, right: 0.9 };

/** Codes of as many images, every third with two frames; some are mirror images of windows of others. */
function makeCodes(n: number): { codes: Int16Array; tails: Int16Array; firstFrame: Int32Array; frames: Window[] } {
  const random = seededRandom("codes", n);
  const frames: Window[] = [];
  const firstFrame = new Int32Array(n + 1);
  for (let i = 0; i < n; i++) {
    frames.push(whole, ...(i % 3 === 0 ? [inner] : []));
    firstFrame[i + 1] = frames.length;
  }
  const codes = new Int16Array(frames.length * windows.length * codeLength);
  for (let at = 0; at < codes.length; at += codeLength) {
    const code = Array.from({ length: codeLength }, () => random.normal());
    const scale = codeScale / Math.hypot(...code);
    for (let k = 0; k < codeLength; k++) codes[at + k] = Math.round(code[k]! * scale);
  }
  for (let i = 0; i + 7 < n; i += 7) {
    const [from, to] = [(firstFrame[i]! * windows.length + (i % windows.length)) * codeLength, firstFrame[i + 7]! * windows.length * codeLength];
    for (let k = 0; k < codeLength; k++) codes[to + k] = (k < codeLength / 2 ? 1 : -1) * codes[from + k]!;
  }
  const tails = Int16Array.from({ length: frames.length * windows.length * tailLength }, () => Math.round(2000 * random.normal()));
  return { codes, tails, firstFrame, frames };
}

test("the search by vector instructions finds what a plain search of all pairs in all windows finds, ranked with the tails of codes", () => {
  const n = tile + 8;
  const made = makeCodes(n);
  const { codes, tails, firstFrame } = made;
  const [keep, ranked, from, to] = [5, 9, 3, n];
  const found = searchCodes({ ...made, from, to, keep, ranked, least: 0.2 });
  assert.equal(found.length, to - from);
  const products = (code: number, query: number): [number, number] => {
    let [even, odd] = [0, 0];
    for (let k = 0; k < codeLength; k++) {
      const product = codes[code * codeLength + k]! * codes[query * codeLength + k]!;
      if (k < codeLength / 2) even += product;
      else odd += product;
    }
    return [even, odd];
  };
  /** Cosine of two codes with their tails, [sums, differences] each, the second perhaps of the mirror image. */
  const wholeOf = (code: number, query: number, isMirrored: boolean): number => {
    const [one, other] = [code, query].map((place) => [...codes.subarray(place * codeLength, (place + 1) * codeLength), ...tails.subarray(place * tailLength, (place + 1) * tailLength)]) as [number[], number[]];
    const isDifference = (k: number): boolean => (k < codeLength ? 2 * k >= codeLength : 2 * (k - codeLength) >= tailLength);
    const product = one.reduce((sum, value, k) => sum + value * other[k]! * (isMirrored && isDifference(k) ? -1 : 1), 0);
    return product / Math.hypot(codeScale, ...one.slice(codeLength)) / Math.hypot(codeScale, ...other.slice(codeLength));
  };
  for (let b = from; b < to; b += 5) {
    const [firstB, lastB] = [firstFrame[b]!, firstFrame[b + 1]! - 1];
    const expected = (firstB === lastB ? [firstB] : [firstB, lastB]).flatMap((query) => {
      const best = Array.from({ length: n }, (_, a) => {
        const [firstA, lastA] = [firstFrame[a]!, firstFrame[a + 1]! - 1];
        // A first frame is compared with first ones, a last with last ones; an image's only frame is both.
        const framesOfA = new Set([...(query === firstB ? [firstA] : []), ...(query === lastB ? [lastA] : [])]);
        let [most, isMirrored, place] = [-Infinity, false, 0];
        for (const frame of framesOfA) {
          for (let window = 0; window < windows.length; window++) {
            const [even, odd] = products(frame * windows.length + window, query * windows.length);
            if (even + Math.abs(odd) > most) [most, isMirrored, place] = [even + Math.abs(odd), odd < 0, frame * windows.length + window];
          }
        }
        return { a, agreement: most / codeScale ** 2, isMirrored, whole: wholeOf(place, query * windows.length, isMirrored) };
      });
      const nearest = best.filter(({ a, agreement }) => a !== b && agreement > 0.2).sort((one, other) => other.agreement - one.agreement || one.a - other.a);
      return nearest.slice(0, ranked).sort((one, other) => other.whole - one.whole).slice(0, keep);
    });
    const told = found[b - from]!.map(({ a, agreement, isMirrored }) => ({ a, agreement, isMirrored }));
    assert.deepEqual(told, expected.sort((one, other) => other.whole - one.whole).map(({ a, agreement, isMirrored }) => ({ a, agreement, isMirrored })));
  }
});

test("a running mean is the mean over the part of the square that lies inside (by its definition)", () => {
  const random = seededRandom("box mean");
  for (const [height, width, radius] of [[9, 14, 2], [7, 5, 8], [1, 6, 1], [12, 3, 4]] as const) {
    const plane = Float32Array.from({ length: height * width }, () => random.between(0, 255));
    const means = boxMean(plane, { height, width }, radius);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        let [sum, count] = [0, 0];
        for (let y = Math.max(0, row - radius); y <= Math.min(height - 1, row + radius); y++) {
          for (let x = Math.max(0, column - radius); x <= Math.min(width - 1, column + radius); x++) {
            sum += plane[y * width + x]!;
            count += 1;
          }
        }
        assert.ok(Math.abs(means[row * width + column]! - sum / count) < 1e-3, `${height} x ${width}, radius ${radius}`);
      }
    }
  }
});
