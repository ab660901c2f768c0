import { DataError, float32, zeros, type Tensor } from "../base/index.js";
import type { CheckpointContent } from "./checkpoint/encode.js";
import type { EpochRecord } from "./history.js";
import { firstScaling, type LossScaling } from "./loss-scaling.js";
import type { StepGraph } from "./step-graph.js";
import type { StateValue } from "./updates.js";

type Weights = ReadonlyMap<string, Tensor<"float32">>;

/** Where a run stands, as plain JSON. */
export interface RunRecord {
  /** Hash of everything that decides the run's numbers. */
  readonly fingerprint: string;
  epoch: number;
  /** Steps done in this epoch. */
  step: number;
  /** Steps done in all. */
  updates: number;
  /** Sums over the steps of this epoch. */
  sums: { loss: number; correct: number; images: number; seconds: number; idleSeconds: number; /** Steps without a finite loss, where those are left out. */ lost?: number };
  /** In half precision. */
  scaling?: LossScaling;
  history: EpochRecord[];
  seconds: number;
  finished: boolean;
  stoppedEarly: boolean;
}

/** Whether there is nothing left to do: the run is over, or paused where it was to pause. */
export function isDone({ finished, epoch }: RunRecord, untilEpoch = Infinity): boolean {
  return finished || epoch >= untilEpoch;
}

export const emptySums: RunRecord["sums"] = { loss: 0, correct: 0, images: 0, seconds: 0, idleSeconds: 0 };

/** Buffers that the next step writes: new ones, but for what is written in its own place. */
function nextBuffers({ state }: StepGraph, now: Weights): Map<string, Tensor<"float32">> {
  return new Map(state.map(({ name, shape, inPlace }) => [name, inPlace ? now.get(name)! : zeros("float32", shape)]));
}

/** Some rows of a tensor, in its memory. */
function rowsOf({ shape, data }: Tensor<"float32">, first: number, count: number): Tensor<"float32"> {
  const size = data.length / shape[0]!;
  return float32([count, ...shape.slice(1)], data.subarray(first * size, (first + count) * size));
}

/** The inputs of a step that a carried value is for: itself, and its rows where those are updated apart. The rows of a slot stand for it. */
export function stateInputs({ name, kind, rows }: StateValue, tensor: Tensor<"float32">): [string, Tensor<"float32">][] {
  const parts = (rows ?? []).map((part): [string, Tensor<"float32">] => [part.name, rowsOf(tensor, part.first, part.count)]);
  return rows !== undefined && kind === "slot" ? parts : [[name, tensor], ...parts];
}

/** The outputs of a step that write a carried value. */
export function stateOutputs({ next, rows }: StateValue, tensor: Tensor<"float32">): [string, Tensor<"float32">][] {
  return rows === undefined ? [[next, tensor]] : rows.map((part) => [part.next, rowsOf(tensor, part.first, part.count)]);
}

/**
 * Parameters and statistics in two sets of buffers: a step reads one set and writes the other, then they change places, so that nothing is copied.
 * The optimizer's state and large parameters have one set, which a step overwrites: only the update that writes a slot reads it, and
 * the update of a large parameter waits for the backward pass to have read it (operator AfterReads).
 */
export class RunState {
  record: RunRecord;
  /** Parameters and statistics of the best epoch, where one is chosen. */
  best: Map<string, Tensor<"float32">> | undefined;
  readonly #graph: StepGraph;
  #now: Map<string, Tensor<"float32">>;
  #next: Map<string, Tensor<"float32">>;

  #isWhole = true;

  constructor(graph: StepGraph, start: Weights, fingerprint: string) {
    this.#graph = graph;
    const fresh = graph.state.map(({ name, shape, kind }): [string, Tensor<"float32">] => {
      if (kind === "slot") return [name, zeros("float32", shape)];
      return [name, float32(shape, start.get(name)!.data.slice())];
    });
    this.#now = new Map(fresh);
    this.#next = nextBuffers(graph, this.#now);
    this.record = {
      fingerprint,
      epoch: 0,
      step: 0,
      updates: 0,
      ...(graph.scaling && { scaling: firstScaling }),
      sums: { ...emptySums },
      history: [],
      seconds: 0,
      finished: false,
      stoppedEarly: false,
    };
  }

  /** False from where a step gets its buffers to where it is done, as a step that failed may have overwritten a part; and while a device has the state. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** State inputs of the next step. */
  feeds(): Record<string, Tensor> {
    return Object.fromEntries(this.#graph.state.flatMap((value) => stateInputs(value, this.#now.get(value.name)!)));
  }

  /** Buffers for the state outputs of the next step, by output name. */
  targets(): Record<string, Tensor> {
    this.#isWhole = false;
    return Object.fromEntries(this.#graph.state.flatMap((value) => stateOutputs(value, this.#next.get(value.name)!)));
  }

  /** Makes what the step wrote the present state. */
  swap(): void {
    this.#isWhole = true;
    [this.#now, this.#next] = [this.#next, this.#now];
  }

  /** Running statistics as they are now, to go back to. */
  copyStatistics(): Map<string, Float32Array> {
    return new Map(this.#graph.state.flatMap(({ name, kind }) => (kind === "statistic" ? [[name, this.#now.get(name)!.data.slice()]] : [])));
  }

  /** Goes back to statistics that were copied: the step that moved them is not taken. */
  restoreStatistics(copies: ReadonlyMap<string, Float32Array>): void {
    for (const [name, data] of copies) this.#now.get(name)!.data.set(data);
  }

  /** What was written in place is the present state. */
  keep(): void {
    this.#isWhole = true;
  }

  /** The state is on a device from now on, and what is here is out of date. */
  lend(): void {
    this.#isWhole = false;
  }

  /** Takes what a device made of the state. */
  takeBack(values: Readonly<Record<string, Tensor>>): void {
    this.#now = new Map(this.#graph.state.map(({ name }) => [name, values[name] as Tensor<"float32">]));
    this.#isWhole = true;
  }

  /** Parameters and statistics as they are now; valid until the next step. */
  weights(): Map<string, Tensor<"float32">> {
    const kept = this.#graph.state.filter(({ kind }) => kind !== "slot");
    return new Map(kept.map(({ name }) => [name, this.#now.get(name)!]));
  }

  keepBest(): void {
    this.best = new Map([...this.weights()].map(([name, { shape, data }]) => [name, float32(shape, data.slice())]));
  }

  toCheckpoint(): CheckpointContent {
    const best = [...(this.best ?? [])].map(([name, tensor]): [string, Tensor<"float32">] => [`best/${name}`, tensor]);
    return { tensors: new Map([...this.#now, ...best]), record: this.record };
  }

  /**
   * Goes back to a checkpoint.
   * @throws DataError `checkpoint-mismatch` when it belongs to a run with other settings, data or start
   */
  restore({ tensors, record }: CheckpointContent, directory: string): void {
    const stored = record as RunRecord;
    if (stored.fingerprint !== this.record.fingerprint) {
      throw new DataError(
        "checkpoint-mismatch",
        `${directory}: expected a checkpoint of this run, got one with other settings, data or start weights. Choose another folder, or delete it to start again.`,
      );
    }
    this.record = stored;
    this.#now = new Map(this.#graph.state.map(({ name }) => [name, tensors.get(name)!]));
    this.#next = nextBuffers(this.#graph, this.#now);
    const best = [...tensors].filter(([name]) => name.startsWith("best/"));
    this.best = best.length === 0 ? undefined : new Map(best.map(([name, tensor]) => [name.slice("best/".length), tensor]));
  }
}
