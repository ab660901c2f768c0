import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { runCommandLine } from "./run.js";

/** The compiled program, as `npx osteon` runs it. */
export const mainFile = fileURLToPath(new URL("main.js", import.meta.url));

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Standard error as a terminal of 100 columns. */
  readonly terminal?: boolean;
  readonly signal?: AbortSignal;
}

/** Standard error as a terminal: what a progress bar needs of it, and what it wrote. */
class FakeTerminal {
  readonly isTTY = true;
  readonly columns = 100;
  readonly rows = 30;
  text = "";

  write(chunk: string): boolean {
    this.text += chunk;
    return true;
  }

  on(): this {
    return this;
  }

  removeListener(): this {
    return this;
  }
}

/** Runs a command line in this process, with streams that are kept and no configuration of the user's. */
export async function runCli(argv: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  let [stdout, stderr] = ["", ""];
  const terminal = new FakeTerminal();
  const folder = options.folder ?? process.cwd();
  const code = await runCommandLine(argv, {
    streams: {
      stdout: { write: (text) => (stdout += text) },
      stderr: options.terminal === true ? terminal : { write: (text) => (stderr += text) },
    },
    environment: { HOME: folder, ...options.environment },
    folder,
    signal: options.signal ?? new AbortController().signal,
  });
  return { code, stdout, stderr: stderr + terminal.text };
}

export interface ChildOptions {
  readonly folder: string;
  /** Ends the process by SIGKILL so long after its start. */
  readonly killAfterMs?: number;
  /** Limit of the size of a file the process writes, in KiB, by the shell. */
  readonly fileKiB?: number;
}

/** Runs a command line as a process of its own; code is null where it was killed. */
export function spawnCli(argv: readonly string[], { folder, killAfterMs, fileKiB }: ChildOptions): Promise<CliResult> {
  const environment = { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder, NODE_TEST_CONTEXT: undefined };
  const [program, args] = fileKiB === undefined ? [process.execPath, [mainFile, ...argv]] : ["bash", ["-c", `ulimit -f ${fileKiB}; exec "$@"`, "bash", process.execPath, mainFile, ...argv]];
  const child = spawn(program, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], env: environment });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });
}
