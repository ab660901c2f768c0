import { float32 } from "../../base/index.js";
import type { PreparedImages } from "../../data/index.js";
import { turnPlane, type Turn } from "../../dicom/index.js";
import type { CaseSource } from "../../train/index.js";

/** The ways in which an image can be stored, as EXIF counts them. */
export const turns: readonly Turn[] = [1, 2, 3, 4, 5, 6, 7, 8];

/** What the eight look like. */
export const turnNames: Readonly<Record<Turn, string>> = {
  1: "upright",
  2: "mirrored",
  3: "upside down",
  4: "upside down and mirrored",
  5: "on its side and mirrored",
  6: "a quarter turned to the left",
  7: "on its other side and mirrored",
  8: "a quarter turned to the right",
};

/** The turn that undoes another: the quarter turns undo one another, all others themselves. */
export function inverseOf(turn: Turn): Turn {
  return turn === 6 ? 8 : turn === 8 ? 6 : turn;
}

export interface TurnedSourceOptions {
  readonly prepared: PreparedImages;
  readonly normalization: { readonly mean: readonly number[]; readonly std: readonly number[] };
}

/**
 * Every image stored in each of the eight ways, labelled by the turn that puts it upright: image i in way t is 8 i + t - 1. Their own
 * pictures are all the truth that is needed.
 */
export function turnedSource({ prepared, normalization: { mean, std } }: TurnedSourceOptions): CaseSource {
  const { frames, ids, preprocessing: { size } } = prepared;
  const plane = size * size;
  return {
    labels: ids.flatMap(() => turns.map((turn) => turn - 1)),
    classNames: turns.map((turn) => turnNames[turn]),
    augmented: false,
    key: (index) => `${ids[Math.floor(index / 8)]!} turned ${index % 8}`,
    async read(indices) {
      const images = new Float32Array(indices.length * 3 * plane);
      for (const [n, index] of indices.entries()) {
        const frame = frames[Math.floor(index / 8)]!.subarray(0, plane);
        const stored = turnPlane(frame, { height: size, width: size, turn: inverseOf(turns[index % 8]!) }).plane;
        for (let c = 0; c < 3; c++) for (let i = 0; i < plane; i++) images[(n * 3 + c) * plane + i] = (stored[i]! - mean[c % mean.length]!) / std[c % std.length]!;
      }
      return float32([indices.length, 3, size, size], images);
    },
  };
}
