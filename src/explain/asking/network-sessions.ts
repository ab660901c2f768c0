import { differentiate } from "../../autodiff/index.js";
import type { Tensor } from "../../base/index.js";
import { createSession, type EngineOptions, type Session } from "../../engine/index.js";
import { GraphBuilder, eliminateDeadNodes, extractSubgraph, inlineInto, type Graph } from "../../graph/index.js";
import type { Network } from "../../models/index.js";
import { bindFolded } from "../bind-folded.js";
import { requireLayer } from "../layers.js";
import type { Need } from "../methods/contract.js";
import { addScore } from "../targets/add-score.js";
import { isUnitTarget, type Target } from "../targets/target.js";

/** The parts of a network that methods ask, each a session of its own that is opened when it is first asked for. */
export interface NetworkSessions {
  /** `input` -> `logits`, and the layer's activations where a method needs them. */
  readonly forward: () => Promise<Session>;
  /** `input`, `selector` [N, K] -> `score` [N]. */
  readonly score: () => Promise<Session>;
  /** `image` and `baseline` [1, C, H, W], `mask` [N, 1, H, W], `selector` -> `score` of baseline + mask (image - baseline). */
  readonly mixed: () => Promise<Session>;
  /** As `score`, and `gradient` [N, C, H, W]. */
  readonly gradient: () => Promise<Session>;
  /** The layer, `selector`, and `input` where something bypasses the layer -> `score`. */
  readonly tail: () => Promise<Session>;
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
 * Prepares what a method may ask of a network.
 * @throws NotFoundError `unknown-layer`; InputError `target-class`, `target-unit`
 */
export function openNetwork(
  network: Network,
  weights: ReadonlyMap<string, Tensor>,
  { target, layer, needs, engine }: { readonly target: Target; readonly layer: string; readonly needs: readonly Need[]; readonly engine?: EngineOptions },
): NetworkSessions {
  requireLayer(network.graph, layer);
  const builder = GraphBuilder.from(bindFolded(network, weights, [layer, isUnitTarget(target) ? target.layer : []].flat()));
  const batch = builder.shape("input")[0]!;
  const selector = builder.input("selector", "float32", [batch, network.classes]);
  const { scores, total } = addScore(builder, target, network.classes, selector);
  const graph = builder.build();

  const open: Promise<Session>[] = [];
  const once = (part: () => Graph) => {
    let opened: Promise<Session> | undefined;
    return () => {
      if (opened === undefined) open.push((opened = createSession(part(), engine)));
      return opened;
    };
  };
  return {
    forward: once(() => only(graph, { logits: "logits", ...(needs.includes("activations") && { activations: layer }) })),
    score: once(() => only(graph, { score: scores })),
    mixed: once(() => mixedGraph(only(graph, { score: scores }))),
    gradient: once(() => {
      const { graph: backward, gradients } = differentiate(graph, total, ["input"]);
      return only(backward, { score: scores, gradient: gradients["input"]! });
    }),
    tail: once(() => only(extractSubgraph(graph, [layer], [scores]), { score: scores })),
    layer,
    release: async () => {
      for (const opened of await Promise.allSettled(open)) if (opened.status === "fulfilled") await opened.value.release();
    },
  };
}

/** The graph behind a mixture of two images: the runtime mixes faster than loops do. */
function mixedGraph(graph: Graph): Graph {
  const [batch, ...extent] = graph.values.get("input")!.shape;
  const builder = new GraphBuilder({ name: graph.name });
  const image = builder.input("image", "float32", [1, ...extent]);
  const baseline = builder.input("baseline", "float32", [1, ...extent]);
  const mask = builder.input("mask", "float32", [batch!, 1, ...extent.slice(1)]);
  const mixture = builder.scope("mixture", () => builder.op("Add", [baseline, builder.op("Mul", [mask, builder.op("Sub", [image, baseline])])]));
  const { score } = inlineInto(builder, graph, { bind: { input: mixture } });
  builder.output(score!, "score");
  return builder.build();
}
