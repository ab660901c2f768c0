import type { FastifyRequest } from "fastify";
import { refusal } from "./refusal.js";

const loopback = ["localhost", "127.0.0.1", "[::1]", "::1"];

/** Names under which a server may be asked. A page elsewhere that points its own name at this machine is turned away. */
export function allowedHosts(host: string, publicUrl: string | undefined): ReadonlySet<string> | "any" {
  if (publicUrl !== undefined) return new Set([...loopback, new URL(publicUrl).hostname]);
  return loopback.includes(host) ? new Set(loopback) : host === "0.0.0.0" || host === "::" ? "any" : new Set([...loopback, host]);
}

const isHost = (name: string, i: number): boolean => i % 2 === 0 && name.toLowerCase() === "host";

/** @throws Refusal 421; 400 for two names, of which the one in front may have read the other */
export function checkHost(request: FastifyRequest, hosts: ReadonlySet<string> | "any"): void {
  if (request.raw.rawHeaders.filter(isHost).length > 1) throw refusal("unreadable");
  if (hosts === "any" || hosts.has(request.hostname)) return;
  throw refusal("host", { hosts: [...hosts].slice(-2).join(" or ") });
}
