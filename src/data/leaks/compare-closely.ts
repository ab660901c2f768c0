import type { Size } from "../../images/index.js";
import { boxMean } from "./box-mean.js";
import type { DetailPlane } from "./detail.js";
import type { KeptImage } from "./fingerprint.js";
import { layOver, smooth, toOneScale, type Overlap } from "./lay-over.js";
import { measure, refine, type Mapping } from "./register.js";
import { agreementOf, bands, correlationOf, tilesOf } from "./band-agreement.js";

export interface CloseComparison {
  readonly mapping: Mapping;
  /** Share of b that lies inside a. */
  readonly overlap: number;
  /** Of detail in three bands, 0 to 1: see {@link agreementOf}. */
  readonly agreement: number;
}

/** Least share of b inside a. */
const leastOverlap = 0.5;
/** Correlation of all detail that earns the next step: laid over one another, brought to one contrast, and laid over more finely, unless that still helps as much. */
const [leastLaid, leastMatched, leastFine, helpful] = [0.35, 0.65, 0.95, 0.02];
/** The whole of an image on itself. */
const identity: Mapping = { left: 0, top: 0, width: 1, height: 1 };
/** Rounds of bringing to one contrast and laying over again; what a step must bring. */
const [rounds, gain] = [6, 1e-4];

/**
 * Lays b over a to a small fraction of a pixel, brings both to one contrast, and compares their detail band by band.
 * @param b mirrored already where it is the mirror image that is compared
 * @param starts where b may lie in a: the best is gone on from
 * @returns undefined where the two have too little in common to be laid over one another
 */
export function compareClosely(a: KeptImage, b: KeptImage, starts: readonly [Mapping, ...Mapping[]]): CloseComparison | undefined {
  const [planeA, planeB] = toOneScale(a, b, starts[0]);
  const [from, to] = [detailOf(planeA, 4), detailOf(planeB, 4)];
  const fits = starts.map((start) => ({ start, fit: measure(from, to, start, 2) }));
  const { start, fit: first } = fits.reduce((best, one) => (Math.abs(one.fit.correlation) > Math.abs(best.fit.correlation) ? one : best));
  let [mapping, { correlation }] = refine(from, to, start, { steps: 5, rows: 2, from: first });
  if (Math.abs(correlation) < leastLaid) return undefined;
  const sign = correlation < 0 ? -1 : 1;
  let overlap = layOver(planeA, planeB, mapping, sign);
  // What is left of the difference once grey levels match tells the last fraction of a pixel. Coarse detail is laid over too, as it is compared.
  for (let round = 0; round < rounds && overlap !== undefined; round++) {
    const [over, under] = [overlap.a, overlap.b].map((values) => detailOf({ ...sizeOf(overlap!), values }, 8)) as [DetailPlane, DetailPlane];
    const before = measure(over, under, identity);
    if (before.correlation < leastMatched) return undefined;
    const [rest, fit] = refine(over, under, identity, { steps: 4, gain, from: before });
    if (fit.correlation < leastFine && fit.correlation < before.correlation + helpful) return undefined;
    if (rest === identity) break;
    mapping = compose(mapping, rest, overlap);
    overlap = layOver(planeA, planeB, mapping, sign);
  }
  if (overlap === undefined || overlap.share < leastOverlap) return undefined;
  return { mapping, overlap: overlap.share, agreement: agreementIn(overlap) };
}

const sizeOf = ({ height, width }: Size): Size => ({ height, width });

function agreementIn(overlap: Overlap): number {
  const size = sizeOf(overlap);
  const half = { height: size.height >> 1, width: size.width >> 1 };
  const [fine, coarse] = [[overlap.a, overlap.b].map((plane) => smoother(plane, size)), [halved(overlap.a, size), halved(overlap.b, size)].map((plane) => smoother(plane, half))];
  return agreementOf(
    bands.map(({ radii: [near, around], noise }) => {
      // Wide running means lose nothing at half the size and cost a quarter.
      const pixel = near >= 8 ? 2 : 1;
      const [planes, of] = pixel === 2 ? [coarse, half] : [fine, size];
      const [a, b] = planes.map((smoothed) => difference(smoothed(near / pixel), smoothed(around / pixel))) as [Float32Array, Float32Array];
      return correlationOf(tilesOf(a, b, of, pixel), noise);
    }),
  );
}

/** A plane's running means, each made once: one band's wider is the next one's narrower. */
function smoother(plane: Float32Array, size: Size): (radius: number) => Float32Array {
  const made = new Map<number, Float32Array>();
  return (radius) => {
    const known = made.get(radius) ?? smooth(plane, size, radius);
    made.set(radius, known);
    return known;
  };
}

function halved(plane: Float32Array, { height, width }: Size): Float32Array {
  const half = { height: height >> 1, width: width >> 1 };
  const result = new Float32Array(half.height * half.width);
  for (let row = 0; row < half.height; row++) {
    for (let column = 0; column < half.width; column++) {
      const i = 2 * row * width + 2 * column;
      result[row * half.width + column] = (plane[i]! + plane[i + 1]! + plane[i + width]! + plane[i + width + 1]!) / 4;
    }
  }
  return result;
}

/** The mapping of b into a, corrected by where the overlap's b lies in the overlap's a. */
function compose(m: Mapping, rest: Mapping, { top, left, height, width, whole }: Overlap): Mapping {
  const [x, w, y, h] = [left / whole.width, width / whole.width, top / whole.height, height / whole.height];
  return {
    left: m.left + m.width * (x + w * rest.left - rest.width * x),
    width: m.width * rest.width,
    top: m.top + m.height * (y + h * rest.top - rest.height * y),
    height: m.height * rest.height,
  };
}

let wider = new Float32Array(0);

/** What running means over three pixels keep, less those over a wider square. */
function detailOf(plane: DetailPlane, around: number): DetailPlane {
  if (wider.length < plane.values.length) wider = new Float32Array(plane.values.length);
  boxMean(plane.values, plane, around, wider);
  const values = boxMean(plane.values, plane, 1);
  for (let i = 0; i < values.length; i++) values[i]! -= wider[i]!;
  return { ...sizeOf(plane), values };
}

function difference(one: Float32Array, other: Float32Array): Float32Array {
  const result = new Float32Array(one.length);
  for (let i = 0; i < result.length; i++) result[i] = one[i]! - other[i]!;
  return result;
}
