import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Peer, startPeer } from "../peer.js";
import { itemsOf, type StudyProtocol, writeProtocol } from "./protocol.js";
import { fileOf, readResults, type SideName, type StudyRow } from "./results.js";

export interface StudyBench {
  /** What the sides share, and where their results stay. */
  readonly folder: string;
  readonly protocol: StudyProtocol;
  /** An interpreter with torch and torchvision. */
  readonly python: string | undefined;
  /** No run is begun after so many seconds; another call goes on. */
  readonly seconds: number;
  readonly onRun: (side: SideName, name: string, seconds: number) => void;
}

function startSide(side: SideName, { folder, python }: StudyBench): Promise<Peer> {
  if (side === "osteon") return startPeer("Osteon", process.execPath, [fileURLToPath(new URL("osteon-study-peer.js", import.meta.url)), folder]);
  return startPeer("PyTorch", python!, [fileURLToPath(new URL("../../../scripts/bench/torch_study.py", import.meta.url)), folder]);
}

/**
 * Runs what is missing of the study, the sides by turns, a run each.
 * @returns results of this and earlier calls; whole where nothing is missing
 */
export async function runStudyBench(bench: StudyBench): Promise<{ readonly rows: StudyRow[]; readonly isWhole: boolean }> {
  const { folder, protocol, python, seconds, onRun } = bench;
  await writeProtocol(folder, protocol);
  const asked: readonly SideName[] = python === undefined ? ["osteon"] : ["osteon", "pytorch"];
  const peers = new Map<SideName, Peer>();
  const started = performance.now();
  let isWhole = true;
  for (const item of itemsOf(protocol)) {
    for (const side of asked) {
      if (existsSync(path.join(folder, fileOf(side, item)))) continue;
      if (performance.now() - started > 1000 * seconds) {
        isWhole = false;
        continue;
      }
      const peer = peers.get(side) ?? (await startSide(side, bench));
      peers.set(side, peer);
      const name = `${item.regime} ${item.fold}`;
      onRun(side, name, await peer.run(name));
      // Idle threads of the runtime spin for a moment.
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
  for (const peer of peers.values()) await peer.end();
  return { rows: readResults(folder, protocol), isWhole };
}
