import { createResidentSession, createSession, keepsValues, type EngineOptions, type ResidentSession, type Session } from "../engine/index.js";
import { sha256 } from "../files/index.js";
import { encodeModel, opsetOf, type Graph } from "../graph/index.js";

/**
 * Sessions that are used again: the five folds of a cell run the same step graph, and making a session takes seconds. The least recently used is released.
 */
export class SessionCache {
  readonly #sessions = new Map<string, Promise<Session | ResidentSession>>();
  readonly #engine: EngineOptions;
  readonly #limit: number;

  /** @param options.limit sessions kept at once; each holds its working memory */
  constructor(options: { readonly engine?: EngineOptions; readonly limit?: number } = {}) {
    this.#engine = options.engine ?? {};
    this.#limit = options.limit ?? 4;
  }

  /** Whether the device can keep a step's state from run to run. */
  get keepsValues(): boolean {
    return keepsValues(this.#engine);
  }

  /** The session of a graph. Equal graphs (constants included) get the same one. */
  get(graph: Graph): Promise<Session> {
    return this.#get(graphSha256(graph), () => createSession(graph, { arena: inputBytes(graph) < mostBytesInArena, ...this.#engine }));
  }

  /** The session of a graph whose looped values stay on the device; `loops` is the output by input. */
  getResident(graph: Graph, loops: Readonly<Record<string, string>>): Promise<ResidentSession> {
    return this.#get(`resident ${graphSha256(graph)}`, () => createResidentSession(graph, { ...this.#engine, loops }));
  }

  async #get<T extends Session | ResidentSession>(key: string, open: () => Promise<T>): Promise<T> {
    const known = this.#sessions.get(key) as Promise<T> | undefined;
    const session = known ?? open();
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    if (known === undefined) {
      session.catch(() => this.#sessions.delete(key));
      for (const [old, other] of [...this.#sessions].slice(0, Math.max(0, this.#sessions.size - this.#limit))) {
        this.#sessions.delete(old);
        await (await other).release();
      }
    }
    return session;
  }

  /** Releases every session. */
  async release(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of sessions) await (await session).release();
  }
}

/**
 * What a step reads above which the runtime gives memory back as soon as it can. Its arena grows by doubling and keeps what it has:
 * where weights and optimizer alone take gigabytes, as for ConvNeXt-Large, there is no room for that.
 */
const mostBytesInArena = 2 ** 31;

/** Bytes of a graph's inputs: the parameters and the optimizer's state, and beside them the images. A named extent counts as 1. */
export function inputBytes({ inputs }: Graph): number {
  const elements = inputs.map(({ shape }) => shape.reduce<number>((n, extent) => (typeof extent === "number" ? n * extent : n), 1));
  return 4 * elements.reduce((sum, n) => sum + n, 0);
}

/** SHA-256 of a graph with its constants. */
export function graphSha256(graph: Graph): string {
  const model = { graph, opsets: opsetOf(graph), producer: "", metadata: {} };
  return sha256(encodeModel(model));
}
