import { sha256 } from "../../files/index.js";
import { decodeSmall, readImageFile } from "../../images/index.js";
import { compareClosely } from "./compare-closely.js";
import { makeCoarseDetail, makeDetail, type CoarseDetail } from "./detail.js";
import { descriptorLength, Fingerprint, keepInside, makeThumbnail, mirrorDescriptor, side, windows, type KeptImage } from "./fingerprint.js";
import { register, registerFinely, registerRoughly, type Mapping } from "./register.js";
import { searchCodes, type Candidate, type SearchRequest } from "./search-codes.js";
import { findTextMarks, type TextMark } from "./text-marks.js";
import { codeLength, encode, type Whitening } from "./whitening.js";

export const thumbnailLength = side * side;

/** Long side that images are decoded to before borders are trimmed and marks sought. */
const longSide = 448;

export interface LookResult {
  readonly sha256: string;
  readonly kept: KeptImage;
  /** [96, 96] */
  readonly thumbnail: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly marks: readonly TextMark[];
}

export interface EncodeRequest {
  /** [n, 96, 96] in shared memory. */
  readonly thumbnails: Uint8Array;
  readonly whitening: Whitening;
  /** [n, 2, codeLength] in shared memory, to be filled: as it is, mirrored. */
  readonly queries: Float32Array;
  /** [n, windows, codeLength] in shared memory, to be filled. */
  readonly codes: Float32Array;
  readonly from: number;
  readonly to: number;
}

/** Candidates of one image, which is b in all of them. */
export interface VerifyItem {
  readonly candidates: readonly Candidate[];
  /** Compare the least alike closely too: what different exposures agree in. */
  readonly asStranger: boolean;
}

export interface VerifyRequest {
  readonly thumbnails: Uint8Array;
  /** Kept images in shared memory; those of this request alone, by position. */
  readonly kept: ReadonlyMap<number, KeptImage>;
  readonly items: readonly VerifyItem[];
}

export interface Verified extends Candidate {
  /** Mean correlation of the finest detail over the tiles, -1 to 1. */
  readonly detail: number;
  /** Tiles of detail. */
  readonly tiles: number;
  readonly overlap: number;
  readonly mapping: Mapping;
  readonly isStranger: boolean;
}

/** Candidates of an image that are laid over it at half size, of all those laid over it roughly. */
const closer = 6;
/** Candidates of an image that are compared closely: those that lie best over it, beside the one whose code is nearest; and the correlation that earns it. */
const closest = 2;
const leastCorrelation = 0.5;
/** The same once laid over it at full size. */
const leastFineCorrelation = 0.7;

/** What the workers do for the leak audit. */
export const leakTasks = {
  /** Reads an image once and keeps what comparisons need. */
  async look({ file, name }: { file: string; name: string }): Promise<LookResult> {
    const bytes = await readImageFile(file, name);
    const small = await decodeSmall(bytes, { longSide, name });
    const kept = keepInside(small);
    return { sha256: sha256(bytes), kept, thumbnail: makeThumbnail(kept), height: small.sourceHeight, width: small.sourceWidth, marks: findTextMarks(small) };
  },

  /** Descriptors of every step-th whole image: what the whitening is fitted to. */
  describe({ thumbnails, into, from, to, step }: { thumbnails: Uint8Array; into: Float32Array; from: number; to: number; step: number }): void {
    for (let i = from; i < to; i++) {
      new Fingerprint(thumbnailOf(thumbnails, i * step)).describe(windows[0]!, into.subarray(i * descriptorLength, (i + 1) * descriptorLength));
    }
  },

  /** Codes of all windows of all images, and of the whole images as they are and mirrored. */
  encode({ thumbnails, whitening, queries, codes, from, to }: EncodeRequest): void {
    for (let i = from; i < to; i++) {
      const print = new Fingerprint(thumbnailOf(thumbnails, i));
      windows.forEach((window, w) => {
        const descriptor = print.describe(window);
        const at = (i * windows.length + w) * codeLength;
        encode(descriptor, whitening, codes.subarray(at, at + codeLength));
        if (w > 0) return;
        queries.set(codes.subarray(at, at + codeLength), 2 * i * codeLength);
        encode(mirrorDescriptor(descriptor), whitening, queries.subarray((2 * i + 1) * codeLength, (2 * i + 2) * codeLength));
      });
    }
  },

  search: (request: SearchRequest): Candidate[][] => searchCodes(request),

  /** Lays the candidates of each image over it and compares the finest detail of those that fit best. */
  verify({ thumbnails, kept, items }: VerifyRequest): Verified[] {
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
    return items.flatMap(({ candidates, asStranger }) => {
      const rough = candidates
        .map((candidate) => ({ candidate, registration: registerRoughly(detailOf(candidate.a, false), detailOf(candidate.b, candidate.isMirrored), windows[candidate.window]!) }))
        .sort((one, other) => other.registration.correlation - one.registration.correlation);
      const laid = rough
        .filter(({ candidate }, rank) => rank < closer || candidate === candidates[0])
        .map(({ candidate, registration }) => ({ candidate, registration: register(detailOf(candidate.a, false), detailOf(candidate.b, candidate.isMirrored), registration) }))
        .sort((one, other) => other.registration.correlation - one.registration.correlation);
      return laid.flatMap(({ candidate, registration }, rank): Verified[] => {
        const isStranger = asStranger && rank === laid.length - 1 && rank >= closest;
        const isClose = rank < closest || candidate === candidates[0];
        if (!isStranger && (!isClose || registration.correlation < leastCorrelation)) return [];
        const fine = registerFinely(makeDetail(thumbnailOf(thumbnails, candidate.a), false), makeDetail(thumbnailOf(thumbnails, candidate.b), candidate.isMirrored), registration);
        if (!isStranger && fine.correlation < leastFineCorrelation) return [];
        const b = kept.get(candidate.b)!;
        const close = compareClosely(kept.get(candidate.a)!, candidate.isMirrored ? mirrorImage(b) : b, fine);
        return [{ ...candidate, detail: close.agreement, tiles: close.tiles, overlap: fine.overlap, mapping: close.mapping, isStranger }];
      });
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
