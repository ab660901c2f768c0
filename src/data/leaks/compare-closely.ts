import type { Size } from "../../images/index.js";
import { boxMean, type DetailPlane } from "./detail.js";
import type { KeptImage } from "./fingerprint.js";
import { layOver, smooth, toOneScale, type Overlap } from "./lay-over.js";
import { refine, type Mapping } from "./register.js";
import { agreementOf, tilesOf } from "./tile-agreement.js";

export interface CloseComparison {
  readonly mapping: Mapping;
  /** Share of b that lies inside a. */
  readonly overlap: number;
  /** Of the detail in the tiles where it agrees least, -1 to 1. */
  readonly agreement: number;
}

/** Correlation of all detail that earns the last look, and the least share of b inside a. */
const [leastCorrelation, leastOverlap] = [0.35, 0.5];
/** Radii of the running means whose differences are the bands of detail that are compared, in pixels of the coarser image. */
const radii = [1, 2, 4] as const;
/** The whole of an image on itself. */
const identity: Mapping = { left: 0, top: 0, width: 1, height: 1 };

/**
 * Lays b over a to a fraction of a pixel, brings both to one contrast, and compares their detail tile by tile.
 * @param b mirrored already where it is the mirror image that is compared
 * @returns undefined where the two have too little in common to be laid over one another
 */
export function compareClosely(a: KeptImage, b: KeptImage, start: Mapping): CloseComparison | undefined {
  const [planeA, planeB] = toOneScale(a, b, start);
  let [mapping, { correlation }] = refine(detailOf(planeA, 1, 4), detailOf(planeB, 1, 4), start, 5);
  if (Math.abs(correlation) < leastCorrelation) return undefined;
  const sign = correlation < 0 ? -1 : 1;
  let overlap = layOver(planeA, planeB, mapping, sign);
  // What is left of the difference once grey levels match tells the last fraction of a pixel.
  for (let round = 0; round < 2 && overlap !== undefined; round++) {
    const [rest] = refine(detailOf({ ...sizeOf(overlap), values: overlap.a }, 1, 3), detailOf({ ...sizeOf(overlap), values: overlap.b }, 1, 3), identity, 3);
    if (rest === identity) break;
    mapping = compose(mapping, rest, overlap);
    overlap = layOver(planeA, planeB, mapping, sign);
  }
  if (overlap === undefined || overlap.share < leastOverlap) return undefined;
  return { mapping, overlap: overlap.share, agreement: agreementIn(overlap) };
}

const sizeOf = ({ height, width }: Size): Size => ({ height, width });

function agreementIn(overlap: Overlap): number {
  const [levelsA, levelsB] = [overlap.a, overlap.b].map((plane) => radii.map((radius) => smooth(plane, overlap, radius))) as [Float32Array[], Float32Array[]];
  return agreementOf([0, 1].flatMap((k) => tilesOf(difference(levelsA[k]!, levelsA[k + 1]!), difference(levelsB[k]!, levelsB[k + 1]!), overlap)));
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

function detailOf(plane: DetailPlane, near: number, around: number): DetailPlane {
  return { ...sizeOf(plane), values: difference(boxMean(plane.values, plane, near), boxMean(plane.values, plane, around)) };
}

function difference(one: Float32Array, other: Float32Array): Float32Array {
  const result = new Float32Array(one.length);
  for (let i = 0; i < result.length; i++) result[i] = one[i]! - other[i]!;
  return result;
}
