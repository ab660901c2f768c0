import { levels, type Level } from "../anatomy/dimensions.js";
import { columnCounts, type CocoStructure } from "./coco.js";

/** Left, top, width and height of the box around a mask's pixels; undefined where it is empty. */
export function boxOfMask(mask: Uint8Array, width: number): [number, number, number, number] | undefined {
  const first = mask.findIndex((value) => value !== 0);
  if (first < 0) return undefined;
  const top = Math.floor(first / width);
  let [left, right, bottom] = [width, -1, top];
  for (let start = top * width, row = top; start < mask.length; start += width, row++) {
    for (let k = 0; k < width; k++) {
      if (mask[start + k] === 0) continue;
      if (k < left) left = k;
      if (k > right) right = k;
      bottom = row;
    }
  }
  return [left, top, right - left + 1, bottom - top + 1];
}

/** Every structure of a label map, [H, W] with 0 for none, with its box and silhouette. */
export function outlineLabels(labels: Uint8Array, o: { width: number; height: number; kind: CocoStructure["kind"]; nameOf: (value: number) => string }): CocoStructure[] {
  const { width, height, kind, nameOf } = o;
  // First pixel and length of each run by label, row by row.
  const runsOf: number[][] = [];
  for (let i = 0; i < labels.length; i++) {
    const value = labels[i]!;
    if (value === 0) continue;
    const runs = (runsOf[value] ??= []);
    if (i % width > 0 && labels[i - 1] === value) runs[runs.length - 1]! += 1;
    else runs.push(i, 1);
  }
  return runsOf.flatMap((runs, value) => {
    const { box, area } = measureRuns(runs, width);
    return [{ name: nameOf(value), kind, box, area, counts: columnCounts(runs, { width, height, box }) }];
  });
}

function measureRuns(runs: readonly number[], width: number): Pick<CocoStructure, "box" | "area"> {
  const top = Math.floor(runs[0]! / width);
  let [left, right, bottom, area] = [width, -1, top, 0];
  for (let i = 0; i < runs.length; i += 2) {
    bottom = Math.floor(runs[i]! / width);
    const column = runs[i]! - bottom * width;
    left = Math.min(left, column);
    right = Math.max(right, column + runs[i + 1]! - 1);
    area += runs[i + 1]!;
  }
  return { box: [left, top, right - left + 1, bottom - top + 1], area };
}

/** "L5" -> "L5-S1": a disc by both its neighbors. */
export function discName(upper: Level): string {
  return `${upper}-${levels[levels.indexOf(upper) - 1]!}`;
}
