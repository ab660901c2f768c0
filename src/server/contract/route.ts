import type { z } from "zod";
import type { AuditAction } from "./audit-actions.js";

/** What a person may do. The list is no ladder: who reads blind sees no study, no network's answer and no other read. */
export const roles = ["administrator", "researcher", "reader", "viewer"] as const;
export type Role = (typeof roles)[number];

/** What a token may do, of what its owner may. */
export const scopes = ["read", "write", "run", "manage"] as const;
export type Scope = (typeof scopes)[number];

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One route: who may call it, what it takes and what it answers. */
export interface RouteFacts {
  readonly method: Method;
  /** Fastify's spelling: `:name` is one segment, a last `*` the rest. */
  readonly path: `/${string}`;
  readonly summary: string;
  /** `public`: nobody need be signed in. */
  readonly roles: readonly Role[] | "public";
  /** Of an API token; absent where no token may. */
  readonly scope?: Scope;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Media type of a body that is not JSON. */
  readonly consumes?: "application/octet-stream";
  /** Changes what carries a version: `If-Match` names the one that was read. */
  readonly isVersioned?: true;
  readonly response?: z.ZodType;
  /** Media type of an answer that is not JSON. */
  readonly produces?: string;
  /** Of success; 200 where left out, 204 where there is neither `response` nor `produces`. */
  readonly status?: 200 | 201 | 202 | 204;
  /** Word of the audit log for a call that succeeded; absent where a call tells nothing worth keeping. */
  readonly audit?: AuditAction;
}

/** Everybody who sees results. */
export const lookers = ["administrator", "researcher", "viewer"] as const satisfies readonly Role[];
/** Everybody who makes studies. */
export const makers = ["administrator", "researcher"] as const satisfies readonly Role[];
export const administrators = ["administrator"] as const satisfies readonly Role[];
/** Readers alone: who knows the study's results cannot read it blind. */
export const blindReaders = ["reader"] as const satisfies readonly Role[];
