import { readFileSync } from "node:fs";

/** Largest resident memory of this process so far, in MB (10^6 bytes): the kernel's VmHWM where there is one. */
export function peakMemoryMb(): number {
  try {
    const line = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8"));
    if (line) return (Number(line[1]) * 1024) / 1e6;
  } catch {
    // No /proc: not Linux.
  }
  return (process.resourceUsage().maxRSS * 1024) / 1e6;
}
