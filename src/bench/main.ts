// Osteon beside PyTorch on this machine and beside what the machine can do at most: training steps and inference of the studies'
// networks. Other commands: `page` writes the tables of docs/performance.md, `revisions` compares two commits, `phantom` times simulated
// images, `explain` what explanations cost.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Command } from "commander";
import { defaultThreads } from "../engine/index.js";
import { circumstancesHere } from "./circumstances.js";
import { compare } from "./compare.js";
import { formatDataTimes, timeDataPipeline } from "./data-pipeline.js";
import { formatCsv, type Measured, mergeMeasured, readCsv } from "./csv.js";
import { torchVersion } from "./peer.js";
import { explainWorks, formatExplainCosts, formatExplainCsv, timeExplanations } from "./explain-work.js";
import { formatFeatureTimes, timeFeatureStudy } from "./feature-study.js";
import { updatePage } from "./page.js";
import { phantomRow, phantomWorks, timePhantom } from "./phantom.js";
import { regimeProtocols } from "./study/protocol.js";
import { figuresOfStudy, formatStudy } from "./study/results.js";
import { formatStudyCsv, readStudyCsv } from "./study/study-csv.js";
import { runStudyBench } from "./study/run-study.js";
import { buildRevision, compareRevisions } from "./revisions.js";
import { formatTable } from "./table.js";
import { studiedNetworks, tasks, type Work, workOf } from "./work.js";

interface Filters {
  readonly networks: string;
  readonly tasks: string;
  readonly batch: string;
  readonly size: string;
  readonly threads: string;
  readonly rounds: string;
}

interface Options extends Filters {
  readonly warmup: string;
  readonly python: string;
  readonly csv: string;
}

function worksOf({ networks, tasks: names, ...rest }: Filters): Work[] {
  return networks.split(",").flatMap((network) => names.split(",").map((task) => workOf({ network, task, ...rest })));
}

function withFilters(command: Command): Command {
  return command
    .option("--networks <names>", "networks, by comma", studiedNetworks.join(","))
    .option("--tasks <names>", `tasks, by comma: ${Object.keys(tasks).join(", ")}`, "fine-tuning,inference")
    .option("--batch <images>", "images per step", "16")
    .option("--size <pixels>", "height and width of the images", "224")
    .option("--threads <count>", "threads of both sides", String(defaultThreads()))
    .option("--rounds <count>", "rounds that count", "5");
}

async function main(options: Options): Promise<void> {
  const torch = await torchVersion(options.python);
  console.log(`Osteon and PyTorch ${torch ?? "(not found)"}, ${options.threads} threads, ${options.size} x ${options.size}, SGD with momentum`);
  if (torch === undefined) console.log(`${options.python} has no torch and torchvision: Osteon alone. On Debian: apt-get install python3-torch python3-torchvision`);
  const circumstances = circumstancesHere(torch);
  const rows: Measured[] = [];
  for (const work of worksOf(options)) {
    const compared = await compare(work, { rounds: Number(options.rounds), warmup: Number(options.warmup), python: torch && options.python });
    rows.push({ ...compared, circumstances });
    console.log(formatTable(rows.slice(-1)).split("\n").slice(rows.length === 1 ? 0 : 2).join("\n"));
    // After each row, so that a run that is stopped keeps what it measured.
    const old = existsSync(options.csv) ? readCsv(readFileSync(options.csv, "utf8")) : [];
    writeFileSync(options.csv, formatCsv(mergeMeasured(old, rows)));
  }
  if (rows.length > 1) console.log(`\n${formatTable(rows)}`);
  console.log(`\nEvery round: ${options.csv} (works measured again are replaced, others kept)`);
}

const program = withFilters(new Command("bench").enablePositionalOptions().description("Compare Osteon with PyTorch on this machine."))
  .option("--warmup <count>", "rounds before, which are not counted", "2")
  .option("--python <command>", "an interpreter with torch and torchvision", "/usr/bin/python3")
  .option("--csv <file>", "where every round is written", "bench.csv");
program.action(main);
program
  .command("page")
  .description("Write the measured tables of docs/performance.md from the CSV file.")
  .option("--csv <file>", "what the bench wrote", "docs/performance.csv")
  .option("--study <file>", "what `study` wrote", "docs/performance-study.csv")
  .option("--page <file>", "page with the marks", "docs/performance.md")
  .action(({ csv, study, page }: { csv: string; study: string; page: string }) => {
    const measured = existsSync(study) ? readStudyCsv(readFileSync(study, "utf8")) : undefined;
    writeFileSync(page, updatePage(readFileSync(page, "utf8"), readCsv(readFileSync(csv, "utf8")), measured));
  });
