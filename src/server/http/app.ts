import { createServer, type RequestListener, type Server } from "node:http";
import type { Socket } from "node:net";
import Fastify, { LogController, type ConnectionError, type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { sha256 } from "../../files/index.js";
import { nobody } from "../audit/chain.js";
import type { RouteFacts } from "../contract/route.js";
import { apiPrefix, routes, type RouteName } from "../contract/routes.js";
import type { Person } from "../people/person.js";
import { handlers } from "../routes/index.js";
import type { Workbench } from "../workbench.js";
import { isKnown, isRaw, sendRaw } from "./answer.js";
import { authenticate, authorize } from "./authenticate.js";
import type { Call, Handler } from "./call.js";
import { checkHost } from "./hosts.js";
import { RateLimit, uploadPartLimit } from "./limits.js";
import { serveViewer } from "./pages.js";
import { jsonMegabytes, notFound, problemOf, refusal, type Refusal } from "./refusal.js";
import { securityHeaders } from "./security-headers.js";

declare module "fastify" {
  interface FastifyRequest {
    person: Person | undefined;
  }
}

interface Limits {
  readonly signIn: RateLimit;
  readonly stranger: RateLimit;
  readonly person: RateLimit;
}

/** Sign-ins are slow by design, strangers see little, and a person looks through many pictures a minute. */
const makeLimits = (): Limits => ({ signIn: new RateLimit({ burst: 20, perMinute: 20 }), stranger: new RateLimit({ burst: 300, perMinute: 300 }), person: new RateLimit({ burst: 2000, perMinute: 3000 }) });

/** Who asks, and whether they may: before a byte of the body is read. */
async function admit(facts: RouteFacts, limits: Limits, bench: Workbench, request: FastifyRequest): Promise<void> {
  const isSigningIn = facts.roles === "public" && facts.method === "POST";
  if (isSigningIn && bench.limitsRates) limits.signIn.take(request.ip);
  request.person = await authenticate(bench.store, request);
  if (bench.limitsRates) {
    if (request.person === undefined) limits.stranger.take(request.ip);
    else limits.person.take(request.person.id);
  }
  try {
    authorize(facts, request.person, request);
  } catch (error) {
    const { person } = request;
    if (person !== undefined) await bench.store.record({ actor: person, ...(facts.audit === undefined ? { action: "request", subject: `${facts.method} ${facts.path}` } : { action: facts.audit }), outcome: "refused", details: { code: (error as Refusal).code } });
    throw error;
  }
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") throw refusal("content-encoding", { encoding: encoding.slice(0, 40) });
  if (facts.consumes !== undefined && request.headers["content-type"] !== facts.consumes) throw refusal("content-type", { expected: facts.consumes, type: request.headers["content-type"]?.slice(0, 60) ?? "none" });
}

/** Of what a schema has let through. */
function hasNul(value: unknown): boolean {
  const open: unknown[] = [value];
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one === "string" && one.includes("\0")) return true;
    if (typeof one !== "object" || one === null) continue;
    for (const [name, inner] of Object.entries(one)) {
      if (name.includes("\0")) return true;
      open.push(inner);
    }
  }
  return false;
}

/** Path, query and body as the contract has them. */
function check(schema: RouteFacts["params"], value: unknown, place: string): unknown {
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(value ?? {});
  // PostgreSQL keeps no such character, and nobody means it.
  if (parsed.success && hasNul(parsed.data)) throw refusal("request-nul", { field: place });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 20).map(({ path, message }) => ({ path: [place, ...path].join("."), message }));
  throw refusal("request", { field: issues[0]!.path, problem: issues[0]!.message }, { issues });
}

async function answer(name: RouteName, facts: RouteFacts, bench: Workbench, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const call: Call<RouteName> = { params: check(facts.params, request.params, "path"), query: check(facts.query, request.query, "query"), body: check(facts.body, request.body, "body"), person: request.person, request, reply, audit: {} } as unknown as Call<RouteName>;
  const result = await (handlers[name] as unknown as Handler<RouteName>)(call, bench);
  if (facts.audit !== undefined && !call.audit.isWritten) {
    const subject = call.audit.subject ?? Object.values((call.params ?? {})).join("/");
    // The answer waits for the log: what was looked at stands there, whatever happens next.
    await bench.store.record({ actor: call.audit.actor ?? call.person ?? nobody, action: facts.audit, subject, ...(call.audit.details && { details: call.audit.details }) });
  }
  if (isRaw(result)) return sendRaw(request, reply, result);
  if (facts.response === undefined) return reply.code(204).send();
  // What the contract does not name does not leave: a field added in the store stays there.
  const text = JSON.stringify(facts.response.parse(result));
  reply.code(facts.status ?? 200).type("application/json; charset=utf-8");
  if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
  if (facts.method === "GET") {
    const etag = (reply.getHeader("etag") as string | undefined) ?? `W/"${sha256(text).slice(0, 24)}"`;
    reply.header("etag", etag).header("cache-control", "private, no-cache");
    if (isKnown(request, etag)) return reply.code(304).send();
  }
  return reply.send(text);
}

