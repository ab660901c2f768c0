import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { type ExplainWork, explainWorks, formatExplainCosts, formatExplainCsv, timeExplanations } from "../explain-work.js";
import { listOption, torchOf, wholeNumber, withPython, type WithPython, withThreads, type WithThreads } from "./options.js";

interface Options extends WithThreads, WithPython {
  readonly network: string;
  readonly batch: number;
  readonly samples: number;
  readonly works: readonly ExplainWork[];
  readonly rounds: number;
  readonly csv: string;
}

async function run({ works, csv, ...rest }: Options): Promise<void> {
  const torch = await torchOf(rest);
  const chosen = explainWorks.filter((work) => work === "prediction" || works.includes(work));
  const options = { ...rest, works: chosen, python: torch?.python };
  console.log(`Costs of explanations, ${options.network}, ${options.threads} threads, batch ${options.batch}, ${options.samples} samples`);
  const found = await timeExplanations(options);
  console.log(formatExplainCosts(found, options));
  writeFileSync(csv, formatExplainCsv(found, options));
  console.log(`\nEvery round: ${csv}`);
}

export function addExplain(program: Command): void {
  withPython(withThreads(program.command("explain")))
    .description("Costs of explanations beside the bare prediction, and beside the same arithmetic in PyTorch: Grad-CAM, saliency, LIME, RISE.")
    .option("--network <name>", "network", "resnet50")
    .option("--batch <images>", "images at once", wholeNumber, 16)
    .option("--samples <count>", "perturbed images of LIME and RISE; the bars are set for 1000 and 4000, whose rate is the same", wholeNumber, 256)
    .addOption(listOption("--works <names>", "what is timed, by comma", { known: explainWorks }))
    .option("--rounds <count>", "rounds that count", wholeNumber, 5)
    .option("--csv <file>", "where every round is written", "bench-explain.csv")
    .action(run);
}
