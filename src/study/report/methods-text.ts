import { lookAlikeColumn } from "../analysis/look-alikes.js";
import { methods } from "../../explain/index.js";
import type { TrainingRecipe } from "../../train/index.js";
import { describeChain } from "../transfer-chain.js";
import { explanationMethodsOf } from "../explanation-methods.js";
import { testName } from "./format.js";
import { isEstimate, type CellResult, type Estimated, type StudyResults } from "../results.js";

/** A paragraph of the methods. */
export interface Paragraph {
  readonly topic: string;
  readonly text: string;
}

type Settings = Partial<TrainingRecipe> & { readonly stages?: "all" | number; readonly image?: string; readonly normalization?: string };

/** "a, b and c". */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)!}`;
}

export function counted(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString("en-US")} ${n === 1 ? one : many}`;
}

const settingsOf = (cell: CellResult): Settings => cell.settings;
const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

export function seedsOf({ folds }: StudyResults): number[] {
  return distinct(folds.map(({ seed }) => seed));
}

/** Folds of one seed: 1 where the cases are split once. */
export function foldsPerSeed({ folds }: StudyResults): number {
  return folds.filter(({ seed }) => seed === folds[0]?.seed).length;
}

function dataText({ data }: StudyResults): string {
  const where = Object.entries(data.where).map(([key, value]) => `${key} = ${value}`);
  const classes = data.labels.map((label) => `${label} (${data.classCounts[label] ?? 0})`);
  return [
    `${counted(data.cases, "image")}${data.patients === undefined ? "" : ` of ${counted(data.patients, "patient")}`} in ${counted(data.labels.length, "class", "classes")}, ${listed(classes)}, were analyzed, from ${data.source}`,
    `${where.length > 0 ? ` (rows with ${listed(where)}; ${data.filteredOut} others left out)` : ""}.`,
    data.setAside.length > 0 ? ` ${counted(data.setAside.length, "further image")} could not be used and ${data.setAside.length === 1 ? "was" : "were"} set aside, with the reason.` : "",
    data.patients === undefined ? " The table names no patients, so every image was taken for a patient of its own." : "",
  ].join("");
}

function splitText(results: StudyResults): string {
  const { folds, data, split } = results;
  const [seeds, k, first] = [seedsOf(results), foldsPerSeed(results), folds[0]];
  const grouped = data.patients === undefined ? "" : "; all images of a patient were kept on one side of every split";
  const held = first !== undefined && folds.some(({ validation }) => validation > 0) ? " Part of the training cases was held back to decide when to stop; the test cases had no part in that." : "";
  if (first === undefined) return "";
  if (k === 1) {
    const names = split?.names ?? [];
    if (split?.kind === "temporal") return `Networks were trained on earlier cases (${first.train}${first.validation > 0 ? `, and ${first.validation} to decide when to stop` : ""}) and tested on the ${first.test} later ones${names.length > 0 ? ` (${listed(names)})` : ""}${seeds.length > 1 ? `, with ${seeds.length} seeds` : ""}${grouped}.`;
    return `The cases were split once${seeds.length > 1 ? ` per seed (${seeds.length} seeds)` : ""} into ${first.train} for training${first.validation > 0 ? `, ${first.validation} to decide when to stop` : ""} and ${first.test} for testing${grouped}.`;
  }
  const changed = "the folds, the start of new weights and the order of the images";
  const repeated = seeds.length > 1 ? `, repeated with ${seeds.length} seeds (${listed(seeds.map(String))}) that change ${changed}` : ` (seed ${seeds[0]})`;
  const names = split?.names ?? [];
  const apart = split?.leftOut?.reduce((sum, n) => sum + n, 0) ?? 0;
  const neither = apart === 0 ? "" : ` ${counted(apart, "case")} ${apart === 1 ? "was" : "were"} on neither side of a round, because their patient was tested in it.`;
  const way =
    split?.kind === "leave-one-site-out"
      ? `Networks were tested on each of ${k} sites in turn (${listed(names)}), trained on all the others${repeated}${grouped}. Every case was tested once per seed, by a network that had seen nothing of its site.${neither}`
      : `Networks were compared by ${k}-fold cross-validation${repeated}; the folds were balanced by class${grouped}. Every case was tested once per seed, by a network that had not seen it.${split?.kind === "nested-k-fold" ? " Choices were made by folds inside every training side." : ""}`;
  return `${way} The test predictions of all folds were pooled.${held}`;
}