withFilters(program.command("revisions <revision>"))
  .description("Compare this build with another commit's: instructions where perf counts them, else the fastest of interleaved rounds. Exit code 1 where one is slower than allowed.")
  .option("--allow <factor>", "largest ratio that passes", "1.05")
  .action(async (revision: string, options: Filters & { allow: string }) => {
    const built = buildRevision(revision);
    try {
      for (const work of worksOf(options)) {
        const { method, before, after, ratio } = await compareRevisions(work, built, Number(options.rounds));
        const isSlower = ratio > Number(options.allow);
        console.log(`${work.network}, ${tasks[work.task].title}: ${before.toPrecision(4)} -> ${after.toPrecision(4)} ${method}, ${ratio.toFixed(3)} x${isSlower ? "  SLOWER" : ""}`);
        if (isSlower) process.exitCode = 1;
      }
    } finally {
      built.remove();
    }
  });
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
program
  .command("features")
  .description("A cross-validation by feature extraction: features computed once, in every epoch, and once by PyTorch.")
  .option("--images <count>", "images", "100")
  .option("--folds <count>", "folds", "5")
  .option("--epochs <count>", "epochs of the head", "30")
  .option("--cached-only", "leave out the long form, whose features are computed in every epoch", false)
  .option("--size <pixels>", "height and width of the images", "224")
  .option("--threads <count>", "threads of both sides", String(defaultThreads()))
  .option("--python <command>", "an interpreter with torch and torchvision", "/usr/bin/python3")
  .action(async ({ python, cachedOnly, ...rest }: { images: string; folds: string; epochs: string; size: string; threads: string; cachedOnly: boolean; python: string }) => {
    const [images, folds, epochs, size, threads] = [rest.images, rest.folds, rest.epochs, rest.size, rest.threads].map(Number) as [number, number, number, number, number];
    const torch = await torchVersion(python);
    console.log(`MobileNetV2, ${images} images, ${folds} folds x ${epochs} epochs, ${threads} threads, PyTorch ${torch ?? "(not found)"}`);
    console.log(formatFeatureTimes(await timeFeatureStudy({ network: "mobilenet_v2", images, folds, epochs, size, threads, batch: 16 }, { python: torch && python, cachedOnly })));
  });
program
  .command("study")
  .description("A whole small study beside PyTorch, MobileNetV2 in three regimes x folds: seconds, and time to an accuracy. What is done is kept in the folder, and another call goes on.")
  .option("--folder <path>", "what the sides share, and their results", path.join(tmpdir(), "osteon-bench-study"))
  .option("--csv <file>", "where every run is written", "bench-study.csv")
  .option("--images <count>", "images", "45")
  .option("--size <pixels>", "height and width of the images", "224")
  .option("--folds <count>", "folds", "5")
  .option("--accuracy <share>", "accuracy whose time is told", "0.9")
  .option("--minutes <count>", "begin no run after so many minutes", "60")
  .option("--threads <count>", "threads of both sides", String(defaultThreads()))
  .option("--python <command>", "an interpreter with torch and torchvision", "/usr/bin/python3")
  .action(async ({ folder, csv, python, ...rest }: { folder: string; csv: string; images: string; size: string; folds: string; accuracy: string; minutes: string; threads: string; python: string }) => {
    const [images, size, folds, accuracy, minutes, threads] = [rest.images, rest.size, rest.folds, rest.accuracy, rest.minutes, rest.threads].map(Number) as [number, number, number, number, number, number];
    const torch = await torchVersion(python);
    const protocol = { network: "mobilenet_v2", images, size, folds, batch: 16, threads, accuracy, regimes: regimeProtocols } as const;
    console.log(`MobileNetV2, ${images} images of ${size} x ${size}, ${folds} folds, ${threads} threads, PyTorch ${torch ?? "(not found)"}`);
    const onRun = (side: string, name: string, seconds: number) => console.log(`${side.padEnd(8)} ${name.padEnd(22)} ${seconds.toFixed(1)} s`);
    const { rows, isWhole } = await runStudyBench({ folder, protocol, python: torch && python, seconds: 60 * minutes, onRun });
    console.log(`\n${formatStudy(figuresOfStudy(rows, accuracy), accuracy)}`);
    writeFileSync(csv, formatStudyCsv({ rows, protocol, circumstances: circumstancesHere(torch) }));
    if (!isWhole) console.log("\nNot all runs are done: call again to go on.");
  });
program
  .command("data")
  .description("The way of large films into a network: decoding, cache, augmentation, and the share of training that waits for images.")
  .option("--network <name>", "network that is trained; one with short steps is the hardest", "mobilenet_v2")
  .option("--images <count>", "films", "96")
  .option("--height <pixels>", "of the films", "2500")
  .option("--width <pixels>", "of the films", "2000")
  .option("--batch <images>", "images per step", "16")
  .option("--epochs <count>", "epochs", "4")
  .option("--threads <count>", "threads of the training step", String(defaultThreads()))
  .action(async ({ network, ...rest }: { network: string; images: string; height: string; width: string; batch: string; epochs: string; threads: string }) => {
    const work = workOf({ network, task: "scratch", batch: rest.batch, size: "224", threads: rest.threads });
    const [images, height, width, epochs] = [rest.images, rest.height, rest.width, rest.epochs].map(Number) as [number, number, number, number];
    console.log(`${network}, ${images} films of ${width} x ${height}, ${epochs} epochs, batch ${work.batch}, ${work.threads} threads`);
    console.log(formatDataTimes(await timeDataPipeline({ ...work, images, height, width, epochs })));
  });
await program.parseAsync();
