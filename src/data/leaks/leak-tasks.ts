import { sha256 } from "../../files/index.js";
import { decodeSmall, readImageFile } from "../../images/index.js";
import { compareClosely, type CloseComparison } from "./compare-closely.js";
import { coarseDetailOf, coarseLength, halfDetailWithin, makeCoarseDetail, roughDetailWithin, type CoarseDetail } from "./detail.js";
import { descriptorLength, Fingerprint, keepInside, makeThumbnail, partOf, side, windows, type KeptImage, type Window } from "./fingerprint.js";
import { register, type Mapping } from "./register.js";
import { searchCodes, type Candidate, type Codes, type SearchRequest } from "./search-codes.js";
import { findTextMarks, type TextMark } from "./text-marks.js";
import { codeLength, encode, tailLength, type Whitening } from "./whitening.js";

export const thumbnailLength = side * side;

/** Long side that images are decoded to before borders are trimmed and marks sought. */
const longSide = 448;

export interface LookResult {
  readonly sha256: string;
  readonly kept: KeptImage;
  /** What copies may have in common: all that is kept, and what is inside of air around it. */
  readonly frames: readonly Window[];
  /** [96, 96] */
  readonly thumbnail: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly marks: readonly TextMark[];
}

export interface EncodeRequest extends Codes {
  /** [n, 96, 96] in shared memory. */
  readonly thumbnails: Uint8Array;
  /** [n, coarseLength] in shared memory. */
  readonly details: Float32Array;
  readonly whitening: Whitening;
  readonly from: number;
  readonly to: number;
}

/** Two images laid over one another. */
export interface Laid {
  readonly a: number;
  readonly b: number;
  readonly isMirrored: boolean;
  /** Where b lies in a, and where the search took it to lie. */
  readonly mapping: Mapping;
  readonly start: Mapping;
  /** Of coarse detail, -1 to 1. */
  readonly correlation: number;
}

export interface CompareRequest {
  /** Images of this request alone, by position. */
  readonly kept: ReadonlyMap<number, KeptImage>;
  readonly pairs: readonly Laid[];
}

export interface Compared extends Laid, CloseComparison {}

/** Candidates of an image that are laid over it at half size, of all those laid over it roughly. */
const closer = 10;
/** Those compared closely: the best by where they were laid and by code together, and the nearest by code alone, as what is faint agrees less. */
const [closest, nearest] = [3, 1];
/** What the agreement of codes counts beside the correlation. */
const codeShare = 0.1;
/** How far they may lie behind the best at either step, in correlation. */
const [roughMargin, margin] = [0.2, 0.2];
/** Correlation of coarse detail that earns a closer look. */
const leastCorrelation = 0.35;

/** Steps of registration at a quarter of the thumbnail's size, and at half. */
const [roughSteps, halfSteps] = [8, 7];

interface Laying extends Candidate {
  readonly mapping: Mapping;
  readonly correlation: number;
}

const whole: Mapping = { left: 0, top: 0, width: 1, height: 1 };

/** Where an image lies in the whole that lies so in a part of it. */
const withinPart = (part: Mapping, m: Mapping): Mapping => ({ left: part.left + part.width * m.left, width: part.width * m.width, top: part.top + part.height * m.top, height: part.height * m.height });

const scoreOf = ({ correlation, agreement }: Laying): number => correlation + codeShare * agreement;

/** Best first; of an image nominated by several windows, the best. */
function onePerImage(all: readonly Laying[], score: (one: Laying) => number): Laying[] {
  const ranked = [...all].sort((one, other) => score(other) - score(one));
  const seen = new Set<number>();
  return ranked.filter(({ a, isMirrored }) => !seen.has(2 * a + Number(isMirrored)) && seen.add(2 * a + Number(isMirrored)));
}

