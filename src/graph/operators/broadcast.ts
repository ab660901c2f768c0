import { formatShape } from "../dim.js";
import type { Dim } from "../model.js";
import type { InferenceContext } from "./contract.js";

/**
 * Shape of an elementwise operation by ONNX's (NumPy's) broadcasting rule: shapes are aligned at their last axis, and
 * an extent of 1 stretches. A name only matches itself and 1.
 */
export function broadcastShapes(shapes: readonly (readonly Dim[])[], context: InferenceContext): readonly Dim[] {
  let result = shapes[0] ?? [];
  for (let s = 1; s < shapes.length; s++) {
    const shape = shapes[s]!;
    const rank = Math.max(result.length, shape.length);
    const merged: Dim[] = Array.from({ length: rank }, () => 1);
    for (let i = 1; i <= rank; i++) {
      const a = result[result.length - i] ?? 1;
      const b = shape[shape.length - i] ?? 1;
      if (a !== b && a !== 1 && b !== 1) {
        context.fail(
          `shapes that broadcast (${formatShape(result)} with ${formatShape(shape)} differ at axis ${rank - i})`,
        );
      }
      merged[rank - i] = a === 1 ? b : a;
    }
    result = merged;
  }
  return result;
}
