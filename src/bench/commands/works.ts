import type { Command } from "commander";
import { studiedNetworks, tasks, type Work, workOf } from "../work.js";
import { listOption, names, wholeNumber, withThreads, type WithThreads } from "./options.js";

/** Which works are measured. */
export interface WorkOptions extends WithThreads {
  readonly networks: readonly string[];
  readonly tasks: readonly string[];
  readonly batch: number;
  readonly size: number;
  readonly rounds: number;
}

export function worksOf({ networks, tasks: asked, ...rest }: WorkOptions): Work[] {
  return networks.flatMap((network) => asked.map((task) => workOf({ network, task, ...rest })));
}

export function withWorks(command: Command): Command {
  return withThreads(command)
    .addOption(listOption("--networks <names>", "networks, by comma", { known: studiedNetworks, parse: names }))
    .addOption(listOption("--tasks <names>", `tasks, by comma: ${Object.keys(tasks).join(", ")}`, { known: ["fine-tuning", "inference"], parse: names }))
    .option("--batch <images>", "images per step", wholeNumber, 16)
    .option("--size <pixels>", "height and width of the images", wholeNumber, 224)
    .option("--rounds <count>", "rounds that count", wholeNumber, 5);
}
