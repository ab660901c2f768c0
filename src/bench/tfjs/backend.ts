import { createRequire } from "node:module";
import os from "node:os";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs-core";

export const backends = ["wasm", "cpu"] as const;
export type Backend = (typeof backends)[number];

/** Threads of the wasm backend at most: its own limit. */
const mostThreads = 4;

/**
 * Threads in Node, which tfjs leaves to browsers: it starts them from an address of the browser's kind, and takes half of the processors that
 * it is told of, four threads at most. This process is told what yields the threads that are asked for.
 */
function allowThreads(threads: number): void {
  const system = createRequire(import.meta.url)("node:os") as { cpus: typeof os.cpus };
  const [one] = os.cpus();
  system.cpus = () => Array.from({ length: 2 * threads }, () => one!);
  URL.createObjectURL = () => fileURLToPath(new URL("wasm-thread.js", import.meta.url));
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", true);
}

/** Makes a backend this process's own. */
export async function startBackend(name: Backend, threads = 1): Promise<void> {
  tf.enableProdMode();
  await (name === "cpu" ? import("@tensorflow/tfjs-backend-cpu") : import("@tensorflow/tfjs-backend-wasm"));
  if (name === "wasm" && threads > 1) allowThreads(Math.min(threads, mostThreads));
  if (!(await tf.setBackend(name))) throw new Error(`tfjs: expected the backend ${name} to start, got none. Run \`npm ci\`.`);
  await tf.ready();
}

/** The version that is installed; undefined where there is none. */
export function tfjsVersion(): string | undefined {
  try {
    return (createRequire(import.meta.url)("@tensorflow/tfjs-core/package.json") as { version: string }).version;
  } catch {
    return undefined;
  }
}
