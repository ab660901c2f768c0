import { InputError } from "../../base/index.js";
import { boundingBox, boxOfMask, decodeImage, type Box } from "../../images/index.js";
import type { Case } from "../dataset.js";

/** Room left around a region of interest: a share of its longer side, pixels of the image, or millimetres. */
export type CropMargin = { readonly share: number } | { readonly px: number } | { readonly mm: number };

/**
 * The square around a case's region of interest, with a margin; undefined where no region is known.
 * @throws InputError `crop-spacing` when millimetres are wanted and nothing says how large a pixel is
 */
export async function cropWindow(one: Pick<Case, "id" | "region" | "boxes" | "polygons" | "fields">, margin: CropMargin): Promise<Box | undefined> {
  const box = await regionBox(one);
  return box === undefined ? undefined : withMargin(box, marginPx(one, box, margin));
}

async function regionBox({ id, region, boxes, polygons }: Pick<Case, "id" | "region" | "boxes" | "polygons">): Promise<Box | undefined> {
  const drawn = boundingBox({ ...(boxes && { boxes }), ...(polygons && { polygons }) });
  if (drawn !== undefined || region === undefined) return drawn;
  const mask = await decodeImage(region, { name: `${id}, its mask`, minSide: 1 });
  return boxOfMask(mask.pixels, mask);
}

function marginPx({ id, fields }: Pick<Case, "id" | "fields">, box: Box, margin: CropMargin): number {
  if ("share" in margin) return margin.share * Math.max(box.height, box.width);
  if ("px" in margin) return margin.px;
  const spacing = Number(fields["spacing_mm"] ?? Number.NaN);
  if (spacing > 0) return margin.mm / spacing;
  throw new InputError("crop-spacing", `${id}: expected a pixel spacing for a margin in millimetres, got none. Add a column "spacing_mm", or give the margin in px or as a share.`);
}

/** A square around the box's center that holds it and the margin. */
export function withMargin(box: Box, margin: number): Box {
  const side = Math.max(box.height, box.width) + 2 * margin;
  return { row: box.row + (box.height - side) / 2, column: box.column + (box.width - side) / 2, height: side, width: side };
}
