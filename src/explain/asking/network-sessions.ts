import { differentiate } from "../../autodiff/index.js";
import type { Tensor } from "../../base/index.js";
import { createSession, type EngineOptions, type Session } from "../../engine/index.js";
import { GraphBuilder, bindConstants, eliminateDeadNodes, extractSubgraph, type Graph } from "../../graph/index.js";
import type { Network } from "../../models/index.js";
import { requireLayer } from "../layers.js";
import type { Need } from "../methods/contract.js";
import { addScore } from "../targets/add-score.js";
import type { Target } from "../targets/target.js";

/** The parts of a network that methods ask, each a session of its own. */
export interface NetworkSessions {
  /** `input` -> `logits`, and the layer's activations where a method needs them. */
  readonly forward: Session;
  /** `input`, `selector` [N, K] -> `score` [N]. */
  readonly score: Session;
  /** The same, and `gradient` [N, C, H, W]. */
  readonly gradient?: Session;
  /** The layer, `selector`, and `input` where something bypasses the layer -> `score`. */
  readonly tail?: Session;
  readonly layer: string;
  release(): Promise<void>;
}

/** The network's graph with the outputs asked for and nothing that they do not need. */
function only(graph: Graph, outputs: Readonly<Record<string, string>>): Graph {
  const builder = GraphBuilder.from({ ...graph, outputs: [] });
  for (const [name, value] of Object.entries(outputs)) builder.output(value, name);
  const trimmed = eliminateDeadNodes(builder.build()).graph;
  const used = new Set(trimmed.nodes.flatMap(({ inputs }) => inputs));
  return { ...trimmed, inputs: trimmed.inputs.filter(({ name }) => used.has(name)) };
}

/**
 * Opens what a method needs of a network.
 * @throws NotFoundError `unknown-layer`; InputError `target-class`, `target-unit`
 */
export async function openNetwork(
  network: Network,
  weights: ReadonlyMap<string, Tensor>,
  { target, layer, needs, engine }: { readonly target: Target; readonly layer: string; readonly needs: readonly Need[]; readonly engine?: EngineOptions },
): Promise<NetworkSessions> {
  requireLayer(network.graph, layer);
  const builder = GraphBuilder.from(bindConstants(network.graph, weights).graph);
  const batch = builder.shape("input")[0]!;
  const selector = builder.input("selector", "float32", [batch, network.classes]);
  const { scores, total } = addScore(builder, target, network.classes, selector);
  const graph = builder.build();

  const open: Session[] = [];
  const session = async (part: Graph) => {
    const opened = await createSession(part, engine);
    open.push(opened);
    return opened;
  };
  const release = async () => {
    for (const opened of open) await opened.release();
  };
  const gradientGraph = () => {
    const { graph: backward, gradients } = differentiate(graph, total, ["input"]);
    return only(backward, { score: scores, gradient: gradients["input"]! });
  };
  const wantsLayer = needs.includes("activations");
  try {
    return {
      forward: await session(only(graph, { logits: "logits", ...(wantsLayer && { activations: layer }) })),
      score: await session(only(graph, { score: scores })),
      ...(needs.includes("gradients") && { gradient: await session(gradientGraph()) }),
      ...(wantsLayer && { tail: await session(only(extractSubgraph(graph, [layer], [scores]), { score: scores })) }),
      layer,
      release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}
