import type { Tensor } from "../../base/index.js";
import type { Dim, Node } from "../model.js";

/** What a rewriting may ask of the graph it works in. */
export interface UpgradeContext {
  /** Operator-set version the file was written for. */
  readonly from: number;
  /** Name of an integer vector or of any tensor, added as a constant. */
  constant(value: Tensor | readonly number[] | number): string;
  /** A constant input's elements; undefined where they are computed. */
  ints(value: string | undefined): readonly number[] | undefined;
  shape(value: string): readonly Dim[];
  /** @throws UnsupportedError `opset-upgrade` naming the node */
  refuse(node: Node, what: string): never;
}

/** Changes of one operator over the versions: the nodes of operator set 17 that compute what an older or newer node computed. */
export interface Upgrade {
  /** The node is rewritten when the file's version is below `before` or at least `from`. */
  readonly before?: number;
  readonly from?: number;
  readonly summary: string;
  readonly rewrite: (node: Node, context: UpgradeContext) => Node;
}
