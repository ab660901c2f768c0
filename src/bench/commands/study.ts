import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Command } from "commander";
import { circumstancesHere } from "../circumstances.js";
import { regimeProtocols } from "../study/protocol.js";
import { figuresOfStudy, formatStudy } from "../study/results.js";
import { runStudyBench } from "../study/run-study.js";
import { formatStudyCsv } from "../study/study-csv.js";
import { positiveNumber, torchOf, wholeNumber, withPython, type WithPython, withThreads, type WithThreads } from "./options.js";

interface Options extends WithThreads, WithPython {
  readonly folder: string;
  readonly csv: string;
  readonly images: number;
  readonly size: number;
  readonly folds: number;
  readonly accuracy: number;
  readonly minutes: number;
}

async function run({ folder, csv, images, size, folds, threads, accuracy, minutes, python }: Options): Promise<void> {
  const torch = await torchOf({ python });
  const protocol = { network: "mobilenet_v2", images, size, folds, batch: 16, threads, accuracy, regimes: regimeProtocols } as const;
  console.log(`MobileNetV2, ${images} images of ${size} x ${size}, ${folds} folds, ${threads} threads`);
  const onRun = (side: string, name: string, seconds: number) => console.log(`${side.padEnd(8)} ${name.padEnd(22)} ${seconds.toFixed(1)} s`);
  const { rows, isWhole } = await runStudyBench({ folder, protocol, python: torch?.python, seconds: 60 * minutes, onRun });
  console.log(`\n${formatStudy(figuresOfStudy(rows, accuracy), accuracy)}`);
  writeFileSync(csv, formatStudyCsv({ rows, protocol, circumstances: circumstancesHere({ torch: torch?.version }) }));
  if (!isWhole) console.log("\nNot all runs are done: call again to go on.");
}

export function addStudy(program: Command): void {
  withPython(withThreads(program.command("study")))
    .description("A whole small study beside PyTorch, MobileNetV2 in three regimes x folds: seconds, and time to an accuracy. What is done is kept in the folder, and another call goes on.")
    .option("--folder <path>", "what the sides share, and their results", path.join(tmpdir(), "osteon-bench-study"))
    .option("--csv <file>", "where every run is written", "bench-study.csv")
    .option("--images <count>", "images", wholeNumber, 96)
    .option("--size <pixels>", "height and width of the images", wholeNumber, 224)
    .option("--folds <count>", "folds", wholeNumber, 5)
    .option("--accuracy <share>", "accuracy whose time is told", positiveNumber, 0.9)
    .option("--minutes <count>", "begin no run after so many minutes", positiveNumber, 60)
    .action(run);
}
