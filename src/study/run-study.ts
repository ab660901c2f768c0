import { countLabels, type Dataset } from "../data/index.js";
import type { Placement } from "../images/index.js";
import { defaultThreads, runtimeName } from "../engine/index.js";
import { sha256, writeFileAtomic, writeJsonAtomic } from "../files/index.js";
import type { AggregateOptions, CellFacts } from "./aggregate.js";
import { auditCells, auditPlanOf } from "./audit/audit-cells.js";
import { lookingElsewhere } from "./audit/elsewhere.js";
import { characteristicsOf } from "./analysis/characteristics.js";
import { unitsOf } from "./analysis/decide-units.js";
import { lookAlikes } from "./analysis/look-alikes.js";
import { measureStudy } from "./analysis/measure-study.js";
import { subgroupColumn, type SubgroupColumn } from "./analysis/subgroups.js";
import { checkExternalStudy, openExternal, type ExternalSet } from "./external/open-external.js";
import { testExternal } from "./external/test-external.js";
import { drawExamples } from "./examples.js";
import { drawPairs } from "./leaks/pair-pictures.js";
import { planLeaks, withHonest, type PlannedLeaks } from "./leaks/measure-leak.js";
import { withStudy, type OpenStudy, type StudyOptions } from "./open-study.js";
import { digestOf, planStudy, roundsOf, type StudyPlan } from "./plan.js";
import { predictionsCsv } from "./predictions-csv.js";
import { writeReport } from "./report/write-report.js";
import type { RecipeSource } from "./recipe.js";
import { keptReaders } from "./readers/kept-readers.js";
import type { StudyResults } from "./results.js";
import { runTask, type TaskContext } from "./run-task.js";
import { distribute } from "./tasks/distribute.js";
import { collectSearch } from "./search/collect-search.js";
import { planSearch, refuseFrameSearch, searchedFacts, withSearched, type SearchedCell } from "./search/plan-search.js";
import { runSearched } from "./search/run-searched.js";
import type { FoldSearch } from "./search/search-fold.js";
import type { TrialContexts } from "./search/trial-context.js";
import { startOf } from "./start-weights.js";
import { describeSplit } from "./split/plan-rounds.js";
import { auditShortcuts } from "./shortcuts/audit-shortcuts.js";
import { mapsOnMarks } from "./shortcuts/maps-on-marks.js";
import { isAudited, urgentFindings, type ShortcutAudit } from "./shortcuts/results.js";
import type { TaskRecord } from "./task-record.js";

export interface StudyOutcome {
  readonly results: StudyResults;
  readonly report: string;
  readonly resultsFile: string;
  readonly predictions: string;
}

/** Errors whose pictures the report shows. */
const failuresShown = 12;

/** Exchanged labellings of the audit of shortcuts: p down to 0.005, in a second or two. */
const labellings = 199;

/** Cases that a network is right on while it looks elsewhere, whose pictures the report shows. */
const elsewhereShown = 8;

/** Pairs of cases that belong together, whose pictures the report shows. */
const pairsShown = 12;

interface Trained {
  readonly records: ReadonlyMap<string, TaskRecord[]>;
  /** By id of the searched cell. */
  readonly searches: ReadonlyMap<string, FoldSearch[]>;
}

async function trainAll(plan: StudyPlan, { recipe, searched }: { readonly recipe: RecipeSource; readonly searched: readonly SearchedCell[] }, context: TaskContext): Promise<Trained> {
  const records = new Map<string, TaskRecord[]>();
  const searches = new Map<string, FoldSearch[]>();
  const contexts: TrialContexts = new Map();
  const total = plan.cells.length * plan.folds.length;
  let done = 0;
  for (const cell of plan.cells) {
    const own = searched.find(({ id }) => id === cell.id);
    for (const fold of plan.folds) {
      context.signal?.throwIfAborted();
      context.onProgress?.({ task: "study", done, total, unit: "folds", note: cell.id });
      const { record, search } = own === undefined ? { record: await runTask(cell, fold, context), search: undefined } : await runSearched({ recipe, searched: own, fold, contexts }, context);
      records.set(cell.id, [...(records.get(cell.id) ?? []), record]);
      if (search) searches.set(cell.id, [...(searches.get(cell.id) ?? []), search]);
      done += 1;
    }
  }
  context.onProgress?.({ task: "study", done, total, unit: "folds" });
  return { records, searches };
}

