import os from "node:os";
import type { StudyTask } from "../../study/index.js";

/** Share of the machine's memory that tasks may use unless told. */
const usualShare = 0.8;

/** Memory that this process may use: the machine's, or less in a container. */
export function usableMemory(): number {
  const limit = process.constrainedMemory();
  const total = os.totalmem();
  return usualShare * (limit > 0 && limit < total ? limit : total);
}

/** Tasks of one network and row need about the same. */
function kindOf({ cell }: StudyTask): string {
  return cell;
}

interface Running {
  readonly task: StudyTask;
  readonly memory: () => { readonly bytes: number; readonly peakBytes: number };
}

/**
 * Decides which task may be started beside those that run, so that all together stay within a budget. What a kind of task needs is known once one was
 * seen: the first of its kind is started alone, or where half of the budget is free.
 */
export class MemoryBudget {
  readonly #bytes: number;
  readonly #peaks = new Map<string, number>();
  readonly #running = new Map<string, Running>();

  constructor(bytes: number = usableMemory()) {
    this.#bytes = bytes;
  }

  #expect({ task, memory }: Running): number {
    return Math.max(memory().peakBytes, this.#peaks.get(kindOf(task)) ?? 0);
  }

  get #expected(): number {
    return [...this.#running.values()].reduce((sum, one) => sum + this.#expect(one), 0);
  }

  /** Whether a task fits beside those that run. Nothing runs: it does, whatever it needs. */
  admits(task: StudyTask): boolean {
    if (this.#running.size === 0) return true;
    const known = this.#peaks.get(kindOf(task));
    const free = this.#bytes - this.#expected;
    // Two unknown ones at a time would be a guess on a guess.
    if (known === undefined) return free > this.#bytes / 2 && [...this.#running.values()].every((one) => this.#peaks.has(kindOf(one.task)) || one.memory().peakBytes > 0);
    return known <= free;
  }

  start(running: Running): void {
    this.#running.set(running.task.id, running);
  }

  end({ id }: StudyTask): void {
    const one = this.#running.get(id);
    if (one === undefined) return;
    this.#peaks.set(kindOf(one.task), this.#expect(one));
    this.#running.delete(id);
  }

  /** The task to be taken back when all together hold more than the budget: the one begun last, unless it is the only one. */
  excess(): StudyTask | undefined {
    const held = [...this.#running.values()].reduce((sum, { memory }) => sum + memory().bytes, 0);
    return held > this.#bytes && this.#running.size > 1 ? [...this.#running.values()].at(-1)!.task : undefined;
  }
}
