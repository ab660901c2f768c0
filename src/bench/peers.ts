import type { Torch } from "./python.js";
import { type Peer, startTorch, type Unable } from "./peer.js";
import type { Demand } from "./roofline.js";
import { startTfjs } from "./tfjs/start-tfjs.js";
import type { Work } from "./work.js";

/** Whom Osteon is compared with, by the name that the command line uses; `column` is that of the CSV file. */
export const peers = {
  torch: { title: "PyTorch", column: "pytorch" },
  "tfjs-wasm": { title: "tfjs wasm", column: "tfjs_wasm" },
  "tfjs-cpu": { title: "tfjs cpu", column: "tfjs_cpu" },
} as const satisfies Record<string, { readonly title: string; readonly column: string }>;

export type PeerName = keyof typeof peers;

export const peerNames = Object.keys(peers) as PeerName[];

/** What is there to be compared with. */
export interface Found {
  readonly torch: Torch | undefined;
  /** The version of tfjs. */
  readonly tfjs: string | undefined;
}

/** The peers of a list that are there. */
export function peersThere(asked: readonly PeerName[], { torch, tfjs }: Found): PeerName[] {
  return asked.filter((name) => (name === "torch" ? torch : tfjs) !== undefined);
}

export interface PeerOptions {
  readonly torch: Torch | undefined;
  /** For all turns of a backend of tfjs together. */
  readonly tfjsSeconds: number;
}

/** @param demand what one piece of the work takes, from which tfjs estimates its time */
export function startOne(name: PeerName, { work, demand }: { readonly work: Work; readonly demand: Demand }, { torch, tfjsSeconds }: PeerOptions): Promise<Peer | Unable> {
  if (name === "torch") return startTorch(work, torch!.python);
  return startTfjs({ work, backend: name === "tfjs-wasm" ? "wasm" : "cpu", demand, seconds: tfjsSeconds });
}
