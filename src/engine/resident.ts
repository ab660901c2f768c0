import type { InferenceSession, Tensor as RuntimeTensor } from "onnxruntime-node";
import { InputError, type Tensor } from "../base/index.js";
import { GraphBuilder, type Graph, type ValueInfo } from "../graph/index.js";
import { checkFeeds } from "./feeds.js";
import type { EngineOptions } from "./options.js";
import { translateError } from "./runtime-error.js";
import { fromRuntime, toRuntime } from "./runtime.js";
import { loadGraph } from "./session.js";

export interface ResidentOptions extends EngineOptions {
  /** Input by the output that takes its place after every run: parameters and what an optimizer carries along. */
  readonly loops: Readonly<Record<string, string>>;
}

/** A loaded graph, some of whose inputs stay on the device from run to run, so that only what is new crosses the bus. */
export interface ResidentSession {
  /**
   * Brings values to the device, in place of what was there under their names. Runs are not fed them.
   * @throws InputError `unknown-input`, `input-type`, `input-shape`
   */
  upload(values: Readonly<Record<string, Tensor>>): Promise<void>;
  /**
   * Computes the outputs. Those of the loops stay on the device, as the inputs of the next run.
   * @throws InputError `missing-input` and the like, `session-released`
   */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  /** What the device holds under these names of inputs. @throws InputError `not-resident` */
  download(names: readonly string[]): Promise<Record<string, Tensor>>;
  /** Frees the memory of both sides. A second call does nothing. */
  release(): Promise<void>;
}

/** All outputs, none of them into memory of ours. */
const wanted = ({ outputs }: Graph): Record<string, null> => Object.fromEntries(outputs.map(({ name }) => [name, null]));

/** A graph that hands its inputs through: run once, it copies them to where its outputs are wanted. */
function copyGraph(values: readonly ValueInfo[]): Graph {
  const builder = new GraphBuilder({ name: "copy" });
  for (const { name, dtype, shape } of values) builder.output(builder.op("Identity", [builder.input(name, dtype, shape)]), `${name}/copy`);
  return builder.build();
}

class DeviceSession implements ResidentSession {
  readonly #graph: Graph;
  readonly #options: ResidentOptions;
  readonly #runtime: InferenceSession;
  readonly #held = new Map<string, RuntimeTensor>();
  /** Of values that were brought here: the end of the session that brought them, and that they live no longer than. */
  readonly #origins = new Map<string, () => Promise<void>>();
  #released = false;

  constructor(graph: Graph, runtime: InferenceSession, options: ResidentOptions) {
    this.#graph = graph;
    this.#runtime = runtime;
    this.#options = options;
  }

  /** Opens a session that copies values from or to the device. What it leaves on the device lives no longer than it. */
  async #openCopy(names: readonly string[], to: "cpu" | "gpu-buffer"): Promise<{ copy: (feeds: Record<string, RuntimeTensor>) => Promise<Record<string, RuntimeTensor>>; release: () => Promise<void> }> {
    const { loops: _, ...options } = this.#options;
    const graph = copyGraph(this.#graph.inputs.filter(({ name }) => names.includes(name)));
    const { runtime } = await loadGraph(graph, options, Object.fromEntries(graph.outputs.map(({ name }) => [name, to])));
    return {
      copy: async (feeds) => {
        try {
          const results = await runtime.run(feeds, wanted(graph));
          return Object.fromEntries(names.map((name) => [name, results[`${name}/copy`] as RuntimeTensor]));
        } catch (error) {
          throw translateError(error, "run");
        }
      },
      release: () => runtime.release(),
    };
  }

  async #hold(values: Readonly<Record<string, RuntimeTensor>>, origin?: () => Promise<void>): Promise<void> {
    const left = new Set<() => Promise<void>>();
    for (const [name, value] of Object.entries(values)) {
      this.#held.get(name)?.dispose();
      this.#held.set(name, value);
      const before = this.#origins.get(name);
      if (before !== undefined) left.add(before);
      if (origin === undefined) this.#origins.delete(name);
      else this.#origins.set(name, origin);
    }
    const needed = new Set(this.#origins.values());
    for (const release of left) if (!needed.has(release)) await release();
  }

  async upload(values: Readonly<Record<string, Tensor>>): Promise<void> {
    const names = Object.keys(values);
    if (names.length === 0) return;
    checkFeeds({ inputs: this.#graph.inputs.filter(({ name }) => names.includes(name)), outputs: [] }, values);
    const { copy, release } = await this.#openCopy(names, "gpu-buffer");
    await this.#hold(await copy(Object.fromEntries(names.map((name) => [name, toRuntime(values[name]!)]))), release);
  }

  async run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    if (this.#released) throw new InputError("session-released", "session: expected one that is open, got one that was released. Create a new one.");
    const { loops } = this.#options;
    checkFeeds({ inputs: this.#graph.inputs.filter(({ name }) => !this.#held.has(name)), outputs: [] }, feeds);
    let results: InferenceSession.OnnxValueMapType;
    try {
      results = await this.#runtime.run({ ...Object.fromEntries(this.#held), ...Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, toRuntime(value)])) }, wanted(this.#graph));
    } catch (error) {
      throw translateError(error, "run");
    }
    await this.#hold(Object.fromEntries(Object.entries(loops).map(([input, output]) => [input, results[output] as RuntimeTensor])));
    const looped = new Set(Object.values(loops));
    return Object.fromEntries(this.#graph.outputs.filter(({ name }) => !looped.has(name)).map(({ name }) => [name, fromRuntime(results[name] as RuntimeTensor)]));
  }

  async download(names: readonly string[]): Promise<Record<string, Tensor>> {
    const absent = names.find((name) => !this.#held.has(name));
    if (absent !== undefined) throw new InputError("not-resident", `value "${absent}": expected one that was brought to the device, got another. Upload it first.`);
    if (names.length === 0) return {};
    const { copy, release } = await this.#openCopy(names, "cpu");
    try {
      const copied = await copy(Object.fromEntries(names.map((name) => [name, this.#held.get(name)!])));
      return Object.fromEntries(names.map((name) => [name, fromRuntime(copied[name]!)]));
    } finally {
      await release();
    }
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    for (const value of this.#held.values()) value.dispose();
    this.#held.clear();
    for (const release of new Set(this.#origins.values())) await release();
    this.#origins.clear();
    await this.#runtime.release();
  }
}

/**
 * Loads a graph whose looped values stay on the device.
 * @throws InputError `not-resident` where the device keeps nothing between runs; else as {@link createSession}
 */
export async function createResidentSession(graph: Graph, options: ResidentOptions): Promise<ResidentSession> {
  const { loops, ...engine } = options;
  if (!keepsValues(engine)) throw new InputError("not-resident", `device "${engine.device ?? "cpu"}": expected webgpu, whose values can stay between runs, got another. Create a plain session.`);
  const locations = Object.fromEntries(graph.outputs.map(({ name }) => [name, Object.values(loops).includes(name) ? ("gpu-buffer" as const) : ("cpu" as const)]));
  const { runtime, lowered } = await loadGraph(graph, engine, locations);
  return new DeviceSession(lowered, runtime, options);
}

/** Whether the runtime can leave values on this device between runs. On the CPU sessions write in place; with CUDA the runtime's JavaScript side brings all outputs back. */
export function keepsValues({ device = "cpu" }: Pick<EngineOptions, "device">): boolean {
  return device === "webgpu";
}
