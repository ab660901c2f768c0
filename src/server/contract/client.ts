import type { Problem } from "./basics.js";
import type { RouteFacts } from "./route.js";
import { apiPrefix, routes, type BodyOf, type ParamsOf, type QueryOf, type ResponseOf, type RouteName } from "./routes.js";

type Needed<T> = { [K in keyof T as T[K] extends undefined ? never : object extends T[K] ? never : K]: T[K] };
type Free<T> = { [K in keyof T as T[K] extends undefined ? never : object extends T[K] ? K : never]?: T[K] };
type Parts<N extends RouteName> = { params: ParamsOf<N>; query: QueryOf<N>; body: BodyOf<N> };
/** Arguments of a call: only what the route takes; what has a default for everything may be left out. */
export type CallOf<N extends RouteName> = Needed<Parts<N>> & Free<Parts<N>> & { readonly signal?: AbortSignal; readonly ifMatch?: string; readonly ifNoneMatch?: string; readonly bytes?: Blob | ArrayBuffer };

/** A refusal of the server. */
export class ApiError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = "ApiError";
    this.problem = problem;
  }
}

/** ETag of a version of what can be changed: what `If-Match` takes. */
export const versionTag = (version: number): string => `"v${version}"`;

/** Path of a route with its parameters and query filled in: for `<img src>` and `EventSource` too. */
export function pathOf<N extends RouteName>(name: N, { params, query }: { readonly params?: ParamsOf<N>; readonly query?: QueryOf<N> } = {}): string {
  const facts: RouteFacts = routes[name];
  const values = (params ?? {}) as Readonly<Record<string, string>>;
  const path = facts.path.replaceAll(/:([A-Za-z]+)|\*$/g, (found, key: string | undefined) => (found === "*" ? String(values["*"] ?? "").split("/").map(encodeURIComponent).join("/") : encodeURIComponent(String(values[key!]))));
  const words = Object.entries((query ?? {}) as Record<string, unknown>).filter(([, value]) => value !== undefined);
  return `${apiPrefix}${path}${words.length === 0 ? "" : `?${new URLSearchParams(words.map(([key, value]) => [key, String(value)])).toString()}`}`;
}

export interface Client {
  /** Calls a route; a route without JSON answer gives `undefined`. @throws ApiError for every refusal */
  call<N extends RouteName>(name: N, ...call: object extends CallOf<N> ? [CallOf<N>?] : [CallOf<N>]): Promise<ResponseOf<N>>;
  /** The same with the whole answer, for ETags, pictures and downloads. @throws ApiError */
  send<N extends RouteName>(name: N, ...call: object extends CallOf<N> ? [CallOf<N>?] : [CallOf<N>]): Promise<Response>;
  /** Token of `me` or a sign-in, sent with every change from now on. */
  setCsrf(token: string): void;
}

/** Typed client of this API, on `fetch`; works in a page and in Node. */
export function createClient({ base = "", token, fetch: ask = (input, init) => fetch(input, init) }: { readonly base?: string; /** API token; a page uses its cookie. */ readonly token?: string; readonly fetch?: typeof fetch } = {}): Client {
  let csrf = "";
  const send = async (name: RouteName, call: { params?: unknown; query?: unknown; body?: unknown; signal?: AbortSignal; ifMatch?: string; ifNoneMatch?: string; bytes?: Blob | ArrayBuffer } = {}): Promise<Response> => {
    const { method }: RouteFacts = routes[name];
    const headers: Record<string, string> = { accept: "application/json, */*" };
    if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
    if (method !== "GET" && csrf !== "") headers["x-csrf-token"] = csrf;
    if (call.ifMatch !== undefined) headers["if-match"] = call.ifMatch;
    if (call.ifNoneMatch !== undefined) headers["if-none-match"] = call.ifNoneMatch;
    if (call.bytes !== undefined) headers["content-type"] = "application/octet-stream";
    else if (call.body !== undefined) headers["content-type"] = "application/json";
    const response = await ask(`${base}${pathOf(name, call as never)}`, {
      method,
      headers,
      credentials: "same-origin",
      ...(call.bytes !== undefined ? { body: call.bytes } : call.body !== undefined ? { body: JSON.stringify(call.body) } : {}),
      ...(call.signal && { signal: call.signal }),
    });
    if (response.ok || response.status === 304) return response;
    const problem = (await response.json().catch(() => undefined)) as Problem | undefined;
    throw new ApiError(problem ?? { type: "about:blank", title: response.statusText, status: response.status, code: "unknown" });
  };
  return {
    send: (name, ...[call]) => send(name, call),
    call: async (name, ...[call]) => {
      const response = await send(name, call);
      if (response.status === 204 || (routes[name] as RouteFacts).response === undefined) return undefined as never;
      return (await response.json()) as never;
    },
    setCsrf: (value) => {
      csrf = value;
    },
  };
}
