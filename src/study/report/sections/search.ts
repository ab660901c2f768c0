import type { TopLevelSpec } from "vega-lite";
import { isEstimate, type StudyResults } from "../../results.js";
import type { CellSearch, SearchResults } from "../../search/results.js";
import type { ReportCell, ReportFigure, ReportSection, ReportTable } from "../contract.js";
import { palette } from "../draw.js";
import { decimal, estimateText } from "../format.js";
import { html, type Html } from "../html.js";

type Range = SearchResults["space"][string];

const metricTitles: Readonly<Record<SearchResults["metric"], string>> = {
  "macro-auc": "AUC (macro)",
  "macro-f1": "F1 (macro)",
  accuracy: "accuracy",
  "balanced-accuracy": "balanced accuracy",
  "log-likelihood": "mean log-likelihood",
};

const samplerTitles: Readonly<Record<SearchResults["sampler"], string>> = {
  grid: "a grid",
  random: "random search",
  "latin-hypercube": "a Latin hypercube",
  sobol: "a scrambled Sobol' sequence",
  tpe: "tree-structured Parzen estimators (Bergstra et al. 2011)",
};

const schedulerTitles: Readonly<Record<SearchResults["scheduler"], string>> = {
  none: "every trial trained to the end",
  "successive-halving": "successive halving",
  asha: "ASHA (Li et al. 2020)",
};

function scaleOf(range: Range): { values: string; scale: string; isLog: boolean } {
  if ("choice" in range) return { values: range.choice.map(String).join(", "), scale: "list", isLog: false };
  if ("log" in range) return { values: range.log.join(" to "), scale: "logarithmic", isLog: true };
  if ("logInt" in range) return { values: range.logInt.join(" to "), scale: "whole, logarithmic", isLog: true };
  if ("int" in range) return { values: range.int.join(" to "), scale: "whole", isLog: false };
  return { values: range.float.join(" to "), scale: "even", isLog: false };
}

const capitalized = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** "training.optimizer.learningRate" -> "learning rate". */
function settingTitle(name: string): string {
  const parts = name.split(".");
  // "training.optimizer.name" is the optimizer.
  const last = parts.at(-1) === "name" ? parts.at(-2)! : parts.at(-1)!;
  const words = last.replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return parts[0] === "augmentation" ? `${parts[1]!} (${words})` : words;
}

const isWhole = (range: Range): boolean => "int" in range || "logInt" in range;

const slug = (id: string): string => id.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

/** "Tests: F1, precision by ...; accuracy by ...". */
function testsOf(cells: readonly CellSearch[]): string {
  const measures = new Map<string, string[]>();
  for (const { measure, test } of cells.flatMap(({ comparison }) => comparison)) {
    const name = measure.replace(" (macro)", "");
    if (test !== undefined && measures.get(test)?.includes(name) !== true) measures.set(test, [...(measures.get(test) ?? []), name]);
  }
  return measures.size === 0 ? "" : `Tests: ${[...measures].map(([test, names]) => `${names.join(", ")} by ${test}`).join("; ")}.`;
}

function beforeAfterTable({ search, level }: StudyResults): ReportTable {
  const { cells } = search!;
  const [first] = cells;
  const manySeeds = first!.folds.some(({ seed }) => seed !== first!.folds[0]!.seed);
  const adjusted = cells.length > 1;
  const pOf = (p: number | undefined): ReportCell => (p === undefined ? undefined : { p });
  return {
    name: "search-before-after",
    title: "Before and after the search",
    names: 2,
    head: ["Network / regime", "Measure", "Before", "After", "After − before", "p", ...(adjusted ? ["p adjusted"] : [])],
    rows: cells.flatMap(({ before, comparison }) =>
      comparison.map((row, i): ReportCell[] => [i === 0 ? before : "", row.measure, row.before, row.after, row.difference, pOf(row.pValue), ...(adjusted ? [pOf(row.pAdjusted)] : [])]),
    ),
    note: `The recipe's settings and those found, on the same ${first!.cases} test cases${manySeeds ? " (first seed)" : ""}; ${Math.round(level * 100)} % intervals. ${testsOf(cells)}${adjusted ? ` Each measure adjusted for the ${cells.length} searched cells by Holm's method.` : ""}`,
  };
}

