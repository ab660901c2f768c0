import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** Physical cores that /proc/cpuinfo lists, or undefined where it does not say. */
export function countPhysicalCores(cpuinfo: string): number | undefined {
  const cores = new Set<string>();
  for (const block of cpuinfo.split("\n\n")) {
    const core = /^core id\s*:\s*(\d+)/m.exec(block)?.[1];
    const socket = /^physical id\s*:\s*(\d+)/m.exec(block)?.[1] ?? "0";
    if (core !== undefined) cores.add(`${socket}/${core}`);
  }
  return cores.size || undefined;
}

/** Threads that one session uses unless told: the physical cores this process may run on. */
export function defaultThreads(): number {
  const allowed = availableParallelism();
  if (process.platform !== "linux") return allowed;
  try {
    return Math.min(allowed, countPhysicalCores(readFileSync("/proc/cpuinfo", "utf8")) ?? allowed);
  } catch {
    return allowed;
  }
}
