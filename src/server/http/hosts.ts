import type { FastifyRequest } from "fastify";
import { refusal } from "./refusal.js";

const loopback = ["localhost", "127.0.0.1", "[::1]", "::1"];

/** Names under which a server may be asked. A page elsewhere that points its own name at this machine is turned away. */
export function allowedHosts(host: string, publicUrl: string | undefined): ReadonlySet<string> | "any" {
  if (publicUrl !== undefined) return new Set([...loopback, new URL(publicUrl).hostname]);
  return loopback.includes(host) ? new Set(loopback) : host === "0.0.0.0" || host === "::" ? "any" : new Set([...loopback, host]);
}

/** @throws Refusal 421 */
export function checkHost(request: FastifyRequest, hosts: ReadonlySet<string> | "any"): void {
  if (hosts === "any" || hosts.has(request.hostname)) return;
  throw refusal("host", { hosts: [...hosts].slice(-2).join(" or ") });
}
