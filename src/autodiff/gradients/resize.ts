import { UnsupportedError } from "../../base/index.js";
import type { OperatorName } from "../../graph/index.js";
import { stringOf } from "../attributes.js";
import type { GradientRule, NoGradient } from "../contract.js";
import { type ResizeMode, resizeMatrix } from "../resize-matrix.js";

const modes = new Set(["nearest", "linear"]);

/** Resizing is a product with one constant matrix R per axis, so the gradient is the product with Rᵀ. */
const resize: GradientRule = ({ node, emit, x, y, dy }) => {
  const mode: ResizeMode = {
    mode: stringOf(node, "mode", "nearest"),
    coordinates: stringOf(node, "coordinate_transformation_mode", "half_pixel"),
    rounding: stringOf(node, "nearest_mode", "round_prefer_floor"),
  };
  if (!modes.has(mode.mode) || mode.coordinates === "tf_crop_and_resize") {
    throw new UnsupportedError(
      "no-gradient",
      `Resize "${node.name}": expected mode nearest or linear without cropping, got ${mode.mode}, ${mode.coordinates}. Use linear.`,
    );
  }
  const scales = x[2] ? emit.builder.constantValue(x[2]) : undefined;
  let gradient = dy[0]!;
  for (const [axis, extent] of emit.shape(x[0]!).entries()) {
    const target = emit.shape(y[0]!)[axis];
    if (extent === target || typeof extent !== "number" || typeof target !== "number") continue;
    const matrix = resizeMatrix(extent, target, mode, Number(scales?.data[axis] ?? target / extent));
    gradient = multiplyAlong(emit, gradient, axis, emit.matrix(target, extent, matrix));
  }
  return [gradient];
};

/** Σ_o value[..., o, ...] · matrix[o, i] over one axis. */
function multiplyAlong(emit: Parameters<GradientRule>[0]["emit"], value: string, axis: number, matrix: string): string {
  const last = emit.rank(value) - 1;
  if (axis === last) return emit.op("MatMul", [value, matrix]);
  const perm = emit.shape(value).map((_, i) => (i === axis ? last : i === last ? axis : i));
  const product = emit.op("MatMul", [emit.op("Transpose", [value], { perm }), matrix]);
  return emit.op("Transpose", [product], { perm });
}

export const resizing = { Resize: resize } as const satisfies Partial<Record<OperatorName, GradientRule | NoGradient>>;
