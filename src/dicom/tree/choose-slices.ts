import { InputError } from "../../base/index.js";
import type { SeriesNode } from "./build-tree.js";

/** Which images of a series of slices are used. */
export type SliceChoice = { readonly kind: "all" } | { readonly kind: "middle" } | { readonly kind: "around"; readonly count: number };

/**
 * Reads `all`, `middle` or `around:5`.
 * @throws InputError `slices`
 */
export function parseSliceChoice(text: string): SliceChoice {
  const around = /^around:(\d{1,4})$/.exec(text);
  if (text === "all" || text === "middle") return { kind: text };
  if (around !== null && Number(around[1]) > 0) return { kind: "around", count: Number(around[1]) };
  throw new InputError("slices", `slices: expected middle, all or around:N, got "${text}". Write for example around:5.`);
}

/** Whether the images of a series are slices of one volume: several, at places of their own. */
export function isStack({ images, sortedBy }: Pick<SeriesNode, "images" | "sortedBy">): boolean {
  return images > 1 && sortedBy === "position";
}

/**
 * Files of a series that are used, in the order of the slices. A series that is no stack of slices, such as the views of a
 * radiograph, is used whole. Of an even number of slices, the one before the middle counts as the middle.
 */
export function chooseSlices(series: Pick<SeriesNode, "images" | "sortedBy" | "files">, choice: SliceChoice): string[] {
  if (!isStack(series) || choice.kind === "all") return [...series.files];
  const count = Math.min(series.files.length, choice.kind === "middle" ? 1 : choice.count);
  const middle = Math.floor((series.files.length - 1) / 2);
  const first = Math.min(series.files.length - count, Math.max(0, middle - Math.floor((count - 1) / 2)));
  return series.files.slice(first, first + count);
}

/** "the middle slice by position". */
export function sayChoice(choice: SliceChoice): string {
  if (choice.kind === "all") return "every slice";
  return choice.kind === "middle" ? "the middle slice by position" : `the ${choice.count} slices around the middle by position`;
}