function imageText({ cells, data, recipe }: StudyResults): string {
  const sizes = distinct(cells.map((cell) => settingsOf(cell).image ?? "").filter((text) => text !== ""));
  if (sizes.length === 0) return "";
  const [size, resize, channels] = (sizes[0] ?? "").split(", ");
  const how = { letterbox: "resized with their aspect ratio kept and padded", stretch: "stretched", "center-crop": "resized and cut to the central square" }[resize ?? ""] ?? "resized";
  const normalizations = distinct(cells.map((cell) => settingsOf(cell).normalization ?? "").filter((text) => text !== ""));
  const parts = [sizes.length === 1 ? `Images were read as ${channels === "rgb" ? "color" : "grey"}, ${how} to ${size}` : `Images were prepared as ${listed(sizes)}`];
  if (normalizations.length > 0) parts.push(`, and normalized by mean and deviation ${listed(normalizations.map((text) => (text === "ImageNet's" ? "of ImageNet" : text)))}`);
  const views = distinct(cells.flatMap(({ view }) => (view === undefined ? [] : [view])));
  const names: Readonly<Record<string, string>> = { none: "the whole image", crop: "the region of interest cut out", "crop-and-whole": "both, their probabilities averaged" };
  const region = views.length === 0 ? "" : ` Networks saw ${listed(views.map((view) => names[view] ?? view))}${views.some((view) => view !== "none") && cells.some(({ detection }) => detection !== undefined) ? "; where a region was not known, a detector trained in the same fold found it" : ""}.`;
  const augmentation = Object.entries(recipe.augmentation ?? {}).filter(([, strength]) => strength !== undefined);
  const strengths = augmentation.map(([name, strength]) => `${name} (${Object.entries(strength as Record<string, number>).map(([key, value]) => `${key} ${value}`).join(", ")})`);
  const without = distinct(cells.filter((cell) => (cell.settings["augmentation"] ?? "none") === "none").map(({ row }) => row));
  const augmented = strengths.length === 0 || without.length === distinct(cells.map(({ row }) => row)).length
    ? " No augmentation was used."
    : ` Training images were changed at random by ${listed(strengths)}${without.length > 0 ? `, except in the rows ${listed(without)}` : ""}; test images never were.`;
  return `${parts.join("")}.${region}${augmented}${data.casesWithRegion > 0 ? ` A region of interest was known for ${counted(data.casesWithRegion, "case")}.` : ""}`;
}

const optimizers: Readonly<Record<string, string>> = { sgd: "stochastic gradient descent", adam: "Adam", adamw: "AdamW" };

