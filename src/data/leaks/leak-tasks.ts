import { sha256 } from "../../files/index.js";
import { decodeSmall, readImageFile } from "../../images/index.js";
import { compareClosely, type CloseComparison } from "./compare-closely.js";
import { makeCoarseDetail, type CoarseDetail } from "./detail.js";
import { descriptorLength, Fingerprint, keepInside, makeThumbnail, partOf, side, windows, type KeptImage, type Window } from "./fingerprint.js";
import { register, registerRoughly, type Mapping } from "./register.js";
import { searchCodes, type Candidate, type Codes, type SearchRequest } from "./search-codes.js";
import { findTextMarks, type TextMark } from "./text-marks.js";
import { codeLength, encode, type Whitening } from "./whitening.js";

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

/** Candidates of an image that are laid over it at half size, of all those laid over it roughly; and that are compared closely, beside the one whose code is nearest. */
const [closer, closest] = [9, 5];
/** How far they may lie behind the best at either step, in correlation. */
const [roughMargin, margin] = [0.25, 0.3];
/** Correlation of coarse detail that earns a closer look. */
const leastCorrelation = 0.35;

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

  /** Codes of all windows of all frames. */
  encode({ thumbnails, whitening, queries, codes, firstFrame, frames, from, to }: EncodeRequest): void {
    const descriptor = new Float32Array(descriptorLength);
    for (let i = from; i < to; i++) {
      const print = new Fingerprint(thumbnailOf(thumbnails, i));
      for (let frame = firstFrame[i]!; frame < firstFrame[i + 1]!; frame++) {
        windows.forEach((window, w) => {
          print.describe(partOf(frames[frame]!, window), descriptor);
          const at = (frame * windows.length + w) * codeLength;
          encode(descriptor, whitening, codes.subarray(at, at + codeLength));
        });
        const whole = frame * windows.length * codeLength;
        queries.set(codes.subarray(whole, whole + codeLength), frame * codeLength);
      }
    }
  },

  search: (request: SearchRequest): Candidate[][] => searchCodes(request),

  /** Lays the candidates of each image over it; the best of each image. */
  lay({ thumbnails, items }: { thumbnails: Uint8Array; items: readonly (readonly Candidate[])[] }): Laid[] {
    const details = new Map<number, CoarseDetail>();
    const detailOf = (index: number, isMirrored: boolean): CoarseDetail => {
      const key = 2 * index + Number(isMirrored);
      let detail = details.get(key);
      if (detail === undefined) {
        detail = makeCoarseDetail(thumbnailOf(thumbnails, index), isMirrored);
        details.set(key, detail);
      }
      return detail;
    };
    return items.flatMap((candidates) => {
      const rough = candidates
        .map((candidate) => ({ candidate, registration: registerRoughly(detailOf(candidate.a, false), detailOf(candidate.b, candidate.isMirrored), candidate.start) }))
        .sort((one, other) => other.registration.correlation - one.registration.correlation);
      const laid = rough
        .filter(({ candidate, registration }, rank) => candidate === candidates[0] || (rank < closer && registration.correlation > rough[0]!.registration.correlation - roughMargin))
        .map(({ candidate, registration }) => ({ candidate, registration: register(detailOf(candidate.a, false), detailOf(candidate.b, candidate.isMirrored), registration) }))
        .sort((one, other) => other.registration.correlation - one.registration.correlation);
      return laid
        .filter(({ candidate, registration }, rank) => registration.correlation >= leastCorrelation && (candidate === candidates[0] || (rank < closest && registration.correlation > laid[0]!.registration.correlation - margin)))
        .map(({ candidate: { a, b, isMirrored, start }, registration: { mapping, correlation } }): Laid => ({ a, b, isMirrored, mapping, start, correlation }));
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
