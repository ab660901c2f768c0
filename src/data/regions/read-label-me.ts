import { z } from "zod";
import type { Box, Polygon } from "../../images/index.js";
import type { ImageAnnotation, ReadOptions } from "./contract.js";
import { parseAnnotations } from "./parse-annotations.js";

const point = z.tuple([z.number(), z.number()]);
const schema = z.object({
  imagePath: z.string(),
  imageHeight: z.number().int().positive().nullish(),
  imageWidth: z.number().int().positive().nullish(),
  shapes: z.array(z.object({ label: z.string(), points: z.array(point).min(1), shape_type: z.string().default("polygon") })),
});

const circleSides = 64;

/**
 * Regions of a LabelMe file: polygons, rectangles and circles; points and lines have no inside and are passed over.
 * @throws DataError `annotations`
 * @see Russell et al. 2008, doi:10.1007/s11263-007-0090-8; github.com/wkentaro/labelme, annotation format 5
 */
export function readLabelMe(text: string, { name, categories }: ReadOptions): ImageAnnotation {
  const file = parseAnnotations(text, schema, { name, format: "LabelMe file with imagePath and shapes" });
  const boxes: Box[] = [];
  const polygons: Polygon[] = [];
  for (const { label, points, shape_type: kind } of file.shapes) {
    if (categories !== undefined && !categories.includes(label)) continue;
    const [[x0, y0], [x1, y1]] = [points[0]!, points[1] ?? points[0]!];
    if (kind === "rectangle" && points.length === 2) {
      const box = { row: Math.min(y0, y1), column: Math.min(x0, x1), height: Math.abs(y1 - y0), width: Math.abs(x1 - x0) };
      if (box.height > 0 && box.width > 0) boxes.push(box);
    } else if (kind === "circle" && points.length === 2) {
      const radius = Math.hypot(x1 - x0, y1 - y0);
      const turn = (2 * Math.PI) / circleSides;
      polygons.push(Array.from({ length: circleSides }, (_, i) => [y0 + radius * Math.sin(i * turn), x0 + radius * Math.cos(i * turn)] as const));
    } else if ((kind === "polygon" || kind === "rectangle") && points.length >= 3) polygons.push(points.map(([x, y]) => [y, x] as const));
  }
  const size = file.imageHeight && file.imageWidth ? { height: file.imageHeight, width: file.imageWidth } : undefined;
  return { file: file.imagePath, boxes, polygons, ...(size && { size }) };
}