/** What the workers do for the leak audit. */
export const leakTasks = {
  /** Reads an image once and keeps what comparisons need. */
  async look({ file, name }: { file: string; name: string }): Promise<LookResult> {
    const bytes = await readImageFile(file, name);
    const small = await decodeSmall(bytes, { longSide, name });
    const { kept, frames } = keepInside(small);
    return { sha256: sha256(bytes), kept, frames, thumbnail: makeThumbnail(kept), height: small.sourceHeight, width: small.sourceWidth, marks: findTextMarks(small) };
  },

  /** Descriptors of every step-th whole image: what the whitening is fitted to. */
  describe({ thumbnails, into, from, to, step }: { thumbnails: Uint8Array; into: Float32Array; from: number; to: number; step: number }): void {
    for (let i = from; i < to; i++) {
      new Fingerprint(thumbnailOf(thumbnails, i * step)).describe(windows[0]!, into.subarray(i * descriptorLength, (i + 1) * descriptorLength));
    }
  },

  /** Codes of all windows of all frames, and the coarse detail. */
  encode({ thumbnails, details, whitening, codes, tails, firstFrame, frames, from, to }: EncodeRequest): void {
    const descriptor = new Float32Array(descriptorLength);
    for (let i = from; i < to; i++) {
      const print = new Fingerprint(thumbnailOf(thumbnails, i));
      makeCoarseDetail(thumbnailOf(thumbnails, i), details.subarray(i * coarseLength, (i + 1) * coarseLength));
      for (let frame = firstFrame[i]!; frame < firstFrame[i + 1]!; frame++) {
        windows.forEach((window, w) => {
          print.describe(partOf(frames[frame]!, window), descriptor);
          const place = frame * windows.length + w;
          encode(descriptor, whitening, { code: codes.subarray(place * codeLength, (place + 1) * codeLength), tail: tails.subarray(place * tailLength, (place + 1) * tailLength) });
        });
      }
    }
  },

  search: (request: SearchRequest): Candidate[][] => searchCodes(request),

  /** Lays the candidates of each image over it; the best of each image. */
  lay({ thumbnails, details, items }: { thumbnails: Uint8Array; details: Float32Array; items: readonly (readonly Candidate[])[] }): Laid[] {
    return items.flatMap((candidates) => {
      const b = candidates[0]?.b;
      if (b === undefined) return [];
      // All candidates of a list are laid over by one image.
      const own = [false, true].map((isMirrored) => coarseDetailOf(details.subarray(b * coarseLength, (b + 1) * coarseLength), isMirrored)) as [CoarseDetail, CoarseDetail];
      const ownOf = ({ isMirrored }: Candidate): CoarseDetail => own[isMirrored ? 1 : 0];
      const rough = candidates
        .map((one): Laying => ({ ...one, ...register(roughDetailWithin(thumbnailOf(thumbnails, one.a), one.start), ownOf(one)[0], whole, roughSteps) }))
        .sort((one, other) => other.correlation - one.correlation);
      const fine = rough
        .filter(({ correlation }, rank) => rank < closer && correlation > rough[0]!.correlation - roughMargin)
        .map((one): Laying => ({ ...one, ...register(halfDetailWithin(thumbnailOf(thumbnails, one.a), one.start), ownOf(one)[1], one.mapping, halfSteps) }));
      const chosen = new Set([...onePerImage(fine, scoreOf).slice(0, closest), ...onePerImage(fine, ({ agreement }) => agreement).slice(0, nearest)]);
      const best = Math.max(...fine.map(({ correlation }) => correlation));
      return [...chosen]
        .filter(({ correlation }) => correlation >= leastCorrelation && correlation > best - margin)
        .map(({ a, b, isMirrored, start, mapping, correlation }): Laid => ({ a, b, isMirrored, mapping: withinPart(start, mapping), start, correlation }));
    });
  },

  /** Compares the detail of images laid over one another. */
  compare({ kept, pairs }: CompareRequest): Compared[] {
    return pairs.flatMap((pair): Compared[] => {
      const b = kept.get(pair.b)!;
      const close = compareClosely(kept.get(pair.a)!, pair.isMirrored ? mirrorImage(b) : b, [pair.mapping, pair.start]);
      return close === undefined ? [] : [{ ...pair, ...close }];
    });
  },
};

function thumbnailOf(thumbnails: Uint8Array, index: number): Uint8Array {
  return thumbnails.subarray(index * thumbnailLength, (index + 1) * thumbnailLength);
}

function mirrorImage({ pixels, height, width }: KeptImage): KeptImage {
  const mirrored = new Uint8Array(pixels);
  for (let row = 0; row < height; row++) mirrored.subarray(row * width, (row + 1) * width).reverse();
  return { pixels: mirrored, height, width };
}
