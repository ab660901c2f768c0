import { float32 } from "../../base/index.js";
import type { GraphBuilder } from "../../graph/index.js";
import { upsamplingMatrix } from "../upsample.js";

/** Bilinear resizing of maps [N, h, w], the arithmetic of `upsample` as two products of matrices. */
export function resizeMap(builder: GraphBuilder, map: string, to: { readonly height: number; readonly width: number }): string {
  const [, height, width] = builder.shape(map).map(Number) as [number, number, number];
  if (height === to.height && width === to.width) return map;
  const rows = builder.constant(float32([to.height, height], upsamplingMatrix(height, to.height)));
  const columns = builder.constant(float32([to.width, width], upsamplingMatrix(width, to.width)));
  const tall = builder.op("MatMul", [rows, map]);
  return builder.op("MatMul", [tall, builder.op("Transpose", [columns], { perm: [1, 0] })]);
}