function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const { headers, ...problem } = problemOf(error);
  for (const [name, value] of Object.entries(headers)) reply.header(name, value);
  return reply.code(problem.status).header("cache-control", "no-store").type("application/problem+json").send(JSON.stringify(problem));
}

/** Bytes that are no request that can be read: headers too large, a body without a length. */
function refuseUnreadable(error: ConnectionError, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed || !socket.writable) return void socket.destroy();
  const status = error.code === "HPE_HEADER_OVERFLOW" ? 431 : error.code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : 400;
  const body = JSON.stringify(problemOf(Object.assign(new Error("request: expected one that can be read, got another."), { statusCode: status, code: "unreadable" })));
  socket.end(`HTTP/1.1 ${status} Refused\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`);
}

const addresses = (Object.values(routes) as RouteFacts[]).map(({ method, path }) => ({ method, address: new RegExp(`^${apiPrefix}${path.replaceAll(/:[A-Za-z]+/g, "[^/]+").replace(/\*$/, ".+")}$`) }));

/** Methods that an address has. */
function methodsAt(url: string): string[] {
  const [path] = url.split("?") as [string];
  const methods = addresses.flatMap(({ method, address }) => (address.test(path) ? [method] : []));
  return methods.includes("GET") ? [...methods, "HEAD"] : methods;
}

const headersMs = 20_000;

/** Whoever opens connections and says nothing, or a letter now and then, is cut off within half a minute, and holds so many at most. */
function makeServer(handler: RequestListener): Server {
  const server = createServer({ maxHeaderSize: 16_384, headersTimeout: headersMs, requestTimeout: 300_000, connectionsCheckingInterval: 5_000 }, handler);
  server.maxConnections = 4000;
  // The limit above begins with the first byte.
  server.on("connection", (socket) => {
    const patience = setTimeout(() => socket.bytesRead === 0 && socket.destroy(), headersMs).unref();
    socket.once("close", () => clearTimeout(patience));
  });
  return server;
}

/** The HTTP server of a workbench: every route of the contract, and the viewer's files. */
export async function makeApp(bench: Workbench): Promise<FastifyInstance> {
  // The program's logger by the narrower type, so that the instance is the one that plug-ins expect.
  const loggerInstance: FastifyBaseLogger = bench.log;
  const app = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: jsonMegabytes * 2 ** 20,
    // A client that sends its request by the drop gives the connection back.
    requestTimeout: 300_000,
    connectionTimeout: 0,
    keepAliveTimeout: 10_000,
    // The one server in front alone is believed: what its client said before is the client's own story.
    trustProxy: bench.trustsProxy && ((_address: string, hop: number) => hop === 0),
    routerOptions: { maxParamLength: 400 },
    onProtoPoisoning: "error",
    onConstructorPoisoning: "error",
    clientErrorHandler: refuseUnreadable,
    // No address in an error: it could name a case.
    frameworkErrors: (error, _request, reply) => sendProblem(reply as never, error) as never,
    serverFactory: (handler) => makeServer(handler),
  });
  const limits = makeLimits();
  app.decorateRequest("person", undefined);
  app.removeContentTypeParser("text/plain");
  app.addContentTypeParser("application/octet-stream", { bodyLimit: uploadPartLimit }, (_request, payload, done) => done(null, payload));
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(securityHeaders(bench.isSecure));
    checkHost(request, bench.hosts);
  });
  app.setErrorHandler((error, request, reply) => {
    const { status } = problemOf(error);
    if (status >= 500) request.log.error({ err: error, route: request.routeOptions.url }, "request failed");
    return sendProblem(reply, error);
  });
  for (const [name, facts] of Object.entries(routes) as [RouteName, RouteFacts][]) {
    app.route({
      method: facts.method,
      url: `${apiPrefix}${facts.path}`,
      // Streams never end by themselves: their head is not asked for.
      exposeHeadRoute: facts.method === "GET" && facts.produces !== "text/event-stream",
      ...(facts.consumes && { bodyLimit: uploadPartLimit }),
      onRequest: (request) => admit(facts, limits, bench, request),
      handler: (request, reply) => answer(name, facts, bench, request, reply),
    });
  }
  serveViewer(app, bench.viewer);
  app.setNotFoundHandler((request) => {
    const methods = methodsAt(request.url);
    if (methods.length > 0 && !methods.includes(request.method)) throw refusal("method", { methods: methods.join(", "), method: request.method.slice(0, 20) }, { headers: { allow: methods.join(", ") } });
    throw request.url.startsWith("/api/") ? notFound("route") : notFound("page");
  });
  return app;
}
