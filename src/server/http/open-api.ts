import { z } from "zod";
import type { RouteFacts } from "../contract/route.js";
import { problemSchema } from "../contract/basics.js";
import { apiPrefix, routes } from "../contract/routes.js";

type Json = Record<string, unknown>;

function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: "any", target: "draft-2020-12" }) as Json;
  return json;
}

function parametersOf(schema: z.ZodType | undefined, place: "path" | "query"): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, "input") as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(properties).map(([name, value]) => ({ name: name === "*" ? "path" : name, in: place, required: place === "path" || required.includes(name), schema: value }));
}

const header = (name: string, description: string, required = false): Json => ({ name, in: "header", required, description, schema: { type: "string" } });

/** Headers that a route takes beside those of every request. */
function headersOf({ method, isVersioned, consumes, response, produces }: RouteFacts): Json[] {
  const isStream = produces === "text/event-stream";
  return [
    ...(isVersioned ? [header("If-Match", "ETag of the version that was read", true)] : []),
    ...(consumes === undefined ? [] : [header("Content-Range", "Place of the part, as `offset` says it"), header("Content-Digest", "SHA-256 of the part, RFC 9530: it is then taken whole or not at all")]),
    ...(method === "GET" && !isStream && (response ?? produces) !== undefined ? [header("If-None-Match", "ETag of what is known: 304 where it is still so")] : []),
    ...(method === "GET" && !isStream && produces !== undefined ? [header("Range", "One range of bytes: 206, or 416 outside the file")] : []),
  ];
}

const refused = { description: "Refused", content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } };

function operationOf(name: string, facts: RouteFacts): Json {
  const { path, summary, roles, scope, method, params, query, body, consumes, response, produces, status } = facts;
  const success = status ?? (response === undefined && produces === undefined ? 204 : 200);
  const content = response !== undefined ? { "application/json": { schema: schemaOf(response, "output") } } : produces === undefined ? undefined : { [produces]: { schema: { type: "string", ...(produces.startsWith("text/") ? {} : { contentMediaType: produces }) } } };
  const parameters = [...parametersOf(params, "path"), ...parametersOf(query, "query"), ...headersOf(facts)];
  const isOpen = roles === "public";
  return {
    operationId: name,
    tags: [path.split("/")[1]!],
    summary,
    description: isOpen ? "Open to all." : `For ${roles.join(", ")}.${scope === undefined ? " No API token may do this." : ` Scope of a token: ${scope}.`}`,
    ...(parameters.length > 0 && { parameters }),
    ...((body !== undefined || consumes !== undefined) && { requestBody: { required: true, content: consumes === undefined ? { "application/json": { schema: schemaOf(body!, "input") } } : { [consumes]: { schema: { type: "string", contentMediaType: consumes } } } } }),
    responses: { [success]: { description: summary, ...(content && { content }) }, "4XX": { $ref: "#/components/responses/Refused" }, "5XX": { $ref: "#/components/responses/Refused" } },
    security: isOpen ? [] : [{ session: [], ...(method !== "GET" && { csrf: [] }) }, ...(scope === undefined ? [] : [{ token: [] }])],
  };
}

/** The API as an OpenAPI 3.1 document, made from the table of routes. */
export function openApiPage(version: string): Json & { openapi: string } {
  const paths: Record<string, Json> = {};
  for (const [name, facts] of Object.entries(routes) as [string, RouteFacts][]) {
    const path = `${apiPrefix}${facts.path.replaceAll(/:([A-Za-z]+)/g, "{$1}").replace(/\*$/, "{path}")}`;
    paths[path] = { ...paths[path], [facts.method.toLowerCase()]: operationOf(name, facts) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Osteon", version, license: { name: "Apache-2.0", identifier: "Apache-2.0" }, description: "Studies, cases, data sets, models, reader studies, people and the audit log of a workbench. Lists are paged by `cursor`; refusals are problem+json; what changes carries an ETag." },
    servers: [{ url: "/" }],
    tags: [...new Set(Object.values(routes).map(({ path }) => path.split("/")[1]!))].map((word) => ({ name: word })),
    paths,
    components: {
      responses: { Refused: refused },
      schemas: { Problem: schemaOf(problemSchema, "output") },
      securitySchemes: { session: { type: "apiKey", in: "cookie", name: "osteon_session" }, csrf: { type: "apiKey", in: "header", name: "x-csrf-token" }, token: { type: "http", scheme: "bearer" } },
    },
  };
}
