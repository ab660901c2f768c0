import { z } from "zod";
import { DataError } from "../../base/index.js";
import type { Box, Polygon } from "../../images/index.js";
import type { ImageAnnotation, ReadOptions } from "./contract.js";
import { parseAnnotations, requireCategories } from "./parse-annotations.js";

const count = z.number().int().nonnegative();
const schema = z.object({
  images: z.array(z.object({ id: z.union([count, z.string()]), file_name: z.string(), width: count.optional(), height: count.optional() })),
  categories: z.array(z.object({ id: count, name: z.string() })).default([]),
  annotations: z.array(
    z.object({
      image_id: z.union([count, z.string()]),
      category_id: count.optional(),
      bbox: z.array(z.number()).length(4).optional(),
      segmentation: z.union([z.array(z.array(z.number())), z.object({})]).optional(),
    }),
  ),
});

/**
 * Regions of a COCO detection file: polygons where an annotation has them, else its box. Run lengths are read by their box.
 * @throws DataError `annotations`; InputError `annotation-category`
 * @see Lin et al. 2014, doi:10.1007/978-3-319-10602-1_48; cocodataset.org, data format
 */
export function readCoco(text: string, { name, categories }: ReadOptions): ImageAnnotation[] {
  const coco = parseAnnotations(text, schema, { name, format: "COCO file with images and annotations" });
  const nameOf = new Map(coco.categories.map(({ id, name: category }) => [id, category]));
  requireCategories(categories, [...nameOf.values()], name);
  const found = new Map(coco.images.map(({ id, file_name: file, width, height }) => [
    id, { file, boxes: [] as Box[], polygons: [] as Polygon[], ...(width !== undefined && height !== undefined && { size: { width, height } }) },
  ]));
  for (const annotation of coco.annotations) {
    const image = found.get(annotation.image_id);
    if (image === undefined) throw new DataError("annotations", `${name}: expected annotations of listed images, got one of image ${annotation.image_id}. Export the annotations again.`);
    if (categories !== undefined && !categories.includes(nameOf.get(annotation.category_id ?? -1) ?? "")) continue;
    const { bbox, segmentation } = annotation;
    if (Array.isArray(segmentation) && segmentation.length > 0) image.polygons.push(...segmentation.map((ring) => polygonOf(ring, name)));
    else if (bbox !== undefined) {
      const [column, row, width, height] = bbox as [number, number, number, number];
      if (width > 0 && height > 0) image.boxes.push({ row, column, height, width });
    }
  }
  return [...found.values()].filter(({ boxes, polygons }) => boxes.length + polygons.length > 0);
}

/** COCO lists x and y in turn. */
function polygonOf(ring: readonly number[], name: string): Polygon {
  if (ring.length < 6 || ring.length % 2 !== 0) throw new DataError("annotations", `${name}: expected outlines of 3 or more points, got ${ring.length} numbers. Export the annotations again.`);
  return Array.from({ length: ring.length / 2 }, (_, i) => [ring[2 * i + 1]!, ring[2 * i]!] as const);
}
