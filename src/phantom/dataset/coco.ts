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
      boxes.map(({ name, box, area }) => ({ id: ++id, image_id: i + 1, category_id: names.indexOf(name) + 1, bbox: box, area, iscrowd: 0 })),
    ),
  };
}
