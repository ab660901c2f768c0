import { encodePng } from "../png.js";
import { makeDiscMri } from "../mri/disc-mri.js";
import { makeRadiograph } from "../radiograph.js";
import type { PlannedImage } from "./case-recipe.js";

export interface ContactSheetOptions {
  /** Images in a row. */
  readonly perRow?: number;
  /** Height of each image in pixels. */
  readonly height?: number;
}

/** A contact sheet of planned images as PNG bytes, one row after another. */
export function drawContactSheet(planned: readonly PlannedImage[], { perRow = 6, height = 320 }: ContactSheetOptions = {}): Uint8Array {
  const tiles = planned.map((image) => (image.kind === "radiograph" ? makeRadiograph({ ...image.options, size: height }) : makeDiscMri({ ...image.options, size: height })));
  const gap = 4;
  const rows = Array.from({ length: Math.ceil(tiles.length / perRow) }, (_, i) => tiles.slice(i * perRow, (i + 1) * perRow));
  const width = Math.max(...rows.map((row) => row.reduce((sum, tile) => sum + tile.width + gap, -gap)));
  const total = rows.length * (height + gap) - gap;
  const data = new Uint8Array(width * total).fill(40);
  rows.forEach((row, r) => {
    let left = 0;
    for (const tile of row) {
      for (let y = 0; y < tile.height; y++) {
        for (let x = 0; x < tile.width; x++) data[(r * (height + gap) + y) * width + left + x] = Math.round(255 * tile.pixels[y * tile.width + x]!);
      }
      left += tile.width + gap;
    }
  });
  return encodePng({ width, height: total, data });
}
