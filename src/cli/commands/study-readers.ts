import path from "node:path";
import { InputError, unknownName } from "../../base/index.js";
import { readerMetrics, simulateStudyReads, studyReaders, type ReaderMetric } from "../../study/index.js";
import type { Command, Context, OptionValues } from "../contract.js";
import { readCount, readNames } from "../data-options.js";
import { readersTable } from "../readers-table.js";

const metricNames: Readonly<Record<string, ReaderMetric>> = { ...Object.fromEntries(readerMetrics.map((metric) => [metric, metric])), sensitivity: "recall" };

function readShare(value: OptionValues[string], option: string): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (typeof value !== "string" || value === "" || !(number >= 0 && number < 1)) throw new InputError("option-number", `${option}: expected a number from 0 to below 1, got "${String(value)}". Correct the option.`);
  return number;
}

function readMetric(value: OptionValues[string]): ReaderMetric | undefined {
  if (typeof value !== "string") return undefined;
  const metric = metricNames[value];
  if (metric === undefined) throw unknownName("metric", value, Object.keys(metricNames));
  return metric;
}

const text = (value: OptionValues[string]): string | undefined => (typeof value === "string" ? value : undefined);

/** What both forms of the command say of the run. */
function readRun(context: Context, run: string, options: OptionValues): { run: string; cell?: string; set?: "test" | "external" } {
  const [cell, set] = [text(options["cell"]), text(options["set"])];
  return { run: path.resolve(context.folder, run), ...(cell !== undefined && { cell }), ...(set !== undefined && { set: set as "test" | "external" }) };
}

async function simulate(context: Context, run: string | undefined, options: OptionValues): Promise<void> {
  if (run === undefined) throw new InputError("run-needed", "study readers simulate: expected the folder of a finished run, got none. Name it: osteon study readers simulate RUN.");
  const out = path.resolve(context.folder, text(options["out"]) ?? path.join(run, "simulated-reads.csv"));
  const readers = readCount(options["readers"], "--readers");
  const groups = readNames(options["groups"]);
  const [skill, spread, trust] = [readShare(options["skill"], "--skill"), readShare(options["spread"], "--spread"), readShare(options["trust"], "--trust")];
  const made = await simulateStudyReads({
    ...readRun(context, run, options),
    out,
    seed: readCount(options["seed"], "--seed", 0) ?? 1,
    aided: options["alone"] !== true,
    ...(readers !== undefined && { readers }),
    ...(groups !== undefined && { groups }),
    ...(skill !== undefined && { skill }),
    ...(spread !== undefined && { spread }),
    ...(trust !== undefined && { trust }),
  });
  if (options["json"] === true) context.out(JSON.stringify(made, null, 2));
  else context.out(`${made.reads} simulated reads of ${made.cases} cases by ${made.readers} readers: ${made.file}\nEvery line is marked as simulated. Compare: osteon study readers ${run} ${text(options["out"]) ?? path.join(run, "simulated-reads.csv")}`);
}

async function compare(context: Context, run: string, reads: string | undefined, options: OptionValues): Promise<void> {
  if (reads === undefined) throw new InputError("reads-needed", "study readers: expected a run and a table of reads, got no table. Write a CSV reader,case,label[,confidence][,group][,condition][,seconds], or make one: osteon study readers simulate RUN.");
  const [metric, label, margin] = [readMetric(options["metric"]), text(options["label"]), readShare(options["margin"], "--margin")];
  const { result, json, report } = await studyReaders({
    ...readRun(context, run, options),
    reads: path.resolve(context.folder, reads),
    skipBad: options["skipBad"] === true,
    ...(metric !== undefined && { metric }),
    ...(label !== undefined && { label }),
    ...(margin !== undefined && { margin }),
  });
  for (const warning of result.warnings) context.note(`warning: ${warning}`);
  if (options["json"] === true) {
    context.out(JSON.stringify({ ...result, planes: undefined, files: { json, report } }, null, 2));
    return;
  }
  context.out(readersTable(result));
  context.out("");
  context.out(`report       ${report}`);
  context.out(`all numbers  ${json}`);
}

export const studyReadersCommand: Command = {
  description:
    "Joins a table of reads (CSV: reader,case,label[,confidence][,group][,condition][,seconds]) to the run and prints accuracy, precision, sensitivity, specificity and F1 of each reader, each group and the network, with the multi-reader test, non-inferiority, agreement, the cases on which they part, and reads with the network's help (condition: alone or aided) against those alone. Writes readers.json and makes the report anew. With the word simulate in place of the run it makes such a table up, every line marked, to try this out.",
  arguments: [
    { name: "<run>", description: "folder that study run wrote; or: simulate" },
    { name: "[reads]", description: "CSV of reads; after simulate: the folder of the run" },
  ],
  options: [
    { flags: "--cell <id>", description: "cell of the study's table to compare (default: the recipe's readers.cell, else the first)" },
    { flags: "--set <name>", description: "predictions to compare with (default: external where the run has an external test set)", choices: ["test", "external"] },
    { flags: "--metric <name>", description: "figure that decides, in place of the recipe's readers.metric: accuracy, precision, sensitivity, specificity, f1, auc" },
    { flags: "--label <name>", description: "the metric of this class against the rest" },
    { flags: "--margin <m>", description: "non-inferiority margin, in place of the recipe's; it is reported as named afterwards" },
    { flags: "--skip-bad", description: "leave lines that cannot be read out and count them instead of stopping" },
    { flags: "--out <file>", description: "table to write (default: simulated-reads.csv in the run)", group: "With simulate:" },
    { flags: "--readers <n>", description: "number of readers (default: 6)", group: "With simulate:" },
    { flags: "--groups <names>", description: "their groups, separated by commas (default: orthopaedists,radiologists)", group: "With simulate:" },
    { flags: "--skill <share>", description: "mean accuracy (default: 0.89)", group: "With simulate:" },
    { flags: "--spread <share>", description: "standard deviation of the accuracies (default: 0.015)", group: "With simulate:" },
    { flags: "--trust <share>", description: "how readily an unsure reader follows the network (default: 0.6)", group: "With simulate:" },
    { flags: "--alone", description: "no reads with the network's help", group: "With simulate:" },
    { flags: "--seed <n>", description: "names the random numbers (default: 1)", group: "With simulate:" },
  ],
  examples: [
    "osteon study readers osteon-runs/spondylolisthesis-readers reads.csv",
    "osteon study readers runs/spine reads.csv --cell resnet50/fine-tuning --metric sensitivity --label scoliosis",
    "osteon study readers simulate runs/spine --readers 6 --out simulated.csv",
  ],
  async run(context, [run, reads], options) {
    if (run === "simulate") await simulate(context, reads, options);
    else await compare(context, run!, reads, options);
  },
};
