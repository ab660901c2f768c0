import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import { circumstancesHere } from "../circumstances.js";
import { compare } from "../compare.js";
import { formatCsv, type Measured, mergeMeasured, readCsv } from "../csv.js";
import { type PeerName, peerNames, peersThere } from "../peers.js";
import { formatTable, notesOf } from "../table.js";
import { tfjsVersion } from "../tfjs/backend.js";
import { listOption, positiveNumber, torchOf, wholeNumberOrNone, withPython, type WithPython } from "./options.js";
import { type WorkOptions, worksOf, withWorks } from "./works.js";

interface Options extends WorkOptions, WithPython {
  readonly warmup: number;
  readonly peers: readonly PeerName[];
  readonly tfjsSeconds: number;
  readonly csv: string;
}

async function run(options: Options): Promise<void> {
  const torch = options.peers.includes("torch") ? await torchOf(options) : undefined;
  const tfjs = tfjsVersion();
  const peers = peersThere(options.peers, { torch, tfjs });
  if (tfjs === undefined) console.log("tfjs is not installed: it is left out. `npm ci` installs it, `npm ci --omit=dev` does not.");
  console.log(`Osteon beside ${peers.join(", ") || "nobody"}; ${options.threads} threads, ${options.size} x ${options.size}, SGD with momentum`);
  const circumstances = circumstancesHere({ torch: torch?.version, tfjs: peers.some((name) => name !== "torch") ? tfjs : undefined });
  const rows: Measured[] = [];
  for (const work of worksOf(options)) {
    const compared = await compare(work, { rounds: options.rounds, warmup: options.warmup, peers, torch, tfjsSeconds: options.tfjsSeconds });
    rows.push({ ...compared, circumstances });
    console.log(formatTable(rows.slice(-1)).split("\n").slice(rows.length === 1 ? 0 : 2).join("\n"));
    for (const note of notesOf(compared)) console.log(`  ${note}`);
    // After each row, so that a run that is stopped keeps what it measured.
    const old = existsSync(options.csv) ? readCsv(readFileSync(options.csv, "utf8")) : [];
    writeFileSync(options.csv, formatCsv(mergeMeasured(old, rows)));
  }
  if (rows.length > 1) console.log(`\n${formatTable(rows)}`);
  console.log(`\nEvery round: ${options.csv} (works measured again are replaced, others kept)`);
}

/** Osteon beside PyTorch and tfjs, and beside what the machine can do at most. */
export function addCompare(program: Command): void {
  withPython(withWorks(program))
    .addOption(listOption("--peers <names>", "whom Osteon is compared with, by comma, where they are there", { known: peerNames }))
    .option("--tfjs-seconds <seconds>", "time of each of tfjs's backends for all rounds of a work together; its batch is halved until three rounds fit", positiveNumber, 60)
    .option("--warmup <count>", "rounds before, which are not counted", wholeNumberOrNone, 2)
    .option("--csv <file>", "where every round is written", "bench.csv")
    .action(run);
}
