import { dataTypeCode, emulateHalf, type Graph, type GraphBuilder, halfPrecision } from "../graph/index.js";
import type { HalfArithmetic } from "./precision.js";
import type { TrainingForm } from "./training-form.js";

/** Names by which a step's graph is told the scale and tells whether all gradients were finite (1) or not (0). */
export interface ScalingNames {
  readonly scale: string;
  readonly isFinite: string;
}

const scaling: ScalingNames = { scale: "scaling/scale", isFinite: "scaling/is finite" };

/** What is differentiated: a loss, or in half precision its product with a scale, in a graph whose convolutions and matrix products are float16. */
export function forwardOf(form: TrainingForm, loss: string, half: HalfArithmetic | undefined): { readonly forward: Graph; readonly differentiated: string; readonly scaling?: ScalingNames } {
  if (half === undefined) return { forward: form.builder.build(), differentiated: loss };
  const { builder } = form;
  const differentiated = builder.op("Mul", [loss, builder.input(scaling.scale, "float32", [])], {}, { name: `${loss}/scaled` });
  return { forward: halfPrecision(builder.build(), { adaptable: form.masks.map(({ name }) => name) }).graph, differentiated, scaling };
}

/** Gradients of the loss from those of its product with the scale, in float32. */
export function unscaled(builder: GraphBuilder, gradients: Readonly<Record<string, string>>): Record<string, string> {
  const inverse = builder.op("Reciprocal", [scaling.scale]);
  return Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, builder.op("Mul", [gradient, inverse])]));
}

/** Sum of values of one shape, two at a time: not every device adds up more. */
export function addAll(builder: GraphBuilder, values: readonly string[]): string {
  return values.reduce((sum, value) => builder.op("Add", [sum, value]));
}

/** Whether all elements of some values are finite: a truth value of shape []. */
export function emitIsFinite(builder: GraphBuilder, values: readonly string[]): string {
  // A sum is finite where its terms are, as none is near the end of float32's range; infinity or NaN times 0 is NaN.
  const total = addAll(builder, values.map((value) => builder.op("ReduceSum", [value], { keepdims: 0 })));
  return builder.op("Equal", [builder.op("Mul", [total, builder.constant(0)]), builder.constant(0)]);
}

/** Makes the truth value whether a step is taken an output, as 1 or 0. */
export function tellIsFinite(builder: GraphBuilder, isFinite: string): void {
  builder.output(builder.op("Cast", [isFinite], { to: dataTypeCode("float32") }, { output: scaling.isFinite }));
}

/** A step's graph as it is run: with float16 operators, or where there are none with float32 that is rounded. */
export function asRun(graph: Graph, half: HalfArithmetic | undefined): Graph {
  return half === "emulated" ? emulateHalf(graph).graph : graph;
}
