import type { Command } from "commander";
import { defaultThreads } from "../../engine/index.js";
import { phantomRow, phantomWorks, timePhantom } from "../phantom.js";
import { names, wholeNumber } from "./options.js";

interface Options {
  readonly count: number;
  readonly sizes: readonly number[];
  readonly workers: number;
  readonly only?: readonly string[];
}

async function run({ count, sizes, workers, only }: Options): Promise<void> {
  console.log(phantomRow());
  for (const size of sizes) {
    for (const work of phantomWorks) {
      if (only !== undefined && !only.includes(work.name)) continue;
      console.log(phantomRow(await timePhantom(work, { images: count, size, workers })));
    }
  }
}

export function addPhantom(program: Command): void {
  program
    .command("phantom")
    .description("Simulated images with all masks and truth, written to disk: images per second of every preset and view.")
    .option("--count <images>", "images of each", wholeNumber, 200)
    .option("--sizes <pixels>", "heights, by comma", (text: string) => names(text).map(wholeNumber), [224])
    .option("--workers <threads>", "threads that make images", wholeNumber, defaultThreads())
    .option("--only <names>", "presets and views, by comma", names)
    .action(run);
}
