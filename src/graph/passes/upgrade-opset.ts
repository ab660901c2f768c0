import { UnsupportedError } from "../../base/index.js";
import { GraphBuilder } from "../graph-builder.js";
import { nodeTitle } from "../infer-node.js";
import type { Graph, Model, Node } from "../model.js";
import { onnxOpset } from "../opsets.js";
import { upgrades } from "../upgrades/index.js";
import type { UpgradeContext } from "../upgrades/contract.js";

/** Oldest operator set whose elementwise operators broadcast as today's. */
const oldestOpset = 7;

/**
 * The graph of a model of any operator set from 7 on, in operators of set 17.
 * @throws UnsupportedError `opset` for an older file, `opset-upgrade` naming the node that has no form in set 17
 */
export function upgradeOpset({ graph, opsets }: Pick<Model, "graph" | "opsets">): Graph {
  const from = opsets[""] ?? opsets["ai.onnx"] ?? onnxOpset;
  if (from < oldestOpset) {
    throw new UnsupportedError("opset", `${graph.name}: expected ONNX operator set ${oldestOpset} or newer, got ${from}. Export the network again.`);
  }
  const builder = new GraphBuilder({ name: graph.name });
  const context: UpgradeContext = {
    from,
    constant: (value) => builder.constant(value),
    ints: (value) => {
      const known = value === undefined ? undefined : builder.constantValue(value);
      return known === undefined ? undefined : Array.from(known.data as Iterable<number | bigint>, Number);
    },
    shape: (value) => builder.shape(value),
    refuse: (node, what) => {
      throw new UnsupportedError("opset-upgrade", `${nodeTitle(node)}: expected a form that ONNX operator set ${onnxOpset} has, got ${what}. Export the network with opset ${onnxOpset}.`);
    },
  };
  for (const { name, dtype, shape } of graph.inputs) builder.input(name, dtype, shape);
  for (const [name, value] of graph.initializers) builder.initializer(name, value);
  for (const node of graph.nodes) builder.append(upgraded(node, context), graph.values);
  for (const { name } of graph.outputs) builder.output(name);
  return builder.build();
}

function upgraded(node: Node, context: UpgradeContext): Node {
  if (node.domain !== "" || !Object.hasOwn(upgrades, node.op)) return node;
  let result = node;
  for (const { before = -Infinity, from = Infinity, rewrite } of upgrades[node.op]!) {
    if (context.from < before || context.from >= from) result = rewrite(result, context);
  }
  return result;
}
