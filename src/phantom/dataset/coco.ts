import type { PlannedImage } from "./case-recipe.js";
import type { MadeCase } from "./make-case.js";

/** Boxes of vertebrae, discs and lesions in the COCO detection format (Lin et al. 2014): ids from 1, bbox [x, y, width, height]. */
export function cocoOf(planned: readonly PlannedImage[], made: readonly Pick<MadeCase, "boxes" | "width" | "height">[]): object {
  const names = [...new Set(made.flatMap(({ boxes }) => boxes.map(({ name }) => name)))].sort();
  const kinds = new Map(made.flatMap(({ boxes }) => boxes.map(({ name, kind }) => [name, kind] as const)));
  let id = 0;
  return {
    images: planned.map((image, i) => ({ id: i + 1, file_name: `images/${image.name}.png`, width: made[i]!.width, height: made[i]!.height })),
    categories: names.map((name, i) => ({ id: i + 1, name, supercategory: kinds.get(name) })),
    annotations: made.flatMap(({ boxes }, i) =>
      boxes.map(({ name, box, area, runs }) => {
        const { width, height } = made[i]!;
        const segmentation = runs === undefined ? undefined : { size: [height, width], counts: columnCounts(runs, width, height) };
        return { id: ++id, image_id: i + 1, category_id: names.indexOf(name) + 1, bbox: box, area, segmentation, iscrowd: segmentation === undefined ? 0 : 1 };
      }),
    ),
  };
}

/** COCO's uncompressed run lengths: down the columns, outside and inside in turn, from rows of first pixel and length. */
export function columnCounts(runs: readonly number[], width: number, height: number): number[] {
  const mask = new Uint8Array(width * height);
  for (let i = 0; i < runs.length; i += 2) mask.fill(1, runs[i], runs[i]! + runs[i + 1]!);
  const counts: number[] = [];
  let [inside, length] = [0, 0];
  for (let k = 0; k < width; k++) {
    for (let r = 0; r < height; r++) {
      if (mask[r * width + k] !== inside) {
        counts.push(length);
        [inside, length] = [1 - inside, 0];
      }
      length++;
    }
  }
  return [...counts, length];
}
