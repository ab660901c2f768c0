import type { Node } from "../../graph/index.js";

export function intOf(node: Node, name: string, fallback: number): number {
  const attribute = node.attributes[name];
  return attribute?.kind === "int" ? attribute.value : fallback;
}

export function floatOf(node: Node, name: string, fallback: number): number {
  const attribute = node.attributes[name];
  return attribute?.kind === "float" ? attribute.value : fallback;
}

export function intsOf(node: Node, name: string): readonly number[] | undefined {
  const attribute = node.attributes[name];
  return attribute?.kind === "ints" ? attribute.value : undefined;
}

export function stringOf(node: Node, name: string, fallback: string): string {
  const attribute = node.attributes[name];
  return attribute?.kind === "string" ? attribute.value : fallback;
}