function foldTable(plan: StudyPlan, dataset: Dataset, records: readonly TaskRecord[]): StudyResults["folds"] {
  return plan.folds.map(({ seed, fold, test }) => {
    const counts = countLabels(test.map((i) => dataset.cases[i]!), dataset.labels);
    const record = records.find((one) => one.seed === seed && one.fold === fold)!;
    return { seed, fold, ...record.counts, testCounts: Object.fromEntries(dataset.labels.map((label, i) => [label, counts[i]!])) };
  });
}

interface Finished {
  readonly options: StudyOptions;
  readonly study: OpenStudy;
  readonly plan: StudyPlan;
  readonly searched: readonly SearchedCell[];
  readonly trained: Trained;
  readonly columns: readonly SubgroupColumn[];
  /** Text of predictions.csv. */
  readonly table: string;
  readonly shortcuts: ShortcutAudit;
  readonly leaks: PlannedLeaks;
  /** Records of the same cells without what leaks, where a leak was accepted. */
  readonly honest?: { readonly records: ReadonlyMap<string, TaskRecord[]>; readonly table: string };
}

/** Images of a case as results name it: itself, or the views of a unit. */
function imagesOf(name: string, { cases }: Dataset): string[] {
  return cases.filter(({ id, unit }) => (unit ?? id) === name).map(({ id }) => id);
}

/** The external test set, opened before anything is trained, so that what is wrong with it is known then. */
async function prepareExternal(source: string, study: OpenStudy, { skipBad = false, identity, onWarning }: StudyOptions): Promise<ExternalSet> {
  checkExternalStudy(study);
  const set = await openExternal(source, study, { skipBad, ...(identity && { identity }) });
  set.warnings.forEach((message) => onWarning?.(message));
  return set;
}

/** Where each whole image lies in the frame, by case. */
function placementsOf({ dataset, prepared }: OpenStudy["context"]): ReadonlyMap<string, Placement> {
  return new Map(dataset.cases.map(({ id }, i) => [id, prepared.placements[i]!]));
}

/** Parts of the study for Table 1: those of a single split, or all cases where each is tested in turn. */
function partsOf({ folds }: StudyPlan, { cases }: Dataset): Record<string, readonly number[]> {
  const first = folds.filter(({ seed }) => seed === folds[0]!.seed);
  if (first.length > 1) return { all: cases.map((_, i) => i) };
  const { train, test, given = [] } = first[0]!;
  const held = new Set(given);
  return { training: train.filter((i) => !held.has(i)), ...(given.length > 0 && { "early stopping": given }), test };
}

