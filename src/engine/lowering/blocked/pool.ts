import type { OperatorName } from "../../../graph/index.js";
import { intsOf } from "../attributes.js";
import type { BlockedRule } from "./contract.js";

/** A pool by the runtime's blocked operator of the same name. */
function pool(op: OperatorName & `nchwc.${string}`): BlockedRule {
  return (graph, node) => {
    const [x] = node.inputs as [string];
    const dilated = intsOf(node, "dilations")?.some((d) => d !== 1) ?? false;
    if (!graph.blockable(x) || !graph.isBlocked(x) || node.outputs.length !== 1 || dilated) return false;
    graph.setFromNode(node, [graph.blocked(x)], { op: op.slice("nchwc.".length), domain: "com.microsoft.nchwc" });
    return true;
  };
}

export const maxPool = pool("nchwc.MaxPool");
export const averagePool = pool("nchwc.AveragePool");
export const globalAveragePool = pool("nchwc.GlobalAveragePool");
