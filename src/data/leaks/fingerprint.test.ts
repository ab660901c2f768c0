import assert from "node:assert/strict";
import test from "node:test";
import { seededRandom } from "../../base/index.js";
import { resizeBilinear } from "../../images/index.js";
import { coarseDetailOf, coarseLength, halfDetailWithin, makeCoarseDetail, roughDetailWithin } from "./detail.js";
import { descriptorLength, Fingerprint, makeThumbnail, mirroredPlaces, side, windows, type KeptImage, type Window } from "./fingerprint.js";
import { codeLength, codeScale, encode, fitWhitening, tailLength } from "./whitening.js";

/** Blobs on a plane, [200, 200]. */
function makeImage(seed: number): KeptImage {
  const random = seededRandom("blobs", seed);
  const small = Float32Array.from({ length: 16 * 16 }, () => random.between(0, 255));
  const plane = resizeBilinear(small, { height: 16, width: 16 }, { height: 200, width: 200 });
  return { height: 200, width: 200, pixels: Uint8Array.from(plane, Math.round) };
}

function cut({ pixels, width, height }: KeptImage, { top, left, bottom, right }: Window): KeptImage {
  const [rows, columns] = [[top * height, bottom * height].map(Math.round), [left * width, right * width].map(Math.round)] as [[number, number], [number, number]];
  const size = { height: rows[1] - rows[0], width: columns[1] - columns[0] };
  return { ...size, pixels: Uint8Array.from({ length: size.height * size.width }, (_, i) => pixels[(rows[0] + Math.floor(i / size.width)) * width + columns[0] + (i % size.width)]!) };
}

const correlation = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let [product, squareA, squareB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    product += a[i]! * b[i]!;
    squareA += a[i]! ** 2;
    squareB += b[i]! ** 2;
  }
  return product / Math.sqrt(squareA * squareB);
};

// What is left of an image trimmed at its sides whose copy was cut by a tenth on all four.
const part: Window = { top: 0.1, left: 0, bottom: 0.9, right: 0.95 };

test("an image cut unlike in rows and columns has a window of its source that describes it, and no other image has", () => {
  const source = new Fingerprint(makeThumbnail(makeImage(1)));
  const copy = new Fingerprint(makeThumbnail(cut(makeImage(1), part))).describe(windows[0]!);
  const best = (print: Fingerprint): number => Math.max(...windows.map((window) => correlation(print.describe(window), copy)));
  assert.ok(best(source) > 0.97, `${best(source)}`);
  assert.ok(best(new Fingerprint(makeThumbnail(makeImage(2)))) < 0.5);
  assert.ok(windows.some(({ top, left, bottom, right }) => top === part.top && left === part.left && bottom === part.bottom && right === part.right));
});

test("the mirror image's code and its tail are the image's with their second halves of the other sign", () => {
  const descriptors = new Float32Array(90 * descriptorLength);
  for (let i = 0; i < 90; i++) new Fingerprint(makeThumbnail(makeImage(i))).describe(windows[0]!, descriptors.subarray(i * descriptorLength, (i + 1) * descriptorLength));
  const whitening = fitWhitening(descriptors, mirroredPlaces);
  const [own, other] = [0, 1].map(() => ({ code: new Int16Array(codeLength), tail: new Int16Array(tailLength) })) as [Parameters<typeof encode>[2], Parameters<typeof encode>[2]];
  const first = descriptors.subarray(0, descriptorLength);
  encode(first, whitening, own);
  encode(Float32Array.from(mirroredPlaces, (place) => first[place]!), whitening, other);
  for (const part of ["code", "tail"] as const) {
    const found = other[part];
    own[part].forEach((value, k) => assert.ok(Math.abs(found[k]! - (2 * k < found.length ? value : -value)) <= 1, `${part} ${k}`));
  }
  assert.ok(own.tail.some((value) => Math.abs(value) > 100));
  const length = Math.sqrt(own.code.reduce((sum, value) => sum + value * value, 0));
  assert.ok(Math.abs(length - 16_384) < 64);
});

test("a code and its tail are a plain product of matrices, row by row, on one scale (by its definition)", () => {
  const half = 10;
  const random = seededRandom("whitening");
  const numbers = (length: number): Float32Array => Float32Array.from({ length }, () => random.normal());
  // Places 2i and 2i + 1 stand for one another in the mirror image. The last rows are long, so that what they tell is cut off.
  const pairs = [0, 1].map((odd) => Int32Array.from({ length: half }, (_, i) => 2 * i + odd)) as [Int32Array, Int32Array];
  const rows = numbers((codeLength + tailLength) * half).map((value, i) => (i < 180 * half ? value : 100 * value));
  const [descriptor, mean] = [numbers(2 * half), numbers(half)];
  const told = { code: new Int16Array(codeLength), tail: new Int16Array(tailLength) };
  encode(descriptor, { pairs, mean, rows }, told);
  const sums = Array.from({ length: half }, (_, i) => descriptor[2 * i]! + descriptor[2 * i + 1]! - mean[i]!);
  const differences = Array.from({ length: half }, (_, i) => descriptor[2 * i]! - descriptor[2 * i + 1]!);
  const isOfSums = (k: number): boolean => (k < codeLength ? 2 * k < codeLength : 2 * (k - codeLength) < tailLength);
  const product = Array.from({ length: codeLength + tailLength }, (_, k) => (isOfSums(k) ? sums : differences).reduce((sum, value, i) => sum + rows[k * half + i]! * value, 0));
  const scale = codeScale / Math.hypot(...product.slice(0, codeLength));
  const expected = product.map((value) => Math.max(-32_767, Math.min(32_767, value * scale)));
  [...told.code, ...told.tail].forEach((value, k) => assert.ok(Math.abs(value - expected[k]!) <= 0.501, `${k}: ${value}, ${expected[k]}`));
  assert.ok(told.tail.some((value) => Math.abs(value) === 32_767));
});

test("coarse detail of a part is that of the part cut out, and what lies outside repeats the edge", () => {
  const thumbnail = makeThumbnail(makeImage(3));
  const kept = new Float32Array(coarseLength);
  makeCoarseDetail(thumbnail, kept);
  const [quarter, half] = coarseDetailOf(kept, false);
  assert.deepEqual(roughDetailWithin(thumbnail, { left: 0, width: 1, top: 0, height: 1 }).values, quarter.values);
  assert.equal(half.values.length, (side / 2) ** 2);
  const mapping = { left: part.left, width: part.right - part.left, top: part.top, height: part.bottom - part.top };
  const cutOut = new Float32Array(coarseLength);
  makeCoarseDetail(makeThumbnail(cut(makeImage(3), part)), cutOut);
  assert.ok(correlation(halfDetailWithin(thumbnail, mapping).values, coarseDetailOf(cutOut, false)[1].values) > 0.97);
  const beyond = halfDetailWithin(thumbnail, { left: -0.5, width: 1, top: 0, height: 1 }).values;
  assert.ok(beyond.every(Number.isFinite));
});
