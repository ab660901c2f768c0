import { operators, type Node, type OperatorName } from "../graph/index.js";

const byDomainAndOp = new Map(
  Object.entries(operators).map(([name, schema]) => [`${schema.domain}:${schema.op ?? name}`, name as OperatorName]),
);

/** Key of a node's operator on the graph room's shelf, or undefined for a foreign operator. */
export function operatorNameOf(node: Node): OperatorName | undefined {
  return byDomainAndOp.get(`${node.domain}:${node.op}`);
}
