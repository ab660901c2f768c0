import type { PlacedVertebra } from "../anatomy/alignment.js";
import { placeIn } from "../projection/vector.js";
import type { Corner } from "./paint.js";
import type { TissueName } from "./tissue.js";

/** A point of a vertebra's mid-sagittal plane. */
export function sectionPoint(v: PlacedVertebra, y: number, z: number): Corner {
  const p = placeIn(v.frame, [0, y, z]);
  return [p[1], p[2]];
}

export type Paint = (tissue: TissueName, corners: readonly Corner[]) => void;
