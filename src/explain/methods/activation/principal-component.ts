import { float32 } from "../../../base/index.js";
import type { GraphBuilder } from "../../../graph/index.js";

/** The Gram matrix is squared so often: the second component is damped by (s2 / s1)^(2^10). */
const squarings = 9;
const tiny = 1e-30;

/**
 * Projection of the features on their first principal component: with X [P, C], P = hw positions, centered over positions,
 * and its leading right singular vector v, the map is X v. By repeated squaring of the smaller Gram matrix, so that it is
 * part of a graph of ordinary operators.
 *
 * The sign of a singular vector is arbitrary: here the map is turned so that its product with `evidence`, the sum of the
 * features over channels, is not negative. Features that do not vary give zeros.
 * @param features name of a value [N, C, h, w]
 * @returns name of the map, [N, h, w], signed
 */
export function principalComponent(builder: GraphBuilder, features: string): string {
  const [, channels, height, width] = builder.shape(features).map(Number) as [number, number, number, number];
  const positions = height * width;
  const rows = builder.op("Reshape", [features, builder.constant([-1, channels, positions])]);
  const x = builder.op("Sub", [rows, builder.op("ReduceMean", [rows], { axes: [2], keepdims: 1 })]); // [N, C, P]
  const turned = builder.op("Transpose", [x], { perm: [0, 2, 1] }); // [N, P, C]
  const size = Math.min(channels, positions);
  const scaled = (value: string) => {
    const largest = builder.op("ReduceMax", [builder.op("Abs", [value])], { axes: [1, 2], keepdims: 1 });
    return builder.op("Div", [value, builder.op("Max", [largest, builder.constant(tiny)])]);
  };
  const factor = channels <= positions ? scaled(x) : scaled(turned);
  let gram = scaled(builder.op("MatMul", [factor, builder.op("Transpose", [factor], { perm: [0, 2, 1] })]));
  for (let i = 0; i < squarings; i++) gram = scaled(builder.op("MatMul", [gram, gram]));
  // A start with no symmetry that features could share, so that it is not orthogonal to the component.
  const start = builder.constant(float32([size, 1], Array.from({ length: size }, (_, i) => 1 + Math.sin(1 + 0.7 * i * i))));
  const leading = normalized(builder, builder.op("MatMul", [gram, start])); // [N, size, 1]
  // Either v itself, or u, from which v = X' u / |X' u|.
  const v = channels <= positions ? leading : normalized(builder, builder.op("MatMul", [x, leading]));
  const map = builder.op("Reshape", [builder.op("MatMul", [turned, v]), builder.constant([-1, height, width])]);
  const evidence = builder.op("ReduceSum", [features, builder.constant([1])], { keepdims: 0 });
  const agreement = builder.op("ReduceSum", [builder.op("Mul", [map, evidence]), builder.constant([1, 2])], { keepdims: 1 });
  const isAgainst = builder.op("Less", [agreement, builder.constant(0)]);
  return builder.op("Mul", [map, builder.op("Where", [isAgainst, builder.constant(-1), builder.constant(1)])]);
}

/** A vector [N, n, 1] over its length; zeros stay zeros. */
function normalized(builder: GraphBuilder, vector: string): string {
  const largest = builder.op("ReduceMax", [builder.op("Abs", [vector])], { axes: [1, 2], keepdims: 1 });
  const moderate = builder.op("Div", [vector, builder.op("Max", [largest, builder.constant(tiny)])]);
  const square = builder.op("ReduceSum", [builder.op("Mul", [moderate, moderate]), builder.constant([1, 2])], { keepdims: 1 });
  return builder.op("Div", [moderate, builder.op("Max", [builder.op("Sqrt", [square]), builder.constant(tiny)])]);
}
