import type { Lowering } from "../contract.js";
import { floatOf } from "../attributes.js";

/** dX = dY where Y > 0, else 0. */
export const reluGradient: Lowering = ({ builder, inputs: [y, dy] }) => {
  const zero = builder.constant(0, builder.dtype(dy!));
  return [builder.op("Where", [builder.op("Greater", [y!, zero]), dy!, zero])];
};

/** dX = dY where min < X < max, else 0. */
export const clipGradient: Lowering = ({ builder, node, inputs: [x, dy] }) => {
  const dtype = builder.dtype(dy!);
  const bound = (name: string, fallback: number) => floatOf(node, name, fallback);
  const [min, max] = [bound("min", Number.NEGATIVE_INFINITY), bound("max", Number.POSITIVE_INFINITY)];
  const tests = [
    ...(Number.isFinite(min) ? [builder.op("Greater", [x!, builder.constant(min, dtype)])] : []),
    ...(Number.isFinite(max) ? [builder.op("Less", [x!, builder.constant(max, dtype)])] : []),
  ];
  if (tests.length === 0) return [dy!];
  const inside = tests.length === 1 ? tests[0]! : builder.op("And", tests);
  return [builder.op("Where", [inside, dy!, builder.constant(0, dtype)])];
};
