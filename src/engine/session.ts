import type { InferenceSession, Tensor as RuntimeTensor } from "onnxruntime-node";
import { InputError, zeros } from "../base/index.js";
import type { DataType, Tensor } from "../base/index.js";
import type { Graph, ValueInfo } from "../graph/index.js";
import { encodeModel, opsetOf } from "../graph/index.js";
import { checkFeeds } from "./feeds.js";
import { keepsFreedMemory } from "./input-bytes.js";
import { openInParts, partsOf } from "./in-parts.js";
import { lowerFor } from "./lower-for.js";
import type { EngineOptions } from "./options.js";
import { translateError } from "./runtime-error.js";
import { fromRuntime, openRuntimeSession, toRuntime, type OutputLocations } from "./runtime.js";
import { isUnread, isWorthwhile, unreadOutput, withUnreadOutput } from "./unread-output.js";

/** A loaded graph. Runs of one session follow each other; the thread that calls `run` does the work. */
export interface Session {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /**
   * Computes all outputs. The same feeds and number of threads give the same bits.
   * @param into tensors that outputs are written into, instead of new ones
   * @throws InputError `unknown-input`, `missing-input`, `input-type`, `input-shape`, `out-of-memory`, `session-released`
   */
  run(feeds: Readonly<Record<string, Tensor>>, into?: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  /** Frees the memory. A second call does nothing. */
  release(): Promise<void>;
}

interface Interface {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

interface WrapOptions {
  readonly profiled: boolean;
  /** Whether the model has the output that ends the handing over. */
  readonly hasUnread?: boolean;
}

/** Buffers for all outputs where some are given: those that are missing are made. */
function completed({ outputs }: Interface, into: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(outputs.map(({ name, dtype, shape }) => [name, into[name] ?? zeros(dtype, shape as number[])]));
}

function wrap(runtime: InferenceSession, graph: Interface, { profiled, hasUnread = false }: WrapOptions): Session {
  let released = false;
  /** Runs into buffers alone; the binding's refusal of the first output is the sign that all is done. */
  const runInto = async (inputs: Record<string, RuntimeTensor>, into: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> => {
    const fetches = Object.fromEntries(Object.entries(into).map(([name, value]) => [name, toRuntime(value)]));
    try {
      await runtime.run(inputs, { [unreadOutput]: null, ...fetches });
    } catch (error) {
      if (!isUnread(error)) throw error;
    }
    return { ...into };
  };
  return {
    inputs: graph.inputs,
    outputs: graph.outputs,
    run: async (feeds, into = {}) => {
      if (released) throw new InputError("session-released", "session: expected one that is open, got one that was released. Create a new one.");
      checkFeeds(graph, feeds, into);
      const inputs = Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, toRuntime(value)]));
      const fetches = Object.fromEntries(graph.outputs.map(({ name }) => [name, into[name] ? toRuntime(into[name]) : null]));
      try {
        if (hasUnread && Object.keys(into).length > 0) return await runInto(inputs, completed(graph, into));
        const results = await runtime.run(inputs, fetches);
        return Object.fromEntries(graph.outputs.map(({ name }) => [name, into[name] ?? fromRuntime(results[name]!)]));
      } catch (error) {
        throw translateError(error, "run");
      }
    },
    release: async () => {
      if (released) return;
      released = true;
      if (profiled) runtime.endProfiling();
      await runtime.release();
    },
  };
}

/** Nodes above which the runtime's slower optimizations, whose time grows faster than the graph, cost more than they bring. */
const mostOptimizedNodes = 10_000;

/** A graph as the runtime has it, and in the operators that the device runs. `locations` says where outputs are wanted: in memory if left out. */
export async function loadGraph(graph: Graph, options: EngineOptions, locations?: OutputLocations): Promise<{ runtime: InferenceSession; lowered: Graph; hasUnread: boolean }> {
  const lowered = await lowerFor(graph, options);
  const model = encodeModel({ graph: lowered, opsets: opsetOf(lowered), producer: "osteon", metadata: {} });
  const { optimize = lowered.nodes.length > mostOptimizedNodes ? "basic" : "all" } = options;
  const { arena = keepsFreedMemory(graph) } = options;
  const hasUnread = locations === undefined && isWorthwhile(lowered.outputs, options.device);
  return { runtime: await openRuntimeSession(hasUnread ? withUnreadOutput(model) : model, { ...options, optimize, arena }, "load-graph", locations), lowered, hasUnread };
}

/**
 * Loads a graph: composites are lowered to what the device has, and convolutions keep the runtime's blocked layout
 * where that is faster.
 * @throws UnsupportedError `device-unavailable`, `operator-unsupported`
 * @throws InputError `threads`, `unknown-device`, `out-of-memory`
 */
export async function createSession(graph: Graph, options: EngineOptions = {}): Promise<Session> {
  const parts = partsOf(graph, options);
  if (parts === undefined) return openWhole(graph, options);
  return openInParts(graph, parts, (size) => openWhole(graph, size === undefined ? options : { ...options, extents: { ...options.extents, [parts.name]: size } }));
}

async function openWhole(graph: Graph, options: EngineOptions): Promise<Session> {
  const { runtime, lowered, hasUnread } = await loadGraph(graph, options);
  return wrap(runtime, lowered, { profiled: options.profile !== undefined, hasUnread });
}

function interfaceOf(runtime: InferenceSession): Interface {
  const describe = (metadata: readonly InferenceSession.ValueMetadata[]): ValueInfo[] =>
    metadata.map((info) => {
      if (!info.isTensor) throw new InputError("model-interface", `value "${info.name}": expected a tensor, got something else.`);
      return { name: info.name, dtype: info.type as DataType, shape: info.shape.map((dim, axis) => (dim === "" ? `${info.name}.${axis}` : dim)) };
    });
  return { inputs: describe(runtime.inputMetadata), outputs: describe(runtime.outputMetadata) };
}

/**
 * Loads any ONNX file as it is.
 * @throws DataError `model-unreadable`
 */
export async function createSessionFromBytes(model: Uint8Array, options: EngineOptions = {}): Promise<Session> {
  const runtime = await openRuntimeSession(model, options, "load-file");
  return wrap(runtime, interfaceOf(runtime), { profiled: options.profile !== undefined });
}
