import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import path from "node:path";

/** An interpreter with torch and torchvision. */
export interface Torch {
  readonly python: string;
  readonly version: string;
}

/** The version of PyTorch an interpreter has, or undefined. */
function torchVersion(python: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(python, ["-c", "import torch, torchvision; print(torch.__version__)"], { stdio: ["ignore", "pipe", "ignore"] });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.on("error", () => resolve(undefined));
    child.on("close", (code) => resolve(code === 0 ? text.trim() : undefined));
  });
}

/** Every `python3` of the search path, and the system's own. An environment's is a link to another's: paths are compared, not what they lead to. */
export function pythonsOn(searchPath: string): string[] {
  const folders = [...searchPath.split(path.delimiter), "/usr/bin"].filter((folder) => folder !== "" && existsSync(folder));
  return [...new Set(folders.map((folder) => path.join(realpathSync(folder), "python3")))].filter((file) => existsSync(file));
}

const parts = (version: string): number[] => (/^\d+(\.\d+)*/.exec(version)?.[0] ?? "0").split(".").map(Number);

/** Below 0 where the first version is the older: 1.9 before 1.13 before 2.0; what follows the numbers says nothing. */
export function compareVersions(a: string, b: string): number {
  const [first, second] = [parts(a), parts(b)];
  const differs = first.findIndex((part, i) => part !== (second[i] ?? 0));
  return differs < 0 ? first.length - second.length : first[differs]! - (second[differs] ?? 0);
}

/** The interpreter that was asked for, else of those found the one with the newest PyTorch (the first at ties). */
export async function findTorch(asked: string | undefined, found: readonly string[] = pythonsOn(process.env["PATH"] ?? "")): Promise<Torch | undefined> {
  const candidates = asked === undefined ? found : [asked];
  const all = await Promise.all(candidates.map(async (python) => ({ python, version: await torchVersion(python) })));
  const having = all.filter((one): one is Torch => one.version !== undefined);
  return having.toSorted((a, b) => compareVersions(b.version, a.version))[0];
}