/** How one row of the table was trained. */
function rowText(row: string, cells: readonly CellResult[]): string {
  const s = settingsOf(cells[0]!);
  const regime = { scratch: "all weights from random ones", "feature-extraction": "the new head on frozen features", "fine-tuning": s.stages === "all" || s.stages === undefined ? "all stages from the start weights" : `the last ${counted(s.stages, "stage")} from the start weights` }[cells[0]!.regime] ?? cells[0]!.regime;
  const schedule = s.schedule === undefined ? "" : `, ${s.schedule.name} schedule${s.schedule.warmupEpochs > 0 ? ` after ${counted(s.schedule.warmupEpochs, "epoch")} of warm-up` : ""}`;
  const extras = [
    s.microBatch ? `gradients added up over parts of ${s.microBatch}` : "",
    cells.some(({ folds }) => folds.some(({ precision }) => precision === "half")) ? "in half precision with dynamic loss scaling, weights and statistics in single precision" : "",
    s.weightDecay ? `weight decay ${s.weightDecay}` : "",
    s.startPenalty ? `L2 penalty ${s.startPenalty} on the way from the start weights` : "",
    s.labelSmoothing ? `label smoothing ${s.labelSmoothing}` : "",
    s.classWeights !== undefined && s.classWeights !== "none" ? (s.classWeights === "balanced" ? "classes weighted by their rarity" : "classes weighted as given") : "",
    s.dropout === undefined ? "" : `dropout ${s.dropout}`,
    s.stageRateDecay !== undefined && s.stageRateDecay < 1 ? `learning rate ${s.stageRateDecay} times lower per stage from the head` : "",
    s.unfreezeEpochs ? `one more stage unfrozen every ${counted(s.unfreezeEpochs, "epoch")}` : "",
    s.headRateFactor !== undefined && s.headRateFactor !== 1 ? `head at ${s.headRateFactor} times the learning rate` : "",
    s.batchNorm === "frozen" ? "stored batch statistics" : s.batchNorm === "train" ? "batch statistics of each batch" : "",
    s.gradientClip ? `gradients clipped at norm ${s.gradientClip}` : "",
  ].filter((text) => text !== "");
  const stop = s.earlyStopping ? `; stopped after ${counted(s.earlyStopping.patience, "epoch")} without a better ${s.earlyStopping.metric} on ${Math.round(100 * s.earlyStopping.fraction)} % of the training cases held back` : "";
  return `${row}: ${regime}, ${stop === "" ? "" : "up to "}${counted(s.epochs ?? 0, "epoch")} of batches of ${s.batchSize}, ${optimizers[s.optimizer?.name ?? ""] ?? s.optimizer?.name} at ${s.optimizer?.learningRate}${schedule}${s.loss === undefined || s.loss.name === "cross-entropy" ? ", cross-entropy" : `, ${s.loss.name} loss`}${extras.length > 0 ? ` (${extras.join(", ")})` : ""}${stop}.`;
}

function trainingText({ cells }: StudyResults): string {
  const networks = distinct(cells.map(({ network }) => network)).map((name) => `${name} (${cells.find(({ network }) => network === name)!.parameters.total.toLocaleString("en-US")} parameters)`);
  const starts = distinct(
    cells.map(({ network, startWeights: { source, chain } }) => (source === "random" ? "random numbers" : `${source} for ${network}${chain && chain.length > 1 ? ` (${describeChain(chain)})` : ""}`)),
  );
  const rows = distinct(cells.map(({ row }) => row)).flatMap((row) => {
    const own = cells.filter((cell) => cell.row === row);
    const alike = distinct(own.map(({ settings }) => JSON.stringify({ ...settings, normalization: undefined })));
    if (alike.length === 1) return [rowText(row, own)];
    return alike.map((key) => {
      const same = own.filter(({ settings }) => JSON.stringify({ ...settings, normalization: undefined }) === key);
      return rowText(`${row} (${listed(same.map(({ id }) => id))})`, same);
    });
  });
  return `The networks were ${listed(networks)}; weights started from ${listed(starts)}. ${rows.join(" ")} The class with the largest probability was predicted; no threshold was tuned. The table "Set-up" lists every setting.`;
}

/** Names of the methods behind some figures, each once. */
function methodsOf(figures: readonly (Estimated | undefined)[]): string {
  return listed(distinct(figures.flatMap((figure) => (figure && isEstimate(figure) ? [figure.method.replace(/ of \d+ patients/, "")] : []))));
}

