import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { withFileErrors } from "../../files/index.js";
import { parseRecipe, tryStudy } from "../../study/index.js";
import type { Command } from "../contract.js";
import { readCount } from "../data-options.js";
import { engineOptions, readEngine } from "../engine-options.js";
import { readersTable } from "../readers-table.js";
import { osteonVersion } from "../version.js";
import { printOutcome } from "./study-run.js";

/** The recipe as a path, or by its name alone one of those that come with Osteon. */
async function findRecipe(folder: string, recipe: string): Promise<string> {
  const asked = path.resolve(folder, recipe);
  if (/[\\/.]/.test(recipe) || (await isFile(asked))) return asked;
  const own = fileURLToPath(new URL(`../../../recipes/${recipe}.yaml`, import.meta.url));
  return (await isFile(own)) ? own : asked;
}

const isFile = async (file: string): Promise<boolean> => (await stat(file).catch(() => undefined))?.isFile() === true;

export const studyTry: Command = {
  description: "Makes simulated images for the recipe's study, puts small networks in the place of the large ones, small pretraining in the place of published weights, and runs every cell of the table. The figures mean nothing: they show what you will get.",
  arguments: [{ name: "<recipe>", description: "YAML file, for example recipes/disc-state.yaml, or the name of a recipe that comes with Osteon" }],
  options: [
    { flags: "--out <folder>", description: "folder of images, pretrained networks and run (default: osteon-try/ and the study's name)" },
    { flags: "--count <n>", description: "images to simulate (default: 96)" },
    { flags: "--seed <n>", description: "names the random numbers (default: 1)" },
    { flags: "--search-trials <n>", description: "trials of the recipe's search in every fold (default: 3); 0: no search" },
    ...engineOptions,
  ],
  examples: ["osteon study try recipes/disc-state.yaml", "osteon study try recipes/spondylolisthesis-readers.yaml", "osteon study try recipes/spinal-tumour.yaml --count 200 --out tumour-try/"],
  async run(context, [recipeFile], options) {
    const file = await findRecipe(context.folder, recipeFile!);
    const recipe = parseRecipe(await withFileErrors(recipeFile!, () => readFile(file, "utf8")), path.basename(file));
    const engine = await readEngine(options, context);
    const count = readCount(options["count"], "--count", 24) ?? 96;
    const seed = readCount(options["seed"], "--seed", 0) ?? 1;
    const searchTrials = readCount(options["searchTrials"], "--search-trials", 0);
    const outcome = await tryStudy({
      recipe,
      ...(searchTrials !== undefined && { searchTrials }),
      count,
      seed,
      out: path.resolve(context.folder, typeof options["out"] === "string" ? options["out"] : path.join("osteon-try", recipe.study)),
      softwareVersion: osteonVersion(),
      command: `osteon study try ${path.basename(file)} --count ${count} --seed ${seed}${searchTrials === undefined ? "" : ` --search-trials ${searchTrials}`}`,
      ...engine,
      onProgress: context.onProgress,
      onWarning: (message) => context.note(`warning: ${message}`),
      signal: context.signal,
    });
    printOutcome(context, outcome, options["json"] === true);
    if (outcome.readers !== undefined && options["json"] !== true) context.out(`\n${readersTable(outcome.readers)}`);
    context.note("Small networks on simulated images: the figures mean nothing.");
  },
};
