import { fileURLToPath } from "node:url";
import { type Peer, startBoundedPeer, type Unable } from "../peer.js";
import type { Demand } from "../roofline.js";
import type { Work } from "../work.js";
import type { Backend } from "./backend.js";

/** What the process is told. */
export interface TfjsSaid {
  readonly work: Work;
  readonly backend: Backend;
  /** Of the work, with its batch. */
  readonly demand: Pick<Demand, "gflop" | "gflopOfWeightGradients">;
  /** For all turns together. */
  readonly seconds: number;
}

/** @param said how much time tfjs has, and how much there is to do */
export function startTfjs(said: TfjsSaid): Promise<Peer | Unable> {
  const script = fileURLToPath(new URL("tfjs-peer.js", import.meta.url));
  return startBoundedPeer(`tfjs ${said.backend}`, process.execPath, { args: [script, JSON.stringify(said)], limit: said.seconds });
}
