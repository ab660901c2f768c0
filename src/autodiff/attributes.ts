import { InternalError } from "../base/index.js";
import type { Attribute, Node } from "../graph/index.js";

type Kinds = { [A in Attribute as A["kind"]]: A["value"] };

function read<K extends keyof Kinds>(node: Node, name: string, kind: K): Kinds[K] | undefined {
  const attribute = node.attributes[name];
  if (attribute === undefined) return undefined;
  if (attribute.kind !== kind) {
    throw new InternalError(
      "attribute-kind",
      `${node.op} "${node.name}", attribute "${name}": expected kind ${kind}, got ${attribute.kind}.`,
    );
  }
  return attribute.value as Kinds[K];
}

/** The node's integer attribute, or the fallback where the node leaves it out. */
export function intOf(node: Node, name: string, fallback: number): number {
  return read(node, name, "int") ?? fallback;
}

/** The node's float attribute, or the fallback where the node leaves it out. */
export function floatOf(node: Node, name: string, fallback: number): number {
  const attribute = node.attributes[name];
  return attribute?.kind === "int" ? attribute.value : (read(node, name, "float") ?? fallback);
}

/** The node's text attribute, or the fallback where the node leaves it out. */
export function stringOf(node: Node, name: string, fallback: string): string {
  return read(node, name, "string") ?? fallback;
}

/** The node's list of integers, or undefined where the node leaves it out. */
export function intsOf(node: Node, name: string): readonly number[] | undefined {
  return read(node, name, "ints");
}

/** Counts a negative axis from the end. */
export function positiveAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}