function collectResults({ options, study, plan, searched, trained, columns, table, shortcuts, leaks, honest }: Finished): StudyResults {
  const { recipe } = options;
  const { records, searches } = trained;
  const { dataset, warnings, context } = study;
  const { starts, prepared: { preprocessing } } = context;
  const patients = new Map(dataset.cases.flatMap(({ id, patient, unit }) => [[id, patient ?? unit ?? id], ...(unit === undefined ? [] : [[unit, patient ?? unit] as const])]));
  const unitOf = unitsOf(dataset.cases);
  const aggregate: AggregateOptions = { labels: dataset.labels, level: plan.level, patientOf: (id) => patients.get(id) ?? id, ...(unitOf && { unitOf }), seed: plan.folds[0]!.seed };
  const factsOf = (cell: StudyPlan["cells"][number]): CellFacts => {
    const start = startOf(cell, context);
    const found = searches.get(cell.id);
    const facts: CellFacts = {
      id: cell.id,
      network: cell.network,
      row: cell.row,
      regime: cell.regime.name,
      ...(recipe.sources && { start: cell.start }),
      ...(recipe.region !== undefined && { view: cell.view }),
      startWeights: start === undefined ? { source: "random" } : { source: start.file, sha256: start.sha256, chain: start.chain },
      settings: {
        ...("stages" in cell.regime && { stages: cell.regime.stages }),
        ...cell.training,
        augmentation: cell.training.augmentation ? (recipe.augmentation ?? "none") : "none",
        image: `${preprocessing.size} px, ${preprocessing.resize}, ${preprocessing.channels}`,
        normalization: start === undefined ? "of the training fold" : cell.start === "imagenet" ? "ImageNet's" : "of the source",
      },
    };
    return found === undefined ? facts : searchedFacts(facts, found);
  };
  const figures = measureStudy(plan.cells.map((cell) => ({ facts: factsOf(cell), records: records.get(cell.id)! })), columns, aggregate);
  const search = collectSearch(
    recipe,
    searched.map((one) => ({ searched: one, folds: searches.get(one.id)!, before: records.get(one.base.id)!, after: records.get(one.id)! })),
    aggregate,
  );
  return {
    format: 1,
    study: {
      name: recipe.study,
      title: recipe.title ?? recipe.study,
      ...(recipe.question !== undefined && { question: recipe.question }),
      ...(recipe.reference !== undefined && { reference: recipe.reference }),
    },
    software: { osteon: options.softwareVersion, node: process.versions.node, runtime: runtimeName(), platform: `${process.platform} ${process.arch}`, threads: options.threads ?? defaultThreads(), ...(options.device && options.device !== "cpu" && { device: options.device }) },
    recipe,
    recipeSha256: digestOf(recipe),
    data: {
      source: dataset.name,
      sha256: dataset.sha256,
      where: options.where ?? {},
      found: dataset.cases.length + dataset.setAside.length + dataset.filteredOut,
      filteredOut: dataset.filteredOut,
      setAside: dataset.setAside,
      cases: dataset.cases.length,
      ...(unitOf && { units: new Set(unitOf.values()).size }),
      labels: dataset.labels,
      classCounts: Object.fromEntries(countLabels(dataset.cases, dataset.labels).map((count, i) => [dataset.labels[i]!, count])),
      ...(dataset.hasPatients && { patients: new Set(dataset.cases.map(({ patient }) => patient)).size }),
      casesWithRegion: context.regions.size,
      characteristics: characteristicsOf(dataset, { parts: partsOf(plan, dataset), named: recipe.subgroups ?? [] }),
    },
    folds: foldTable(plan, dataset, records.get(plan.cells[0]!.id)!),
    split: describeSplit(recipe, dataset, roundsOf(plan)),
    leaks: honest === undefined ? leaks.results : withHonest(leaks, { leaky: records, honest: honest.records, table: honest.table }, aggregate),
    level: plan.level,
    ...figures,
    ...(search && { search }),
    shortcuts: isAudited(shortcuts) ? { ...shortcuts, maps: mapsOnMarks({ cells: plan.cells.map(({ id }) => ({ id, records: records.get(id)! })), traits: study.traits, placements: placementsOf(context), preprocessing, level: plan.level, patientOf: aggregate.patientOf }) } : shortcuts,
    warnings,
    predictions: { rows: [...records.values()].flat().reduce((sum, { predictions }) => sum + predictions.length, 0), sha256: sha256(table) },
    seconds: figures.cells.reduce((sum, { seconds }) => sum + seconds, 0),
    reproduce: { command: options.command, files: Object.fromEntries([...starts].map(([key, { file, sha256 }]) => [`${key}: ${file}`, sha256])) },
  };
}

/**
 * Runs a study, or goes on with one: everything that can be known is checked before the first training step; finished
 * folds are read back; an interrupted fold goes on from its last checkpoint. The numbers do not depend on how often the
 * run was stopped.
 */
