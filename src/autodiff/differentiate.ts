import { InputError, InternalError, UnsupportedError } from "../base/index.js";
import { type Dim, type Graph, GraphBuilder, type Node, operatorOf } from "../graph/index.js";
import type { GradientRule, NoGradient } from "./contract.js";
import { Emitter } from "./emitter.js";
import { gradients } from "./gradients/index.js";
import { Recomputer, type Recomputation } from "./recompute.js";

/** A graph with its backward pass, and where in it each gradient is. */
export interface Differentiated {
  /** The given graph with the backward nodes appended; its outputs are the given ones. */
  readonly graph: Graph;
  /** Name of the value d loss / d w for every w asked for, in the shape of w. */
  readonly gradients: Readonly<Record<string, string>>;
}

/**
 * Appends the backward pass of a scalar to a graph: reverse-mode differentiation, one rule per operator.
 *
 * Only what lies between `wrt` and the loss is differentiated. Integer and truth values carry no gradient; an
 * input that the loss does not depend on gets zeros. The first axis may be symbolic ("N").
 * Ties and kinks follow PyTorch: Relu and Clip pass nothing at their bounds, MaxPool passes to the first maximum
 * of a window, Max, Min, ReduceMax and ReduceMin share evenly.
 * @param loss name of a float value of one element, shape [] or [1]
 * @param options recompute: large values that are cheap to make are made again on the way back instead of kept; the
 *   numbers are the same, the memory less, the time a little more
 * @param wrt names of inputs, initializers or intermediate values
 * @throws InputError `unknown-value` for a name the graph lacks, `loss-not-scalar`, `not-differentiable-value`
 * @throws UnsupportedError `no-gradient` when an operator on the way has no gradient; nothing was run by then
 * @see A. Griewank and A. Walther, Evaluating Derivatives, 2nd ed., 2008, chapter 3
 */
export function differentiate(
  graph: Graph,
  loss: string,
  wrt: readonly string[],
  options: { readonly recompute?: Recomputation } = {},
): Differentiated {
  checkNames(graph, loss, wrt);
  const dependent = valuesDependingOn(graph, wrt);
  const path = nodesBetween(graph, dependent, loss);
  const rules = new Map(path.map((node) => [node, ruleFor(node)]));

  const emit = new Emitter(GraphBuilder.from(graph));
  const recomputer = options.recompute && new Recomputer(emit, graph, options.recompute);
  const found = new Map<string, string>();
  const size = emit.shape(loss).map(() => 1);
  const one = emit.scalar(1, loss);
  found.set(loss, size.length === 0 ? one : emit.reshape(one, size));

  for (const node of path.toReversed()) {
    const dy = node.outputs.map((output) => found.get(output));
    if (dy.every((value) => value === undefined)) continue;
    emit.builder.scope(`gradient/${node.name || node.outputs[0]}`, () => {
      const wants = (i: number) => dependent.has(node.inputs[i] ?? "");
      const anchor = dy.find((value) => value !== undefined)!;
      const seen = (values: readonly string[]) => (recomputer ? values.map((value) => recomputer.valueFor(value, anchor)) : values);
      const results = rules.get(node)!({ node, emit, x: seen(node.inputs), y: seen(node.outputs), dy, wants });
      for (const [i, result] of results.entries()) {
        if (result === undefined || !wants(i)) continue;
        const input = node.inputs[i]!;
        const gradient = sumToShape(emit, result, input);
        checkShape(emit, gradient, input, node);
        const before = found.get(input);
        found.set(input, before === undefined ? gradient : emit.add(before, gradient));
      }
    });
  }
  const named = wrt.map((name) => [name, found.get(name) ?? emit.zerosLike(name)] as const);
  return { graph: emit.builder.build(), gradients: Object.fromEntries(named) };
}

function isFloat(graph: Graph, value: string): boolean {
  return graph.values.get(value)?.dtype.startsWith("float") ?? false;
}