function spaceTable({ search }: StudyResults): ReportTable {
  const { space, cells } = search!;
  const shareOf = (name: string): string => cells.map(({ importance }) => importance.find(({ parameter }) => parameter === name)).map((one) => (one === undefined ? "–" : one.share === undefined ? "not estimable" : decimal(one.share, 2))).join(", ");
  return {
    name: "search-space",
    title: "What was searched",
    head: ["Setting", "Values", "Scale", "Only where", "Share of the scores' variance"],
    rows: Object.entries(space).map(([name, range]): ReportCell[] => [name, scaleOf(range).values, scaleOf(range).scale, Object.entries(range.when ?? {}).map(([other, values]) => `${other} = ${[values].flat().map(String).join(" or ")}`).join(", "), shareOf(name)]),
    note: `Last column: how much of the differences between trials the setting explains by itself (adjusted R² of a parabola, or of the means of a list), mean over the outer folds${cells.length > 1 ? `, for ${cells.map(({ before }) => before).join(", ")}` : ""}. Interactions are not seen.`,
  };
}

function chosenTable({ search }: StudyResults): ReportTable {
  const { cells, metric, space } = search!;
  const names = Object.keys(space);
  return {
    name: "search-chosen",
    title: "Settings found, by outer fold",
    names: 3,
    head: ["Network / regime", "Seed", "Fold", "Trials", "Trained to the end", "Best trial", "Chosen trial", ...names.map((name) => capitalized(settingTitle(name))), `Inner ${metricTitles[metric]}`, `Outer ${metricTitles[metric]}`],
    rows: cells.flatMap(({ before, folds }) =>
      folds.map((one, i): ReportCell[] => [
        i === 0 ? before : "",
        one.seed,
        one.fold,
        one.trials.length,
        one.trials.filter(({ state }) => state === "whole").length,
        one.best,
        one.chosen,
        // As text: a learning rate is not rounded to three decimals.
        ...names.map((name) => (Object.hasOwn(one.settings, name) ? String(one.settings[name]) : undefined)),
        one.innerScore,
        one.outerScore,
      ]),
    ),
    note: "Inner: mean over the inner folds of the training part, by which the trial was chosen. Outer: of the network trained with these settings, on test cases that played no part in the search.",
  };
}

interface PlotTrial {
  readonly fold: string;
  readonly trial: number;
  readonly score: number;
  readonly epochs: number;
  readonly state: string;
  readonly chosen: boolean;
  readonly [parameter: `p${number}`]: number | string | undefined;
}

/** Score over trials with the best so far, and over every parameter. */
function searchFigure({ search }: StudyResults, cell: CellSearch): ReportFigure {
  const { space, metric, rungs } = search!;
  const names = Object.keys(space).filter((name) => cell.folds.some(({ trials }) => trials.some(({ settings }) => Object.hasOwn(settings, name))));
  const manySeeds = new Set(cell.folds.map(({ seed }) => seed)).size > 1;
  const foldName = ({ seed, fold }: { seed: number; fold: number }): string => (manySeeds ? `seed ${seed}, fold ${fold}` : `fold ${fold}`);
  const trials = cell.folds.flatMap((one) =>
    one.trials.flatMap(({ trial, settings, score, epochs, state }): PlotTrial[] =>
      score === undefined
        ? []
        : [{ fold: foldName(one), trial, score, epochs, state: state === "whole" ? "trained to the end" : "stopped early", chosen: trial === one.chosen, ...Object.fromEntries(names.flatMap((name, i) => (Object.hasOwn(settings, name) ? [[`p${i}`, typeof settings[name] === "number" ? settings[name] : String(settings[name])]] : []))) }],
    ),
  );
  const best = cell.folds.flatMap((one) => {
    let top = -Infinity;
    const steps = one.trials.flatMap(({ trial, score, state }) => {
      if (score === undefined || state !== "whole") return [];
      top = Math.max(top, score);
      return [{ fold: foldName(one), trial, score: top }];
    });
    return steps.length === 0 ? [] : [...steps, { fold: foldName(one), trial: one.trials.at(-1)!.trial, score: top }];
  });
  const pruned = (rungs[cell.before]?.length ?? 1) > 1;
  const color = { field: "fold", type: "nominal" as const, sort: null, title: "outer fold", scale: { range: palette } };
  const y = { field: "score", type: "quantitative" as const, title: `inner ${metricTitles[metric]}`, scale: { zero: false }, axis: { tickCount: 5, format: ".3~f" } };
  const size = { value: 34 };
  const opacity = pruned
    ? { field: "state", type: "ordinal" as const, sort: ["trained to the end", "stopped early"], title: "trial", scale: { domain: ["trained to the end", "stopped early"], range: [0.95, 0.25] } }
    : { value: 0.85 };
  const points = (x: object, width: number) => ({
    width,
    height: 160,
    layer: [
      { data: { values: trials }, mark: { type: "point" as const, filled: true }, encoding: { x, y, color, size, opacity } },
      { data: { values: trials.filter(({ chosen }) => chosen) }, mark: { type: "point" as const, filled: false, strokeWidth: 2, shape: "diamond" }, encoding: { x, y, color, size: { value: 190 } } },
    ],
  });
  const trialAxis = { field: "trial", type: "quantitative" as const, title: "trial", axis: { tickMinStep: 1, format: "d" }, scale: { zero: false } };
  const over = points(trialAxis, 640);
  const perParameter = names.map((name, i) => {
    const range = space[name]!;
    const isList = "choice" in range;
    const domain = isList ? undefined : "float" in range ? range.float : "log" in range ? range.log : "int" in range ? range.int : range.logInt;
    const scale = scaleOf(range).isLog ? { type: "log" as const, domain: [...domain!] } : { zero: false, nice: false, ...(domain && { domain: [...domain] }) };
    // A logarithmic axis without room for numbers tells powers of ten alone.
    const axis = scaleOf(range).isLog ? { format: "~e", tickCount: 5, labelOverlap: true as const, grid: false } : { tickCount: 5, grid: false, format: isWhole(range) ? "d" : "~g" };
    return points({ field: `p${i}`, type: isList ? "nominal" : "quantitative", title: settingTitle(name), ...(isList ? { axis: { labelAngle: 0 } } : { scale, axis }) }, names.length > 1 ? 170 : 560);
  });
  const drawing = {
    vconcat: [
      { ...over, layer: [{ data: { values: best }, mark: { type: "line", interpolate: "step-after", strokeWidth: 1.6, opacity: 0.6 }, encoding: { x: trialAxis, y, color } }, ...over.layer] },
      { columns: 3, concat: perParameter },
    ],
  } as unknown as TopLevelSpec;
  return { name: `search-${slug(cell.before)}`, title: `score of every trial of ${cell.before}, with the best so far, and over every setting; diamonds: chosen`, drawing };
}

