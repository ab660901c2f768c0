import path from "node:path";
import { InputError } from "../../base/index.js";
import { isArchitectureName } from "../../models/index.js";
import { studies, writePhantomDataset, type CaseRecipe, type DatasetDesign, type MadeView, type StudyName } from "../../phantom/index.js";
import type { StudyOptions } from "../open-study.js";
import { pretrainOnPhantoms } from "../pretrain/pretrain-on-phantoms.js";
import type { ReadersResult } from "../readers/contract.js";
import { simulateStudyReads } from "../readers/simulate-study.js";
import { studyReaders } from "../readers/study-readers.js";
import type { RecipeSource } from "../recipe.js";
import { runStudy, type StudyOutcome } from "../run-study.js";
import { deriveTable } from "./derive-table.js";
import { narrowSearch } from "../search/narrow-search.js";
import { elsewhere, smallRecipe } from "./small-recipe.js";

export interface TryOptions extends Pick<StudyOptions, "recipe" | "out" | "threads" | "device" | "softwareVersion" | "command" | "onProgress" | "onWarning" | "signal"> {
  /** Simulated images of the study. */
  readonly count: number;
  readonly seed: number;
  /** Trials of the recipe's search in every fold; 0 leaves it out. */
  readonly searchTrials?: number;
}

/** Images and epochs that the small networks are pretrained with. */
const pretraining = { count: 60, epochs: 3 } as const;

/** Views that a preset's classes are seen on. */
function viewsOf(study: StudyName): MadeView[] {
  const recipes = Object.values(studies[study].classes as Record<string, readonly CaseRecipe[]>).flat();
  return [...new Set(recipes.flatMap((one): readonly MadeView[] => (one.kind === "disc-mri" ? ["disc-mri"] : one.views)))];
}

export interface TryOutcome extends StudyOutcome {
  /** The comparison with simulated readers, in studies that have one. */
  readonly readers?: ReadersResult;
}

/** Readers of the published study: three orthopaedists and three radiologists. */
const readerCount = 6;

/** The tables that the study runs on: what of the simulated set's own columns has a meaning in it. */
async function tablesOf(study: StudyName, labels: string): Promise<Pick<StudyOptions, "data" | "external">> {
  const place = (name: string): string => path.join(path.dirname(labels), name);
  const { testHospital } = studies[study] as DatasetDesign;
  if (testHospital !== undefined) {
    const [own, external] = [place("own-hospitals.csv"), place("external-hospital.csv")];
    const hospitals = (studies[study] as DatasetDesign).hospitals ?? [];
    await deriveTable(labels, own, { where: { hospital: hospitals.filter((hospital) => hospital !== testHospital) }, drop: ["split"] });
    await deriveTable(labels, external, { where: { hospital: [testHospital] }, drop: ["split"] });
    return { data: own, external };
  }
  if (study !== "musculoskeletal-radiograph") return { data: labels };
  // Both views of a visit make one decision, as in the published set.
  await deriveTable(labels, place("exams.csv"), { rename: { study: "unit" } });
  return { data: place("exams.csv") };
}

/**
 * Runs a recipe in a small setting on simulated images of its study: what its table and report will be, before there are
 * data. What would start from published weights starts from other simulated images, and what starts from an earlier
 * run from other images of the same kind. Where the recipe names a comparison with readers, simulated ones read.
 * @throws InputError `try-study` for a recipe of no study that images are simulated for
 */
export async function tryStudy(options: TryOptions): Promise<TryOutcome> {
  const { recipe, out, count, seed, onProgress, signal } = options;
  if (!Object.hasOwn(studies, recipe.study)) {
    throw new InputError("try-study", `${recipe.study}: expected a study that images are simulated for (${Object.keys(studies).join(", ")}), got another. Make images with: osteon phantom make, and run the recipe on them.`);
  }
  const study = recipe.study as StudyName;
  const common = { ...(onProgress && { onProgress }), ...(signal && { signal }) };
  const reduced = narrowSearch(smallRecipe(recipe), options.searchTrials);
  const size = reduced.image!.size!;
  const labels = await writePhantomDataset({ study, count, seed, size: 2 * size, directory: path.join(out, "images"), ...common });
  const sources = await pretrainAll(reduced, study, options, size);
  const run = path.join(out, "run");
  const outcome = await runStudy({ ...options, recipe: reduced, ...(await tablesOf(study, labels)), sources, out: run });
  if (recipe.readers === undefined) return outcome;
  const reads = path.join(out, "reads.csv");
  await simulateStudyReads({ run, out: reads, seed, readers: readerCount });
  const { result, results } = await studyReaders({ run, reads });
  return { ...outcome, results, readers: result };
}

async function pretrainAll(recipe: RecipeSource, study: StudyName, { out, seed, softwareVersion, threads, device, onProgress, signal }: TryOptions, size: number): Promise<Record<string, string[]>> {
  const places: Record<string, string[]> = {};
  for (const source of recipe.sources ?? []) {
    if (source === "none") continue;
    const name = source.slice("run:".length);
    const images = source === elsewhere ? { views: ["whole-spine-ap"] as const, classes: ["normal", "scoliosis"] } : { views: viewsOf(study) };
    for (const network of recipe.networks) {
      if (!isArchitectureName(network)) continue;
      const folder = path.join(out, "sources", name, network);
      await pretrainOnPhantoms({
        network, ...images, ...pretraining, size, batchSize: 12, learningRate: 0.003, seed: seed + 1000, out: folder, softwareVersion,
        ...(threads !== undefined && { threads }), ...(device && { device }), ...(onProgress && { onProgress }), ...(signal && { signal }),
      });
      places[name] = [...(places[name] ?? []), folder];
    }
  }
  return places;
}
