import { InternalError } from "../../base/index.js";
import type { GraphBuilder } from "../../graph/index.js";
import { columnsOf, outputsOf, startsOf, type TargetHead } from "../targets.js";
import type { Loss } from "./contract.js";
import { total } from "./weighted-mean.js";

/** Columns [start, start + count) of [N, columns]. */
function columns(builder: GraphBuilder, value: string, start: number, count: number): string {
  return builder.op("Slice", [value, builder.constant([start]), builder.constant([start + count]), builder.constant([1])]);
}

/** sum / max(count, 1): a head that applies to no case of the batch says nothing. */
function meanOver(builder: GraphBuilder, sum: string, count: string): string {
  return builder.op("Div", [sum, builder.op("Max", [count, builder.constant(1)])]);
}

/** Huber's h(d) = d²/2 where |d| < 1, else |d| - 1/2. */
function huber(builder: GraphBuilder, difference: string): string {
  const size = builder.op("Abs", [difference]);
  const inner = builder.op("Min", [size, builder.constant(1)]);
  const square = builder.op("Mul", [builder.op("Mul", [inner, inner]), builder.constant(0.5)]);
  return builder.op("Add", [square, builder.op("Sub", [size, inner])]);
}

/** @param whole the head's columns of all cases the mean is taken over */
function headLoss(builder: GraphBuilder, head: TargetHead, { outputs, truth, whole }: { readonly outputs: string; readonly truth: string; readonly whole: string }): string {
  if (head.kind === "classes") {
    const terms = builder.op("Mul", [builder.op("LogSoftmax", [outputs], { axis: 1 }), truth]);
    return builder.op("Neg", [meanOver(builder, total(builder, terms), total(builder, whole))]);
  }
  const [value, known] = [columns(builder, truth, 0, 1), columns(builder, truth, 1, 1)];
  const terms = builder.op("Mul", [huber(builder, builder.op("Sub", [outputs, value])), known]);
  return meanOver(builder, total(builder, terms), total(builder, columns(builder, whole, 1, 1)));
}

/**
 * Several targets at once: sum over heads h of weight_h L_h. L_h is the cross-entropy of a head of classes, or Huber's loss (delta 1) of a standardized number, as the mean
 * over the cases of the batch the head applies to; 0 where it applies to none. Label smoothing, class weights and gamma do not apply.
 * @see Huber 1964, doi 10.1214/aoms/1177703732; torch.nn.CrossEntropyLoss with ignore_index, torch.nn.SmoothL1Loss
 */
export const multiTarget: Loss = {
  title: "Multi-target",
  summary: "Classes and numbers together, each where it applies.",
  reference: "Huber 1964, doi 10.1214/aoms/1177703732",
  emit(builder, { logits, targets, whole = targets }, { heads }) {
    if (heads === undefined || heads.length === 0) throw new InternalError("loss-heads", "multi-target loss: expected the heads of the targets, got none.");
    const [outputStarts, columnStarts] = [startsOf(heads, outputsOf), startsOf(heads, columnsOf)];
    const terms = heads.map((head, i) =>
      builder.op("Mul", [
        headLoss(builder, head, {
          outputs: columns(builder, logits, outputStarts[i]!, outputsOf(head)),
          truth: columns(builder, targets, columnStarts[i]!, columnsOf(head)),
          whole: columns(builder, whole, columnStarts[i]!, columnsOf(head)),
        }),
        builder.constant(head.weight),
      ]),
    );
    return terms.reduce((sum, term) => builder.op("Add", [sum, term]));
  },
};
