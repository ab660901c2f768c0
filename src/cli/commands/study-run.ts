import { readFile } from "node:fs/promises";
import path from "node:path";
import { InputError, unknownName } from "../../base/index.js";
import { withFileErrors } from "../../files/index.js";
import { isAudited, narrowSearch, parseRecipe, runStudy, urgentFindings, type RecipeSource, type StudyOutcome } from "../../study/index.js";
import { createExecutor, threadsFor } from "../../executors/index.js";
import type { Command, Context, OptionValues } from "../contract.js";
import { dataOptions, readCount, readIdentity, readNames, readRegions, readWhere, regionOptions } from "../data-options.js";
import { engineOptions, memoryOption, readEngine } from "../engine-options.js";
import { precisionOption, withPrecision } from "../precision-option.js";
import { searchTable } from "../search-table.js";
import { studyTable } from "../study-table.js";
import { readConfiguration } from "../user-configuration.js";
import { osteonVersion } from "../version.js";
import { executorOptions, readExecutor } from "../executor-options.js";
import { findWeights, importOption, readImports, readSources, sourceOption, weightsOption } from "../weights-files.js";

const list = (value: OptionValues[string]): readonly string[] => (Array.isArray(value) ? (value as readonly string[]) : []);

/** The recipe with only some of its networks and rows. */
function narrow(recipe: RecipeSource, options: OptionValues): RecipeSource {
  const networks = readNames(options["networks"]) ?? recipe.networks;
  const rows = readNames(options["regimes"]) ?? Object.keys(recipe.regimes);
  const stray = rows.find((row) => !Object.hasOwn(recipe.regimes, row));
  if (stray !== undefined) throw unknownName("regime of the recipe", stray, Object.keys(recipe.regimes));
  const sources = readNames(options["sources"]) ?? recipe.sources;
  const unknown = sources?.find((source) => recipe.sources?.includes(source) !== true);
  if (unknown !== undefined) throw unknownName("source of the recipe", unknown, recipe.sources ?? []);
  const seeds = readNames(options["seeds"])?.map((text) => {
    const seed = Number(text);
    if (!Number.isInteger(seed) || seed < 0) throw new InputError("option-number", `--seeds: expected whole numbers from 0, separated by commas, got "${text}". Correct the option.`);
    return seed;
  });
  const subgroups = [...new Set([...(recipe.subgroups ?? []), ...list(options["subgroup"])])];
  return narrowSearch({ ...recipe, ...(subgroups.length > 0 && { subgroups }), networks, regimes: Object.fromEntries(rows.map((row) => [row, recipe.regimes[row]!])), ...(sources && { sources }), ...(seeds && { seeds }) }, readCount(options["searchTrials"], "--search-trials", 0));
}

