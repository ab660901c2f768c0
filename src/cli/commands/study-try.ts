import { readFile } from "node:fs/promises";
import path from "node:path";
import { withFileErrors } from "../../files/index.js";
import { parseRecipe, tryStudy } from "../../study/index.js";
import type { Command } from "../contract.js";
import { readCount } from "../data-options.js";
import { readConfiguration } from "../user-configuration.js";
import { osteonVersion } from "../version.js";
import { printOutcome } from "./study-run.js";

export const studyTry: Command = {
  name: "study try",
  summary: "See a recipe's table and report on simulated images, in minutes",
  description: "Makes simulated images for the recipe's study, puts small networks in the place of the large ones, small pretraining in the place of published weights, and runs every cell of the table. The figures mean nothing: they show what you will get.",
  arguments: [{ name: "<recipe>", description: "YAML file, for example recipes/disc-state.yaml" }],
  options: [
    { flags: "--out <folder>", description: "folder of images, pretrained networks and run (default: osteon-try/ and the study's name)" },
    { flags: "--count <n>", description: "images to simulate (default: 96)" },
    { flags: "--seed <n>", description: "names the random numbers (default: 1)" },
    { flags: "--threads <n>", description: "threads of the runtime (default: the physical cores)" },
  ],
  examples: ["osteon study try recipes/disc-state.yaml", "osteon study try recipes/spinal-tumour.yaml --count 200 --out tumour-try/"],
  async run(context, [recipeFile], options) {
    const file = path.resolve(context.folder, recipeFile!);
    const recipe = parseRecipe(await withFileErrors(recipeFile!, () => readFile(file, "utf8")), path.basename(file));
    const threads = readCount(options["threads"], "--threads") ?? (await readConfiguration(context)).threads;
    const count = readCount(options["count"], "--count", 24) ?? 96;
    const seed = readCount(options["seed"], "--seed", 0) ?? 1;
    const outcome = await tryStudy({
      recipe,
      count,
      seed,
      out: path.resolve(context.folder, typeof options["out"] === "string" ? options["out"] : path.join("osteon-try", recipe.study)),
      softwareVersion: osteonVersion(),
      command: `osteon study try ${path.basename(file)} --count ${count} --seed ${seed}`,
      ...(threads !== undefined && { threads }),
      onProgress: context.onProgress,
      onWarning: (message) => context.note(`warning: ${message}`),
      signal: context.signal,
    });
    printOutcome(context, outcome, options["json"] === true);
    context.note("Small networks on simulated images: the figures mean nothing.");
  },
};
