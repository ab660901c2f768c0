import type { Lowering } from "../contract.js";
import { intOf } from "../attributes.js";

/** x - max - log Σ exp(x - max) along one axis, where the device has no operator for it. */
export const logSoftmax: Lowering = ({ builder, node, inputs: [x] }) => {
  const rank = builder.shape(x!).length;
  const axis = (intOf(node, "axis", -1) + rank) % rank;
  const shifted = builder.op("Sub", [x!, builder.op("ReduceMax", [x!], { axes: [axis], keepdims: 1 })]);
  const sum = builder.op("ReduceSum", [builder.op("Exp", [shifted]), builder.constant([axis])], { keepdims: 1 });
  return [builder.op("Sub", [shifted, builder.op("Log", [sum])])];
};
