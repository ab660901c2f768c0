import { levels, type Level } from "../anatomy/dimensions.js";
import { columnCounts, type CocoStructure } from "./coco.js";

/** Left, top, width and height of the box around a mask's pixels; undefined where it is empty. */
export function boxOfMask(mask: Uint8Array, width: number): [number, number, number, number] | undefined {
  let [left, top, right, bottom] = [width, mask.length, -1, -1];
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    const [row, column] = [Math.floor(i / width), i % width];
    [left, right, top, bottom] = [Math.min(left, column), Math.max(right, column), Math.min(top, row), Math.max(bottom, row)];
  }
  return right < 0 ? undefined : [left, top, right - left + 1, bottom - top + 1];
}

/** Every structure of a label map, [H, W] with 0 for none, with its box and silhouette. */
export function outlineLabels(labels: Uint8Array, o: { width: number; height: number; kind: CocoStructure["kind"]; nameOf: (value: number) => string }): CocoStructure[] {
  const { width, height, kind, nameOf } = o;
  return [...new Set(labels)].filter((value) => value !== 0).sort((a, b) => a - b).map((value) => {
    const runs: number[] = [];
    let area = 0;
    labels.forEach((label, i) => {
      if (label !== value) return;
      area += 1;
      if (i % width > 0 && labels[i - 1] === value) runs[runs.length - 1]! += 1;
      else runs.push(i, 1);
    });
    const box = boxOfMask(labels.map((label) => (label === value ? 1 : 0)), width)!;
    return { name: nameOf(value), kind, box, area, counts: columnCounts(runs, { width, height, box }) };
  });
}

/** "L5" -> "L5-S1": a disc by both its neighbors. */
export function discName(upper: Level): string {
  return `${upper}-${levels[levels.indexOf(upper) - 1]!}`;
}