/** Float values that change when one of `wrt` does. */
function valuesDependingOn(graph: Graph, wrt: readonly string[]): Set<string> {
  const dependent = new Set(wrt);
  for (const node of graph.nodes) {
    if (!node.inputs.some((input) => dependent.has(input))) continue;
    for (const output of node.outputs) if (isFloat(graph, output)) dependent.add(output);
  }
  return dependent;
}

/** Nodes through which a dependent value reaches the loss, in the graph's order. */
function nodesBetween(graph: Graph, dependent: ReadonlySet<string>, loss: string): Node[] {
  const needed = new Set([loss]);
  const path: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output) && dependent.has(output))) continue;
    const carriers = node.inputs.filter((input) => dependent.has(input));
    if (carriers.length === 0) continue; // A value asked for whose own inputs were not: the walk ends here.
    for (const input of carriers) needed.add(input);
    path.unshift(node);
  }
  return path;
}

function ruleFor(node: Node): GradientRule {
  const name = operatorOf(node);
  const rule: GradientRule | NoGradient = name === undefined ? { reason: "it is not on the list" } : gradients[name];
  if (typeof rule === "function") return rule;
  throw new UnsupportedError(
    "no-gradient",
    `${node.op} "${node.name}": expected an operator with a gradient between the loss and what it is ` +
      `differentiated by, got one without: ${rule.reason}. Differentiate by values after this node, or replace it.`,
  );
}

/** Undoes broadcasting: sums a gradient over the axes along which the input was repeated. */
function sumToShape(emit: Emitter, gradient: string, input: string): string {
  const from = emit.shape(gradient);
  const to = emit.shape(input);
  const extra = from.length - to.length;
  const repeated = (n: Dim | undefined, axis: number) => axis >= extra && to[axis - extra] === 1 && n !== 1;
  const leading = from.flatMap((_, axis) => (axis < extra ? [axis] : []));
  const inner = from.flatMap((n, axis) => (repeated(n, axis) ? [axis] : []));
  if (leading.length === 0) return emit.sum(gradient, inner, "keep");
  if (inner.length === 0) return emit.sum(gradient, leading, "drop");
  const isChannelBias = from.length > 2 && [...leading, ...inner].length === from.length - 1 && from[1] === to[1 - extra];
  if (isChannelBias && !inner.includes(1)) return emit.reshapeLike(emit.channelSum(gradient), input);
  return emit.reshapeLike(emit.sum(gradient, [...leading, ...inner], "drop"), input);
}

function checkShape(emit: Emitter, gradient: string, input: string, node: Node): void {
  const [got, expected] = [emit.shape(gradient), emit.shape(input)];
  if (got.length === expected.length && got.every((n, axis) => n === expected[axis])) return;
  throw new InternalError(
    "gradient-shape",
    `Gradient of ${node.op} "${node.name}" by "${input}": expected shape [${expected.join(", ")}], ` +
      `got [${got.join(", ")}].`,
  );
}

function checkNames(graph: Graph, loss: string, wrt: readonly string[]): void {
  for (const name of [loss, ...wrt]) {
    const info = graph.values.get(name);
    if (info === undefined) {
      throw new InputError("unknown-value", `differentiate: expected the name of a value of the graph, got "${name}".`);
    }
    if (!info.dtype.startsWith("float")) {
      throw new InputError(
        "not-differentiable-value",
        `differentiate, "${name}": expected a float value, got ${info.dtype}. Whole numbers and truth values have no gradient.`,
      );
    }
  }
  const { shape } = graph.values.get(loss)!;
  if (shape.length === 0 || (shape.length === 1 && shape[0] === 1)) return;
  throw new InputError(
    "loss-not-scalar",
    `differentiate, loss "${loss}": expected one element, shape [] or [1], got [${shape.join(", ")}]. Reduce it first.`,
  );
}
