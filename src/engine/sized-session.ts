import { type Tensor, zeros } from "../base/index.js";
import type { Graph, ValueInfo } from "../graph/index.js";
import { checkFeeds } from "./feeds.js";
import type { Session } from "./session.js";

/** Images of a run: more bring no speed on a processor, and each size is a session with weights of its own. */
export const partSize = 4;

function startsWith({ shape }: ValueInfo, name: string): boolean {
  return shape[0] === name && shape.slice(1).every((extent) => typeof extent === "number");
}

/** The named extent along which a graph can be run in parts: every output, and every input that is not of one size, has it first and no other. */
export function batchNameOf({ inputs, outputs }: Pick<Graph, "inputs" | "outputs">): string | undefined {
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

/**
 * A session for a graph that computes faster when its batch is known: any number of images is run a few at a time, the rest one by one,
 * each by a session of that size, which is opened when it is first needed.
 * @param open a session in which the batch has that size
 */
export function openSized(graph: Graph, name: string, open: (size: number) => Promise<Session>): Session {
  const { inputs, outputs } = graph;
  const named = new Set(inputs.filter(({ shape }) => shape[0] === name).map((input) => input.name));
  const sessions = new Map<number, Promise<Session>>();
  const sessionOf = (size: number): Promise<Session> => {
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
        const size = count - first >= partSize ? partSize : 1;
        const session = await sessionOf(size);
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