function statisticsText(results: StudyResults): string {
  const { cells, comparisons, level, data, subgroups } = results;
  const percent = Math.round(level * 100);
  const ways = [
    ["accuracy", methodsOf(cells.map(({ pooled }) => pooled.accuracy))],
    ["sensitivity and specificity of a class", methodsOf(cells.flatMap(({ pooled }) => Object.values(pooled.perClass).flatMap(({ recall, specificity }) => [recall, specificity])))],
    ["area under the ROC curve (AUC) of a class", methodsOf(cells.flatMap(({ pooled }) => Object.values(pooled.perClass).map(({ auc }) => auc)))],
    ["means over the classes", methodsOf(cells.flatMap(({ pooled }) => Object.values(pooled.macro)))],
  ].filter(([, method]) => method !== "");
  const together = data.patients !== undefined && data.patients < data.cases ? " Images of one patient were treated as dependent." : "";
  const test = comparisons[0];
  const tests = test === undefined
    ? ""
    : ` Accuracies were compared on the same cases${seedsOf(results).length > 1 ? " (first seed)" : ""} by ${testName(test.method)}${comparisons.some(({ auc }) => auc) ? `, areas under the curve of ${data.labels[1]!} by DeLong's paired test` : ""}${comparisons.some(({ relevanceTest }) => relevanceTest) ? ", shares of the heat maps inside the region by a permutation test that exchanges the two maps of whole patients" : ""}; two-sided p-values were adjusted for the ${counted(comparisons.length, "comparison")} by Holm's method.`;
  const columns = distinct((subgroups ?? []).map(({ column }) => column));
  const asked = columns.filter((column) => column !== lookAlikeColumn);
  const sources = [
    ...(asked.length > 0 ? [`subgroups by ${listed(asked)} were asked for in the recipe`] : []),
    ...(asked.length < columns.length ? ["groups of images that look alike were found by k-means of their shape, brightness, contrast, noise and edges, less the means of their class, without a look at any result"] : []),
  ].join("; ");
  const groups = columns.length === 0 ? "" : ` ${sources[0]!.toUpperCase()}${sources.slice(1)}; that they are alike was tested by a chi-square test of interaction, Holm-adjusted over all subgroup tests of the measure.`;
  return `Intervals are of ${percent} %: ${ways.map(([what, method]) => `${what}, ${method}`).join("; ")}.${together}${tests}${cells.some(({ calibration }) => calibration) ? " Calibration was measured by reliability curves over ten equal bins, the expected and largest calibration error with bootstrap intervals, the Brier score, and intercept and slope of a logistic recalibration; usefulness by decision curves." : ""}${cells.some(({ certainty }) => certainty) ? ` Probabilities were recalibrated, and prediction sets of 90 % calibrated, on ${cells.find(({ certainty }) => certainty)!.certainty!.fittedOn}.` : ""}${groups}`;
}

/** What was searched and tested beside the folds. */
function furtherText({ search, external, readers }: StudyResults): string {
  return [
    search === undefined ? "" : "Settings were searched inside the training folds alone, anew in every fold; the space, the trials and the rule stand in the section on the search.",
    external === undefined ? "" : `${counted(external.cases, "image")} of ${external.source}${external.patients === undefined ? "" : ` from ${counted(external.patients, "patient")}`} were kept apart as an external test set; ${external.networks === 1 ? "the network of the split was" : `the probabilities of the ${external.networks} networks of a cell were averaged and`} tested on them once.`,
    readers === undefined ? "" : "People read the test cases; how they were compared with the networks stands in the section on the readers.",
  ].filter((text) => text !== "").join(" ");
}

function explanationText({ recipe, data }: StudyResults): string {
  const { method, beside } = explanationMethodsOf(recipe);
  const drawn = beside.length === 0 ? "" : ` In the examples it is drawn beside ${listed(beside.map((name) => methods[name].title))} and the mean of all, each over its largest size.`;
  return `Each test prediction was explained by ${methods[method].title} of the predicted class.${drawn}${data.casesWithRegion > 0 ? " How far a network looks at what matters clinically was measured as the share of the map's mass inside the known region, on the cases that have one." : " No region of interest was known, so the maps are shown and not measured."}`;
}

/** What was done, in words made from the recipe and the results, so that they hold for this run and no other. */
export function methodsText(results: StudyResults): Paragraph[] {
  const { software } = results;
  return [
    { topic: "Data", text: dataText(results) },
    { topic: "Split", text: splitText(results) },
    { topic: "Images", text: imageText(results) },
    { topic: "Networks and training", text: trainingText(results) },
    { topic: "Statistics", text: statisticsText(results) },
    { topic: "Further tests", text: furtherText(results) },
    { topic: "Explanation", text: explanationText(results) },
    { topic: "Software", text: `Osteon ${software.osteon} on ${software.runtime}, Node ${software.node}, ${software.platform}. The section "How to reproduce this" holds the command, the recipe and the checksums of data and weights.` },
  ].filter(({ text }) => text !== "");
}
