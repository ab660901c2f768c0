import { architectures, type ArchitectureName } from "../models/index.js";
import { unknownName } from "../base/index.js";

/** What is measured: one optimizer step, or the logits of one batch. */
export type Kind = "training" | "inference";

/** One measurement, the same for every peer. */
export interface Work {
  readonly network: ArchitectureName;
  readonly kind: Kind;
  readonly batch: number;
  /** Training only: stored statistics of batch normalization, or the batch's own. */
  readonly batchNorm: "frozen" | "train";
  readonly threads: number;
}

/** Work as words of a command line, and back. */
export function workToArguments({ network, kind, batch, batchNorm, threads }: Work): string[] {
  return [network, kind, String(batch), batchNorm, String(threads)];
}

export function workFromArguments([network = "", kind, batch, batchNorm, threads]: readonly string[]): Work {
  if (!Object.hasOwn(architectures, network)) throw unknownName("network", network, Object.keys(architectures));
  return {
    network: network as ArchitectureName,
    kind: kind === "training" ? "training" : "inference",
    batch: Number(batch),
    batchNorm: batchNorm === "train" ? "train" : "frozen",
    threads: Number(threads),
  };
}