/** What repeats the run, with file names instead of paths. */
function commandOf(recipeFile: string, data: string, options: OptionValues): string {
  const words = ["osteon study run", path.basename(recipeFile), "--data", path.basename(data)];
  for (const where of list(options["where"])) words.push("--where", where);
  for (const pair of list(options["weights"])) words.push("--weights", pair.replace(/=.*[\\/]/, "="));
  for (const pair of list(options["import"])) words.push("--import", pair.replace(/=.*[\\/]/, "="));
  for (const pair of list(options["source"])) words.push("--source", pair.replace(/=.*[\\/](?=[^\\/])/, "="));
  for (const name of ["networks", "regimes", "sources", "seeds", "precision"]) if (typeof options[name] === "string") words.push(`--${name}`, options[name]);
  if (options["searchTrials"] !== undefined) words.push("--search-trials", String(options["searchTrials"]));
  if (typeof options["external"] === "string") words.push("--external", path.basename(options["external"]));
  if (typeof options["regions"] === "string") words.push("--regions", path.basename(options["regions"]));
  for (const column of list(options["subgroup"])) words.push("--subgroup", column);
  for (const category of list(options["regionCategory"])) words.push("--region-category", category);
  if (options["skipBad"] === true) words.push("--skip-bad");
  if (options["acceptLeaks"] === true) words.push("--accept-leaks");
  return words.map((word) => (/[\s"'$&|<>;()]/.test(word) && !word.startsWith("osteon") ? JSON.stringify(word) : word)).join(" ");
}

export function printOutcome(context: Context, outcome: StudyOutcome, asJson: boolean): void {
  if (asJson) {
    context.out(JSON.stringify({ report: outcome.report, results: outcome.resultsFile, predictions: outcome.predictions, cells: outcome.results.cells.map(({ id, pooled, relevance, seconds }) => ({ cell: id, accuracy: pooled.accuracy, macro: pooled.macro, relevance, seconds })), ...(isAudited(outcome.results.shortcuts) && { shortcuts: urgentFindings(outcome.results.shortcuts).map(({ name, sentence, remedy }) => ({ name, sentence, remedy })) }) }, null, 2));
    return;
  }
  context.out(studyTable(outcome.results));
  const found = searchTable(outcome.results);
  if (found !== undefined) context.out(`\n${found}`);
  const { shortcuts } = outcome.results;
  for (const { sentence, remedy } of isAudited(shortcuts) ? urgentFindings(shortcuts).slice(0, 3) : []) context.out(`! ${sentence}\n  ${remedy}`);
  context.out("");
  context.out(`report       ${outcome.report}`);
  context.out(`all numbers  ${outcome.resultsFile}`);
  context.out(`every case   ${outcome.predictions}`);
}

export const studyRun: Command = {
  description: "Writes report.html, results.json, predictions.csv and one ONNX model per fold to the folder of the run. Stop it with Ctrl-C and run the same command again to go on.",
  arguments: [{ name: "<recipe>", description: "YAML file, for example recipes/spine-abnormality.yaml" }],
  options: [
    { flags: "--data <path>", description: "CSV table with file,label (and patient, region, boxes, ...), or a folder with one folder per class" },
    { flags: "--external <path>", description: "table or folder of an external test set: no network sees it until it is tested there; may be added to a finished run" },
    ...dataOptions,
    weightsOption,
    sourceOption,
    importOption,
    ...regionOptions,
    { flags: "--accept-leaks", description: "run although patients or images stand on both sides of the table's own split, and report the honest result beside" },
    { flags: "--out <folder>", description: "folder of the run (default: osteon-runs/ and the study's name)" },
    { flags: "--networks <names>", description: "only these networks of the recipe, separated by commas" },
    { flags: "--regimes <names>", description: "only these regimes of the recipe, separated by commas" },
    { flags: "--sources <names>", description: "only these sources of the recipe, separated by commas" },
    { flags: "--seeds <numbers>", description: "instead of the recipe's seeds, separated by commas" },
    { flags: "--search-trials <n>", description: "instead of the recipe's number of trials of its search; 0: no search" },
    { flags: "--subgroup <column>", description: "column of the table by whose values every network is measured too; repeatable, beside those of the recipe; nothing is trained again", repeatable: true },
    ...engineOptions,
    memoryOption,
    precisionOption,
    { flags: "--checkpoint-seconds <n>", description: "least time between checkpoints (default: 30)" },
    ...executorOptions,
  ],
  examples: [
    "osteon study run recipes/spine-abnormality.yaml --data labels.csv --out runs/spine",
    "osteon study run recipes/spine-abnormality.yaml --data labels.csv --where series=A --weights mobilenet_v2=mobilenet_v2.safetensors --networks mobilenet_v2",
    "osteon study run my-study.yaml --data radiographs/ --regimes scratch --skip-bad --json",
    "osteon study run recipes/spondylolisthesis-readers.yaml --data labels.csv --external other-hospital.csv",
    "osteon study run recipes/spine-abnormality.yaml --data labels.csv --jobs 4",
    "osteon study run recipes/spine-abnormality.yaml --data labels.csv --executor queue --database postgres://osteon:secret@db/osteon",
    "osteon study run transfer.yaml --data labels.csv --source phantom=pretrained/ --sources none,run:phantom",
  ],
  async run(context, [recipeFile], options) {
    const file = path.resolve(context.folder, recipeFile!);
    const recipe = withPrecision(narrow(parseRecipe(await withFileErrors(recipeFile!, () => readFile(file, "utf8")), path.basename(file)), options), options);
    const configuration = await readConfiguration(context);
    const data = typeof options["data"] === "string" ? path.resolve(context.folder, options["data"]) : (context.environment["OSTEON_DATA"] ?? configuration.data);
    if (data === undefined) throw new InputError("data-needed", "study run: expected --data, OSTEON_DATA or data in the configuration, got none. Name a CSV table or a folder of images.");
    const { settings, attempts } = readExecutor(options, context);
    const executor = createExecutor(settings, { attempts, softwareVersion: osteonVersion() });
    const asked = await readEngine(options, context);
    const threads = asked.threads ?? threadsFor(settings);
    const checkpointSeconds = readCount(options["checkpointSeconds"], "--checkpoint-seconds", 0);
    const outcome = await runStudy({
      recipe,
      data,
      where: readWhere(options["where"]),
      skipBad: options["skipBad"] === true,
      identity: await readIdentity(options, context.folder),
      acceptLeaks: options["acceptLeaks"] === true,
      ...(typeof options["external"] === "string" && { external: path.resolve(context.folder, options["external"]) }),
      weights: findWeights(context, configuration, options["weights"]),
      sources: readSources(options["source"], context.folder),
      ...readRegions(options, context.folder),
      networks: readImports(options["import"], context.folder),
      out: path.resolve(context.folder, typeof options["out"] === "string" ? options["out"] : path.join("osteon-runs", recipe.study)),
      softwareVersion: osteonVersion(),
      command: commandOf(file, data, options),
      ...asked,
      ...(threads !== undefined && { threads }),
      ...(executor && { executor }),
      ...(checkpointSeconds !== undefined && { checkpointSeconds }),
      onProgress: context.onProgress,
      onWarning: (message) => context.note(`warning: ${message}`),
      signal: context.signal,
    });
    printOutcome(context, outcome, options["json"] === true);
  },
};
