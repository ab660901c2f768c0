import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { writePhantomDataset } from "../../phantom/index.js";
import { parseRecipe, runStudy } from "../../study/index.js";
import type { Command } from "../contract.js";
import { readCount } from "../data-options.js";
import { osteonVersion } from "../version.js";
import { printOutcome } from "./study-run.js";

/** Images of the demonstration: enough to learn from, few enough to wait for. */
const defaultCount = 120;

export const demo: Command = {
  description: "Makes whole-spine radiographs with and without scoliosis, trains two small networks on them by cross-validation, explains them and writes the report. Needs no data and no network.",
  options: [
    { flags: "--out <folder>", description: "folder of the demonstration", default: "osteon-demo" },
    { flags: "--count <n>", description: `radiographs to make (default: ${defaultCount})` },
    { flags: "--seed <n>", description: "names the random numbers of the radiographs (default: 1)" },
  ],
  examples: ["osteon demo", "osteon demo --out /tmp/demo --seed 2"],
  async run(context, _args, options) {
    const folder = path.resolve(context.folder, options["out"] as string);
    const seed = readCount(options["seed"], "--seed", 0) ?? 1;
    const count = readCount(options["count"], "--count", 24) ?? defaultCount;
    const data = await writePhantomDataset({ directory: path.join(folder, `data-${seed}-${count}`), count, seed, onProgress: context.onProgress, signal: context.signal });
    const recipeFile = fileURLToPath(new URL("../../../recipes/demo.yaml", import.meta.url));
    const outcome = await runStudy({
      recipe: parseRecipe(await readFile(recipeFile, "utf8"), "demo.yaml"),
      data,
      out: path.join(folder, `run-${seed}-${count}`),
      softwareVersion: osteonVersion(),
      command: `osteon demo --seed ${seed} --count ${count}`,
      onProgress: context.onProgress,
      onWarning: (message) => context.note(`warning: ${message}`),
      signal: context.signal,
    });
    printOutcome(context, outcome, options["json"] === true);
  },
};