/** How the search was made, in words for the methods of a paper. */
function searchSentence({ search }: StudyResults): string | undefined {
  if (search === undefined) return undefined;
  const { sampler, trials, innerFolds, metric, scheduler, selectionRule, reduction, cells, rungs } = search;
  const inside = innerFolds === 1 ? "a quarter of each training part, held back once" : `${innerFolds}-fold cross-validation inside each training part, grouped by patient as the outer one`;
  const steps = rungs[cells[0]?.before ?? ""] ?? [];
  const pruning = scheduler === "none" ? schedulerTitles.none : `${schedulerTitles[scheduler]} at ${steps.join(", ")} epochs, one in ${reduction} going on`;
  const rule = selectionRule === "best" ? "the trial with the highest score" : "the simplest trial within one standard error of the best";
  return `Settings (${Object.keys(search.space).map(settingTitle).join(", ")}) were searched by ${samplerTitles[sampler]} with ${trials} trials in every outer fold, ${pruning}, judged by ${metricTitles[metric]} in ${inside}; ${rule} was chosen, trained on the whole training part and tested on cases that played no part in the search.`;
}

function cellPart(results: StudyResults, cell: CellSearch, figure: Html): Html {
  const { metric, selectionRule } = results.search!;
  const failed = cell.folds.flatMap(({ trials }) => trials).filter(({ state }) => state === "failed").length;
  return html`<h3>${cell.before}</h3>
<p>Optimism of the chosen trial: ${isEstimate(cell.optimism) ? html`<b>${estimateText(cell.optimism)}</b> (inner minus outer ${metricTitles[metric]}, mean over ${cell.optimism.n} outer folds; ${cell.optimism.method})` : html`not estimable (${cell.optimism.notEstimable})`}.${selectionRule === "one-standard-error" && html` Trials within one standard error of the best: ${cell.folds.map(({ within }) => within).join(", ")}.`}${failed > 0 && html` ${failed} trials could not be trained.`}</p>
${figure}`;
}

export const searchSection: ReportSection = {
  id: "search",
  title: "Search for settings",
  tables: (results) => (results.search === undefined ? [] : [beforeAfterTable(results), spaceTable(results), chosenTable(results)]),
  figures: (results) => (results.search?.cells ?? []).map((cell) => searchFigure(results, cell)),
  render: (results, run) => {
    const { search } = results;
    if (search === undefined) return undefined;
    return html`<p>${searchSentence(results)}</p>
${run.table("search-before-after")}
${search.cells.map((cell) => cellPart(results, cell, run.figure(`search-${slug(cell.before)}`)))}
<p class="soft">Inner scores come from networks trained on fewer cases than the outer ones, which makes them too low, and from the best of many trials, which makes them too high; the optimism is what remains of both.</p>
${run.table("search-chosen")}
${run.table("search-space")}`;
  },
};
