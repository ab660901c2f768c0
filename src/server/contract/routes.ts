import type { z } from "zod";
import { auditRoutes } from "./audit.js";
import { caseRoutes } from "./cases.js";
import { dataSetRoutes } from "./data-sets.js";
import { modelRoutes } from "./models.js";
import { peopleRoutes } from "./people.js";
import { readingRoutes } from "./reading.js";
import { studyRoutes } from "./studies.js";

/** What every path begins with. */
export const apiPrefix = "/api/v1";

/** Every route by its name: server, client, OpenAPI page and tests are made from it. */
export const routes = { ...auditRoutes, ...peopleRoutes, ...studyRoutes, ...caseRoutes, ...dataSetRoutes, ...modelRoutes, ...readingRoutes } as const;
export type RouteName = keyof typeof routes;

type Field<N extends RouteName, K extends string> = (typeof routes)[N] extends { readonly [key in K]: infer S extends z.ZodType } ? S : undefined;
type InputOf<S> = S extends z.ZodType ? z.input<S> : undefined;
type OutputOf<S> = S extends z.ZodType ? z.output<S> : undefined;

/** What a caller sends. */
export type ParamsOf<N extends RouteName> = InputOf<Field<N, "params">>;
export type QueryOf<N extends RouteName> = InputOf<Field<N, "query">>;
export type BodyOf<N extends RouteName> = InputOf<Field<N, "body">>;
/** What the server answers, as JSON. */
export type ResponseOf<N extends RouteName> = OutputOf<Field<N, "response">>;
/** What a handler is given: checked, with defaults filled in. */
export type CheckedParams<N extends RouteName> = OutputOf<Field<N, "params">>;
export type CheckedQuery<N extends RouteName> = OutputOf<Field<N, "query">>;
export type CheckedBody<N extends RouteName> = OutputOf<Field<N, "body">>;
