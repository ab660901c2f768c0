import { InputError, seededRandom } from "../../base/index.js";
import { upsample, type HeatMap } from "../upsample.js";
import type { AskedModel } from "./asked-model.js";
import type { Reading } from "./contract.js";

interface Extent {
  readonly height: number;
  readonly width: number;
}

/**
 * What a measure looks at, at the extent it needs.
 * @returns [H, W]; for `"positive"` negative evidence counts as none, for `"size"` as much as positive
 */
export function readMap(map: HeatMap, { height, width }: Extent, reading: Reading): Float32Array {
  const sized = map.height === height && map.width === width ? map : upsample(map, height, width);
  if (reading === "signed") return sized.values;
  return sized.values.map(reading === "size" ? Math.abs : (value) => Math.max(0, value));
}

/** @throws InputError `not-estimable` for a map without evidence */
export function requireEvidence(values: Float32Array, subject: string): number {
  const total = values.reduce((sum, value) => sum + Math.abs(value), 0);
  if (total > 0) return total;
  throw new InputError("not-estimable", `${subject}: expected a map with evidence, got one that is zero everywhere. Leave the case out and count it.`);
}

/** @throws InputError `not-estimable` for a region that covers nothing, or everything */
export function requireRegion(region: HeatMap, subject: string): number {
  const area = region.values.reduce((sum, value) => sum + (value >= 0.5 ? 1 : 0), 0);
  if (area > 0 && area < region.values.length) return area;
  throw new InputError("not-estimable", `${subject}: expected a region that covers a part of the image, got ${area === 0 ? "an empty one" : "the whole image"}. Draw the region or leave the case out.`);
}

/**
 * Pixels from the largest value to the smallest. Equal values stand in an order drawn by the seed, so that an even map is a
 * random order and not one from the top left.
 * @returns indices, [n]
 */
export function rankPixels(values: Float32Array, seed = 0): Uint32Array {
  const n = values.length;
  const random = seededRandom("ties", seed);
  const place = new Uint32Array(n);
  for (let i = 0; i < n; i++) place[i] = i;
  for (let i = n - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [place[i], place[j]] = [place[j]!, place[i]!];
  }
  // One number per pixel that sorts by value and then by place: the value's bits in ascending order, times the number of places.
  const bits = new Uint32Array(values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength));
  const span = 2 ** Math.ceil(Math.log2(Math.max(2, n)));
  const keys = new Float64Array(n);
  for (let at = 0; at < n; at++) {
    const raw = values[place[at]!] === 0 ? 0 : bits[place[at]!]!;
    const ascending = raw >>> 31 === 1 ? ~raw >>> 0 : (raw | 0x80000000) >>> 0;
    keys[at] = (0xffffffff - ascending) * span + at;
  }
  keys.sort();
  return Uint32Array.from(keys, (key) => place[key % span]!);
}

/** Place of each pixel in an order: 0 for the first. */
export function placesOf(order: Uint32Array): Uint32Array {
  const places = new Uint32Array(order.length);
  order.forEach((pixel, place) => (places[pixel] = place));
  return places;
}

/**
 * Copies of an image in which the first pixels of an order are those of another image.
 * @param replaced how many pixels are taken from `other` in copy i
 */
export function replaceFirst({ image, channels }: AskedModel, other: Float32Array, order: Uint32Array, replaced: (i: number) => number): (i: number, into: Float32Array) => void {
  const places = placesOf(order);
  const plane = places.length;
  return (i, into) => {
    const count = replaced(i);
    for (let c = 0, at = 0; c < channels; c++) for (let p = 0; p < plane; p++, at++) into[at] = places[p]! < count ? other[at]! : image[at]!;
  };
}
