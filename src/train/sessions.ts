import { Memo, sizeOf } from "../base/index.js";
import { createResidentSession, createSession, keepsValues, type EngineOptions, type ResidentSession, type Session } from "../engine/index.js";
import { sha256 } from "../files/index.js";
import { encodeModel, isStatic, opsetOf, type Graph } from "../graph/index.js";

/** Numbers of the largest input below which a graph without images is not worth a second thread. */
const fewNumbers = 2 ** 20;

/** Whether a graph computes on rows of features in less time than other threads need to wake, or take from the sessions beside it by waiting. */
function isSmall({ inputs }: Graph): boolean {
  return inputs.every(({ shape }) => shape.length <= 2 && isStatic(shape) && sizeOf(shape) <= fewNumbers);
}

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

  /** How sessions are made. */
  get engine(): EngineOptions {
    return this.#engine;
  }

  /** The session of a graph. Equal graphs (constants included) get the same one. */
  get(graph: Graph): Promise<Session> {
    return this.#get(graphSha256(graph), () => createSession(graph, isSmall(graph) ? { ...this.#engine, threads: 1 } : this.#engine));
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

/** Digests of graphs already seen: hashing a frozen network's constants takes as long as running it on a few images. */
const digests = new Memo<Graph, string>();

/** SHA-256 of a graph with its constants. */
export function graphSha256(graph: Graph): string {
  return digests.get(graph, "", () => sha256(encodeModel({ graph, opsets: opsetOf(graph), producer: "", metadata: {} })));
}
