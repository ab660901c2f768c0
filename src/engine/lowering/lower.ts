import type { Graph } from "../../graph/index.js";
import { eliminateDeadNodes } from "../../graph/index.js";
import type { Device } from "../options.js";
import { InputError } from "../../base/index.js";
import { lowerBlocked } from "./lower-blocked.js";
import { widenLongSums } from "./long-sums.js";
import { lowerPlain } from "./lower-plain.js";
import { orderReads } from "./order-reads.js";

/** How a lowered graph keeps its values in memory. */
export interface LoweringTarget {
  readonly layout: "plain" | "blocked";
  /** Channels per block of the runtime's blocked layout on this machine; not read for `"plain"`. */
  readonly block?: number;
  /** Where the graph will run; default `"cpu"`. */
  readonly device?: Device;
  /** Numbers for named extents. */
  readonly extents?: Readonly<Record<string, number>>;
}

/**
 * Writes a graph in operators the runtime has: composites become their forms, and with the blocked layout convolutions
 * and what lies between them stay in the runtime's own memory order. Inputs and outputs keep name, type and shape.
 */
export function lower(graph: Graph, target: LoweringTarget): Graph {
  const { layout, block, extents, device = "cpu" } = target;
  if (layout === "plain") {
    const plain = eliminateDeadNodes(lowerPlain(graph, { device, extents })).graph;
    return orderReads(device === "webgpu" ? widenLongSums(plain) : plain, { inPlace: device === "cpu" });
  }
  if (block === undefined) throw new InputError("block", `block: expected 8 or 16 with the blocked layout, got none.`);
  return orderReads(eliminateDeadNodes(lowerBlocked(graph, { block, extents })).graph, { inPlace: true });
}
