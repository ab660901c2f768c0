import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { networkOf, trainedBy } from "./osteon-work.js";
import { tasks, type Work } from "./work.js";

/** One side of a comparison: a process that is told when to work. */
export interface Peer {
  readonly name: string;
  /** Does the work once; seconds. Peers of several works are told which. */
  run(work?: string): Promise<number>;
  /** Ends the process; its peak memory in MB. */
  end(): Promise<number>;
}

interface Reply {
  readonly ready?: boolean;
  readonly seconds?: number;
  readonly peakMb?: number;
}

/** Starts a process that says it is ready, and then answers line by line. */
export async function startPeer(name: string, command: string, args: readonly string[]): Promise<Peer> {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2000)));
  child.stdin.on("error", () => undefined);
  const failed = new Promise<never>((_, reject) => {
    child.on("error", reject);
    child.on("close", () => reject(new Error(`${name} ended early. ${complaint.trim()}`)));
  });
  failed.catch(() => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const reply = async (): Promise<Reply> => {
    const next = await Promise.race([lines.next(), failed]);
    if (next.done) throw new Error(`${name} ended early. ${complaint.trim()}`);
    return JSON.parse(next.value) as Reply;
  };
  const ask = async (word: string): Promise<Reply> => {
    child.stdin.write(`${word}\n`);
    return reply();
  };
  await reply();
  return {
    name,
    run: async (work = "run") => (await ask(work)).seconds ?? Number.NaN,
    end: async () => (await ask("end")).peakMb ?? Number.NaN,
  };
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

/** The version of PyTorch an interpreter has, or undefined. */
export function torchVersion(python: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(python, ["-c", "import torch, torchvision; print(torch.__version__)"], { stdio: ["ignore", "pipe", "ignore"] });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.on("error", () => resolve(undefined));
    child.on("close", (code) => resolve(code === 0 ? text.trim() : undefined));
  });
}
