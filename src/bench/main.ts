// Osteon beside PyTorch on this machine: training steps and inference, images per second and peak memory. `phantom` times
// simulated images instead.
import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { defaultThreads } from "../engine/index.js";
import { compare, type Comparison } from "./compare.js";
import { torchVersion } from "./peer.js";
import { explainWorks, formatExplainCosts, formatExplainCsv, timeExplanations } from "./explain-work.js";
import { phantomRow, phantomWorks, timePhantom } from "./phantom.js";
import { formatCsv, formatTable } from "./table.js";
import { type Kind, type Work, workFromArguments } from "./work.js";

interface Options {
  readonly networks: string;
  readonly kinds: string;
  readonly batchNorm: string;
  readonly batch: string;
  readonly threads: string;
  readonly rounds: string;
  readonly python: string;
  readonly csv: string;
  readonly quick?: boolean;
}

function worksOf(options: Options): Work[] {
  const networks = options.quick ? ["mobilenet_v2", "resnet50"] : options.networks.split(",");
  const kinds = options.kinds.split(",") as Kind[];
  return networks.flatMap((network) =>
    kinds.map((kind) => workFromArguments([network, kind, options.batch, options.batchNorm, options.threads])),
  );
}

async function main(options: Options): Promise<void> {
  const torch = await torchVersion(options.python);
  console.log(`Osteon and PyTorch ${torch ?? "(not found)"}, ${options.threads} threads, batch ${options.batch}, 224 x 224, SGD with momentum`);
  if (torch === undefined) console.log(`${options.python} has no torch and torchvision: Osteon alone. On Debian: apt-get install python3-torch python3-torchvision`);
  const rounds = options.quick ? 3 : Number(options.rounds);
  const rows: Comparison[] = [];
  for (const work of worksOf(options)) {
    rows.push(await compare(work, { rounds, warmup: 2, python: torch && options.python }));
    console.log(formatTable(rows.slice(-1)).split("\n").slice(rows.length === 1 ? 0 : 2).join("\n"));
  }
  console.log(`\n${formatTable(rows)}`);
  writeFileSync(options.csv, formatCsv(rows));
  console.log(`\nEvery round: ${options.csv}`);
}

const program = new Command("bench")
  .enablePositionalOptions()
  .description("Compare Osteon with PyTorch on this machine.")
  .option("--networks <names>", "networks, by comma", "mobilenet_v2,resnet50,vgg16")
  .option("--kinds <kinds>", "training, inference", "training,inference")
  .option("--batch-norm <form>", "frozen or train", "frozen")
  .option("--batch <images>", "images per step", "16")
  .option("--threads <count>", "threads of both sides", String(defaultThreads()))
  .option("--rounds <count>", "rounds that count", "7")
  .option("--python <command>", "an interpreter with torch and torchvision", "/usr/bin/python3")
  .option("--csv <file>", "where every round is written", "bench.csv")
  .option("--quick", "three rounds, without vgg16");
program.action(main);
program
  .command("phantom")
  .description("Simulated images with all masks and truth, written to disk: images per second of every preset and view.")
  .option("--count <images>", "images of each", "200")
  .option("--sizes <pixels>", "heights, by comma", "224")
  .option("--workers <threads>", "threads that make images", String(defaultThreads()))
  .option("--only <names>", "presets and views, by comma")
  .action(async ({ count, sizes, workers, only }: { count: string; sizes: string; workers: string; only?: string }) => {
    console.log(phantomRow());
    for (const size of sizes.split(",").map(Number)) {
      for (const work of phantomWorks) {
        if (only !== undefined && !only.split(",").includes(work.name)) continue;
        console.log(phantomRow(await timePhantom(work, { images: Number(count), size, workers: Number(workers) })));
      }
    }
  });
program
  .command("explain")
  .description("Costs of explanations beside the bare prediction, and beside the same arithmetic in PyTorch: Grad-CAM, saliency, LIME, RISE.")
  .option("--network <name>", "network", "resnet50")
  .option("--batch <images>", "images at once", "16")
  .option("--samples <count>", "perturbed images of LIME and RISE; the bars are set for 1000 and 4000, whose rate is the same", "256")
  .option("--works <names>", "what is timed, by comma", explainWorks.join(","))
  .option("--threads <count>", "threads of both sides", String(defaultThreads()))
  .option("--rounds <count>", "rounds that count", "5")
  .option("--python <command>", "an interpreter with torch and torchvision", "/usr/bin/python3")
  .option("--csv <file>", "where every round is written", "bench-explain.csv")
  .action(async ({ network, works, ...all }: { network: string; batch: string; samples: string; works: string; threads: string; rounds: string; python: string; csv: string }) => {
    const [batch, samples, threads, rounds] = [all.batch, all.samples, all.threads, all.rounds].map(Number) as [number, number, number, number];
    const torch = await torchVersion(all.python);
    const chosen = explainWorks.filter((work) => work === "prediction" || works.split(",").includes(work));
    const options = { network, batch, samples, threads, rounds, works: chosen, ...(torch !== undefined && { python: all.python }) };
    console.log(`Costs of explanations, ${network}, ${threads} threads, batch ${batch}, ${samples} samples, PyTorch ${torch ?? "(not found)"}`);
    const found = await timeExplanations(options);
    console.log(formatExplainCosts(found, options));
    writeFileSync(all.csv, formatExplainCsv(found, options));
    console.log(`\nEvery round: ${all.csv}`);
  });
await program.parseAsync();
