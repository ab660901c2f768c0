import { type Tensor, zeros } from "../base/index.js";
import type { Graph, ValueInfo } from "../graph/index.js";
import { checkFeeds } from "./feeds.js";
import { isMostlyLinear } from "./lowering/mostly-linear.js";
import { isMostlyTiled } from "./lowering/mostly-tiled.js";
import type { EngineOptions } from "./options.js";
import type { Session } from "./session.js";

/** Images of a run of a network that is computed in tiles: more bring no speed on a processor, and each size is a session with weights of its own. */
const tiledImages = 4;
/** Images of a run of linear layers on pixels: what one hands on to the next stays in the cache. */
const linearImages = 2;

/** How a graph of any batch is run a few images at a time. */
export interface Parts {
  /** Name of the batch. */
  readonly name: string;
  readonly images: number;
  /** Whether the size of a part has to be known when its session is made. */
  readonly isSized: boolean;
}

function startsWith({ shape }: ValueInfo, name: string): boolean {
  return shape[0] === name && shape.slice(1).every((extent) => typeof extent === "number");
}

/** The named extent along which a graph can be run in parts: every output, and every input that is not of one size, has it first and no other. */
function batchNameOf({ inputs, outputs }: Pick<Graph, "inputs" | "outputs">): string | undefined {
  const name = outputs[0]?.shape[0];
  if (typeof name !== "string" || !outputs.every((output) => startsWith(output, name))) return undefined;
  const named = inputs.filter(({ shape }) => shape.some((extent) => typeof extent === "string"));
  return named.length > 0 && named.every((input) => startsWith(input, name)) ? name : undefined;
}

/** Some rows, in the same memory, of those tensors that have a row for each image. */
function partOf(values: Readonly<Record<string, Tensor>>, hasRows: (name: string) => boolean, { first, size }: { readonly first: number; readonly size: number }): Record<string, Tensor> {
  const rowsOf = ({ dtype, shape, data }: Tensor): Tensor => {
    const length = data.length / shape[0]!;
    return { dtype, shape: [size, ...shape.slice(1)], data: data.subarray(first * length, (first + size) * length) };
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, hasRows(name) ? rowsOf(value) : value]));
}

/** The parts in which a graph is computed faster on a processor; undefined where it is best run whole, or can only be. */
export function partsOf(graph: Graph, { device = "cpu", layout = "auto", extents = {} }: EngineOptions): Parts | undefined {
  const name = device === "cpu" && layout === "auto" ? batchNameOf(graph) : undefined;
  if (name === undefined || extents[name] !== undefined) return undefined;
  if (isMostlyTiled(graph, { ...extents, [name]: tiledImages })) return { name, images: tiledImages, isSized: true };
  return isMostlyLinear(graph) ? { name, images: linearImages, isSized: false } : undefined;
}

/** Images that a network with constant weights is best given at once, of as many as there may be. */
export function imagesAtOnce(graph: Graph, most: number): number {
  return isMostlyLinear(graph) ? Math.min(most, linearImages) : most;
}

/**
 * A session for a graph that is computed faster a few images at a time. Where their number has to be known, what is left over is run one by
 * one, and the session of each size is opened when it is first needed.
 * @param open a session for parts: of that size where one is given, else of any
 */
export function openInParts(graph: Graph, { name, images, isSized }: Parts, open: (size?: number) => Promise<Session>): Session {
  const { inputs, outputs } = graph;
  const named = new Set(inputs.filter(({ shape }) => shape[0] === name).map((input) => input.name));
  const sessions = new Map<number | undefined, Promise<Session>>();
  const sessionOf = (size?: number): Promise<Session> => {
    const known = sessions.get(size);
    if (known !== undefined) return known;
    const session = open(size);
    sessions.set(size, session);
    session.catch(() => sessions.delete(size));
    return session;
  };
  return {
    inputs,
    outputs,
    run: async (feeds, into = {}) => {
      checkFeeds(graph, feeds, into);
      const count = feeds[[...named][0]!]!.shape[0]!;
      const results = Object.fromEntries(outputs.map((output) => [output.name, into[output.name] ?? zeros(output.dtype, [count, ...(output.shape.slice(1) as number[])])]));
      let first = 0;
      while (first < count) {
        const left = Math.min(images, count - first);
        const size = isSized && left < images ? 1 : left;
        const session = await sessionOf(isSized ? size : undefined);
        await session.run(partOf(feeds, (key) => named.has(key), { first, size }), partOf(results, () => true, { first, size }));
        first += size;
      }
      return results;
    },
    release: async () => {
      for (const session of sessions.values()) await (await session).release();
    },
  };
}
