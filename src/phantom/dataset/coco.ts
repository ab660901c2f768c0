import type { PlannedImage } from "./case-recipe.js";
import { pathOf, type ImageEncoding } from "./image-encoding.js";
import type { MadeCase } from "./make-case.js";

/** A structure's silhouette as COCO has it: bbox [left, top, width, height] and run lengths down the columns. */
export interface CocoStructure {
  readonly name: string;
  readonly kind: "vertebra" | "disc" | "lesion";
  readonly box: readonly [number, number, number, number];
  readonly area: number;
  readonly counts: readonly number[];
}

/**
 * Boxes and masks of vertebrae, discs and lesions in the COCO detection format (Lin et al. 2014), as the parts of one
 * JSON text: ids from 1, one line per image, so that a large set never stands in memory twice.
 */
export function* cocoParts(planned: readonly PlannedImage[], made: readonly Pick<MadeCase, "structures" | "width" | "height">[], format: ImageEncoding["format"] = "png"): Iterable<Uint8Array> {
  const kinds = new Map(made.flatMap(({ structures }) => structures.map(({ name, kind }) => [name, kind] as const)));
  const names = [...kinds.keys()].sort();
  const categoryOf = new Map(names.map((name, i) => [name, i + 1]));
  const images = planned.map((image, i) => ({ id: i + 1, file_name: pathOf("images", image.name, format), width: made[i]!.width, height: made[i]!.height }));
  const categories = names.map((name, i) => ({ id: i + 1, name, supercategory: kinds.get(name) }));
  yield Buffer.from(`{"images":${JSON.stringify(images)},\n"categories":${JSON.stringify(categories)},\n"annotations":[`);
  let id = 0;
  for (const [i, { structures, width, height }] of made.entries()) {
    const lines = structures.map(({ name, box, area, counts }) => {
      id += 1;
      const annotation = { id, image_id: i + 1, category_id: categoryOf.get(name), bbox: box, area, segmentation: { size: [height, width], counts }, iscrowd: 1 };
      return `${id === 1 ? "" : ","}\n${JSON.stringify(annotation)}`;
    });
    yield Buffer.from(lines.join(""));
  }
  yield Buffer.from("\n]}\n");
}

/** COCO's uncompressed run lengths: down the columns, outside and inside in turn, from rows of first pixel and length. */
export function columnCounts(runs: readonly number[], o: { width: number; height: number; box: readonly number[] }): number[] {
  const [left, top, across, down] = o.box as [number, number, number, number];
  const mask = new Uint8Array(across * down);
  for (let i = 0; i < runs.length; i += 2) {
    const row = Math.floor(runs[i]! / o.width);
    const column = runs[i]! - row * o.width - left;
    for (let k = column; k < column + runs[i + 1]!; k++) mask[k * down + row - top] = 1;
  }
  const counts: number[] = [];
  let end = 0;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    const at = (left + Math.floor(i / down)) * o.height + top + (i % down);
    if (counts.length > 0 && at === end) counts[counts.length - 1]! += 1;
    else counts.push(at - end, 1);
    end = at + 1;
  }
  return end < o.width * o.height ? [...counts, o.width * o.height - end] : counts;
}
