import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { networkOf, trainedBy } from "./osteon-work.js";
import { tasks, type Work } from "./work.js";

/** How long a peer may take that can be hundreds of times slower than the others. */
export interface Bounds {
  /** All its turns together; the first that counts is taken in any case. */
  readonly seconds: number;
  /** What one piece of work takes by its own estimate. */
  readonly estimate: number;
}

/** One side of a comparison: a process that is told when to work. */
export interface Peer {
  readonly name: string;
  /** Images of one piece of work, where that is not the work's own batch. */
  readonly batch?: number;
  readonly bounds?: Bounds;
  /** Does the work once; seconds. Peers of several works are told which. */
  run(work?: string): Promise<number>;
  /** Ends the process; its peak memory in MB. */
  end(): Promise<number>;
}

/** A peer that cannot do a work, and why. */
export interface Unable {
  readonly name: string;
  readonly cannot: string;
}

interface Reply {
  readonly ready?: boolean;
  readonly cannot?: string;
  readonly batch?: number;
  readonly estimate?: number;
  readonly seconds?: number;
  readonly peakMb?: number;
}

/** Estimates can be wrong: nobody waits for ever. Seconds in which this process itself was held are not counted. @returns what calls it off */
function endAfter(seconds: number, end: () => void): () => void {
  let passed = 0;
  const timer = setInterval(() => {
    passed += 1;
    if (passed >= seconds) end();
  }, 1000);
  return () => clearInterval(timer);
}

/** Starts a process that says it is ready (or that it cannot), and then answers line by line. @param limit seconds of its turns */
export async function startBoundedPeer(name: string, command: string, { args, limit }: { readonly args: readonly string[]; readonly limit: number | undefined }): Promise<Peer | Unable> {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2000)));
  child.stdin.on("error", () => undefined);
  const failed = new Promise<never>((_, reject) => {
    child.on("error", reject);
    child.on("close", (_code, signal) => reject(new Error(signal === "SIGKILL" && limit !== undefined ? `it took more than ${3 * limit} s` : `${name} ended early. ${complaint.trim()}`)));
  });
  failed.catch(() => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const reply = async (): Promise<Reply> => {
    const stop = endAfter(3 * (limit ?? Number.POSITIVE_INFINITY), () => child.kill("SIGKILL"));
    try {
      const next = await Promise.race([lines.next(), failed]);
      if (next.done) throw new Error(`${name} ended early. ${complaint.trim()}`);
      return JSON.parse(next.value) as Reply;
    } finally {
      stop();
    }
  };
  const ask = async (word: string): Promise<Reply> => {
    child.stdin.write(`${word}\n`);
    return reply();
  };
  const { cannot, batch, estimate } = await reply();
  if (cannot !== undefined) {
    child.kill();
    return { name, cannot };
  }
  return {
    name,
    ...(batch !== undefined && { batch }),
    ...(limit !== undefined && { bounds: { seconds: limit, estimate: estimate ?? 0 } }),
    run: async (work = "run") => {
      const { seconds, cannot: reason } = await ask(work);
      if (reason !== undefined) throw new Error(reason);
      return seconds ?? Number.NaN;
    },
    end: async () => (await ask("end")).peakMb ?? Number.NaN,
  };
}

/** Starts a process that says it is ready, and then answers line by line. */
export async function startPeer(name: string, command: string, args: readonly string[]): Promise<Peer> {
  const peer = await startBoundedPeer(name, command, { args, limit: undefined });
  if ("cannot" in peer) throw new Error(`${name}: ${peer.cannot}`);
  return peer;
}

/** @param options script: of another revision; before: a command that is told to run it */
export function startOsteon(work: Work, { script = fileURLToPath(new URL("osteon-peer.js", import.meta.url)), before = [] }: { readonly script?: string; readonly before?: readonly string[] } = {}): Promise<Peer> {
  const [command = process.execPath, ...rest] = before;
  const own = [script, JSON.stringify(work)];
  return startPeer("Osteon", command, before.length === 0 ? own : [...rest, process.execPath, ...own]);
}

/** @param python an interpreter that has torch and torchvision */
export function startTorch(work: Work, python: string): Promise<Peer> {
  const script = fileURLToPath(new URL("../../scripts/bench/torch_peer.py", import.meta.url));
  const trained = tasks[work.task].trains ? trainedBy(networkOf(work), work.task) : [];
  return startPeer("PyTorch", python, [script, JSON.stringify({ ...work, trained })]);
}

/** @param side `"osteon"`, or an interpreter that has torch and torchvision */
export function startExplainPeer(side: string, { network, batch, samples, threads }: { readonly network: string; readonly batch: number; readonly samples: number; readonly threads: number }): Promise<Peer> {
  const words = [network, String(batch), String(samples), String(threads)];
  if (side === "osteon") return startPeer("Osteon", process.execPath, [fileURLToPath(new URL("explain-peer.js", import.meta.url)), ...words]);
  return startPeer("PyTorch", side, [fileURLToPath(new URL("../../scripts/bench/torch_explain_peer.py", import.meta.url)), ...words]);
}
