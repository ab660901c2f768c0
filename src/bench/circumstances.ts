import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { arch, cpus, platform, totalmem } from "node:os";
import { runtimeName } from "../engine/index.js";
import type { Circumstances } from "./csv.js";

function commit(): string {
  try {
    const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    const changed = git("status", "--porcelain", "--untracked-files=no", "--", "src", "scripts/bench") !== "";
    return `${git("rev-parse", "--short=10", "HEAD")}${changed ? " with changes" : ""}`;
  } catch {
    return "unknown";
  }
}

/** The widest vectors of the processor, where the system tells: what kernels reach depends on them more than on its name. */
function vectors(): string {
  try {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1]?.split(" ") ?? [];
    const widest = [["avx512f", "AVX-512"], ["avx2", "AVX2"]].find(([flag]) => flags.includes(flag!));
    return widest === undefined ? "" : ` (${widest[1]})`;
  } catch {
    return "";
  }
}

/** What this process runs on and was made of. */
export function circumstancesHere({ torch, tfjs }: { readonly torch: string | undefined; readonly tfjs?: string | undefined }): Circumstances {
  const processors = cpus();
  return {
    machine: `${processors[0]?.model.trim() ?? "unknown"}${vectors()}, ${processors.length} x ${platform()} ${arch()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    node: process.version,
    runtime: runtimeName(),
    torch: torch ?? "",
    tfjs: tfjs ?? "",
    commit: commit(),
  };
}
