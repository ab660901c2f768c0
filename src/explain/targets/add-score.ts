import { InputError, float32, int64 } from "../../base/index.js";
import type { GraphBuilder } from "../../graph/index.js";
import { requireLayer } from "../layers.js";
import { checkClassTarget } from "./select-classes.js";
import { isUnitTarget, type ClassTarget, type Target, type UnitTarget } from "./target.js";

export interface AddedScore {
  /** Score of each image, [N]. */
  readonly scores: string;
  /** Sum over the batch, []: images do not mix, so its gradient is the gradient of each. */
  readonly total: string;
  /** Weights of the logits, [N, K] or [1, K]; none for a unit. */
  readonly selector: string | undefined;
}

/**
 * Adds the target's score to a graph with the value `logits` [N, K].
 * @param selector value [N, K] with the weights of the logits, where they are given and not worked out in the graph
 * @throws InputError `target-class`, `target-unit`; NotFoundError `unknown-layer`
 */
export function addScore(builder: GraphBuilder, target: Target, classes: number, selector?: string): AddedScore {
  const added = isUnitTarget(target)
    ? { scores: unitScores(builder, target), selector: undefined }
    : classScores(builder, target, selector ?? selectorOf(builder, target, classes));
  return { ...added, total: builder.op("ReduceSum", [added.scores], { keepdims: 0 }) };
}

function classScores(builder: GraphBuilder, target: ClassTarget, selector: string): { scores: string; selector: string } {
  const values = () => {
    if (target.scale === "probability") return builder.op("Softmax", ["logits"], { axis: 1 });
    if (target.scale === "rest") return builder.op("Add", ["logits", builder.op("LogSoftmax", ["logits"], { axis: 1 })]);
    return "logits";
  };
  const scores = builder.op("ReduceSum", [builder.op("Mul", [values(), selector]), builder.constant([1])], { keepdims: 0 });
  return { scores, selector };
}

/** 1 for the class and -1 for the one compared with, as constants or by the order of the logits. */
function selectorOf(builder: GraphBuilder, target: ClassTarget, classes: number): string {
  checkClassTarget(target, classes);
  const oneHot = (logits: string) => {
    const index = builder.op("ArgMax", [logits], { axis: 1, keepdims: 0 });
    return builder.op("OneHot", [index, builder.constant([classes]), builder.constant([0, 1], "float32")], { axis: -1 });
  };
  const constant = (index: number) => builder.constant(float32([1, classes], Array.from({ length: classes }, (_, k) => (k === index ? 1 : 0))));
  const chosen = target.class === "predicted" ? oneHot("logits") : constant(target.class);
  if (target.against === undefined) return chosen;
  const others = () => builder.op("Where", [builder.op("Greater", [chosen, builder.constant(0.5)]), builder.constant(-3e38), "logits"]);
  const against = target.against === "runner-up" ? oneHot(others()) : constant(target.against);
  return builder.op("Sub", [chosen, against]);
}

function unitScores(builder: GraphBuilder, { layer, channel, position }: UnitTarget): string {
  if (!builder.has(layer)) requireLayer(builder.build(), layer);
  const shape = builder.shape(layer);
  const fits = (index: number, axis: number) => Number.isInteger(index) && index >= 0 && index < Number(shape[axis]);
  const isUnit = shape.length >= 2 && fits(channel, 1) && (!position || (shape.length === 4 && fits(position[0], 2) && fits(position[1], 3)));
  if (!isUnit) {
    const unit = [channel, ...(position ?? [])].join(", ");
    throw new InputError("target-unit", `target: expected a unit of "${layer}" [${shape.join(", ")}], got (${unit}). Channels and positions count from 0.`);
  }
  const at = (value: string, index: number) => builder.op("Gather", [value, builder.constant(int64([], [index]))], { axis: 1 });
  const plane = at(layer, channel);
  if (position) return at(at(plane, position[0]), position[1]);
  const axes = shape.slice(2).map((_, axis) => axis + 1);
  return axes.length === 0 ? plane : builder.op("ReduceMean", [plane], { axes, keepdims: 0 });
}