export async function runStudy(options: StudyOptions): Promise<StudyOutcome> {
  const { recipe } = options;
  return withStudy(options, async (study) => {
    const { context, dataset } = study;
    const { folder } = context;
    const auditPlan = auditPlanOf(recipe);
    const planned = planStudy(recipe, dataset, context.imported);
    const searched = planSearch(recipe, planned.cells, context.imported);
    refuseFrameSearch(searched, [...(options.external === undefined ? [] : ["an external test set"]), ...(auditPlan === undefined ? [] : ["an audit of explanations"])]);
    const plan = withSearched(planned, searched);
    const leaks = await planLeaks(plan, study, options);
    const alike = lookAlikes(dataset.cases, study.traits, { seed: plan.folds[0]?.seed ?? 1 });
    const columns = [...(recipe.subgroups ?? []).map((column) => subgroupColumn(dataset.cases, column, dataset.columns)), ...(alike ? [alike] : [])];
    const shortcuts = await auditShortcuts(dataset, study.traits, { level: plan.level, permutations: labellings, ...(context.onProgress && { onProgress: context.onProgress }), ...(context.signal && { signal: context.signal }) });
    if (isAudited(shortcuts)) urgentFindings(shortcuts).slice(0, 1).forEach(({ sentence }) => options.onWarning?.(sentence));
    const external = options.external === undefined ? undefined : await prepareExternal(options.external, study, options);
    const honestFolds = leaks.honest === undefined || "notEstimable" in leaks.honest ? undefined : leaks.honest;
    if (options.executor) await distribute(options.executor, { plans: [plan, ...(honestFolds ? [honestFolds] : [])], searched, options, study });
    const trained = await trainAll(plan, { recipe, searched }, context);
    const { records } = trained;
    const honest = honestFolds && (await trainAll(honestFolds, { recipe, searched }, context)).records;
    const cells = plan.cells.map(({ id }) => ({ id, records: records.get(id)! }));
    const table = predictionsCsv({ cells, dataset, subgroups: columns });
    const honestTable = honest && predictionsCsv({ cells: [...honest].map(([id, own]) => ({ id, records: own })), dataset, subgroups: columns });
    const elsewhere = lookingElsewhere(cells, dataset.labels);
    const tested = external && (await testExternal(external, { study, plan, records }));
    const audits = auditPlan && (await auditCells(plan, records, auditPlan, context));
    const collected = { ...collectResults({ options, study, plan, searched, trained, columns, table, shortcuts, leaks, ...(honest && { honest: { records: honest, table: honestTable! } }) }), ...(tested && { external: tested }) };
    const kept = await keptReaders(folder.path, collected);
    const results: StudyResults = {
      ...collected,
      ...(kept && { readers: kept.readers }),
      ...((elsewhere ?? audits) && { explanationAudit: { elsewhere: elsewhere ?? { counts: [], cases: [] }, ...(audits && { audits }) } }),
    };
    const pictures = {
      ...(kept && { readers: kept.pictures }),
      examples: await drawExamples({ cells, count: recipe.explanation?.examples ?? 12 }, context),
      leaks: await drawPairs(results.leaks?.crossing ?? results.leaks?.pairs ?? [], (id) => dataset.cases.find((one) => one.id === id)!.file, pairsShown),
      failures: await drawExamples({ cells, cases: (results.failures?.cases ?? []).slice(0, failuresShown).flatMap((one) => imagesOf(one.case, dataset)) }, context),
      elsewhere: await drawExamples({ cells, cases: [...new Set((elsewhere?.cases ?? []).map((one) => one.case))].slice(0, elsewhereShown) }, context),
    };
    const outcome = { results, report: folder.file("report.html"), resultsFile: folder.file("results.json"), predictions: folder.file("predictions.csv") };
    await writeJsonAtomic(outcome.resultsFile, results);
    await writeFileAtomic(outcome.predictions, table);
    if (honestTable !== undefined) await writeFileAtomic(folder.file("honest.csv"), honestTable);
    await writeReport(folder.path, results, pictures);
    return outcome;
  });
}
