import { InputError, UnsupportedError, float32, seededRandom } from "../../base/index.js";
import { auditCsv, fewestCases, judgeAudit, measureAudit, usualMethods, withStages, type AuditedCase, type AuditedModel, type MeasuredAudit, type MethodName, type NamedReadings } from "../../explain/index.js";
import { writeFileAtomic } from "../../files/index.js";
import { normalize } from "../../images/index.js";
import { bundleNetwork, readBundle } from "../../models/index.js";
import type { PlannedCell, PlannedFold, StudyPlan } from "../plan.js";
import type { RecipeSource } from "../recipe.js";
import type { TaskContext } from "../run-task.js";
import type { TaskRecord } from "../task-record.js";
import type { CellAudit } from "./contract.js";

/** Networks that each is compared with, of its own architecture and of others: two tell as much as the time of more is worth. */
const mostPeers = 2;

export interface AuditPlan {
  readonly methods: readonly MethodName[];
  readonly cases: number;
}

/**
 * What the recipe's key `audit` asks for.
 * @throws InputError `audit-models` where the networks that are to be asked again are discarded
 */
export function auditPlanOf({ audit, models }: RecipeSource): AuditPlan | undefined {
  if (audit === undefined || audit === false) return undefined;
  if (models === "discard") throw new InputError("audit-models", "recipe, audit: expected models: keep, as the audit asks the networks of all folds again, got models: discard. Keep them, or leave the audit out.");
  return { methods: usualMethods, cases: 100, ...(audit !== true && { ...(audit.methods && { methods: audit.methods }), ...(audit.cases !== undefined && { cases: audit.cases }) }) };
}

/**
 * Audits every cell with the networks of its folds, each on test cases of its own fold: the first seed's. Repeatability is
 * asked of networks of the cell's other folds (which may have seen the case in training), reproducibility of other
 * architectures in the same fold. Writes the readings to `explanation-audit.csv`.
 */
export async function auditCells(plan: StudyPlan, records: ReadonlyMap<string, readonly TaskRecord[]>, asked: AuditPlan, context: TaskContext): Promise<CellAudit[]> {
  const folds = plan.folds.filter(({ seed }) => seed === plan.folds[0]!.seed);
  const audits: CellAudit[] = [];
  const readings: NamedReadings[] = [];
  for (const cell of plan.cells) {
    if (cell.view !== "none") {
      audits.push({ cell: cell.id, notAudited: "its images are cut out around a region that each fold finds anew" });
      continue;
    }
    try {
      const { readings: own, seconds: _, methods, ...audit } = await auditCell({ cell, folds, plan, records, asked }, context);
      audits.push({ cell: cell.id, ...audit, methods: methods.map(({ seconds: _seconds, ...method }) => method) });
      readings.push(...own.map((one) => ({ ...one, network: cell.id })));
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      audits.push({ cell: cell.id, notAudited: error.message });
    }
  }
  await writeFileAtomic(context.folder.file("explanation-audit.csv"), auditCsv(readings));
  return audits;
}

interface CellTask {
  readonly cell: PlannedCell;
  readonly folds: readonly PlannedFold[];
  readonly plan: StudyPlan;
  readonly records: ReadonlyMap<string, readonly TaskRecord[]>;
  readonly asked: AuditPlan;
}

async function auditCell({ cell, folds, plan, records, asked }: CellTask, context: TaskContext) {
  const others = plan.cells.filter((one) => one.network !== cell.network && one.view === "none").sort((a, b) => Number(b.row === cell.row) - Number(a.row === cell.row));
  // One cell per other architecture.
  const foreign = others.filter((one, i) => others.findIndex(({ network }) => network === one.network) === i).slice(0, mostPeers);
  const parts: MeasuredAudit[] = [];
  const { level } = plan;
  const seed = folds[0]!.seed;
  for (const [f, fold] of folds.entries()) {
    const chosen = seededRandom("audited cases", seed, fold.fold).shuffle(fold.test).slice(0, Math.ceil(asked.cases / folds.length)).sort((a, b) => a - b);
    const open = (one: PlannedCell, of: PlannedFold) => openFold(one, of, records, chosen, context);
    const siblings = folds.length > 1 ? Array.from({ length: Math.min(mostPeers, folds.length - 1) }, (_, i) => folds[(f + 1 + i) % folds.length]!) : [];
    const peers = [...(await Promise.all(siblings.map((other) => open(cell, other)))), ...(await Promise.all(foreign.map((other) => open(other, fold))))];
    const task = `audit · ${cell.id.split("/").join(" · ")} · fold ${fold.fold}`;
    parts.push(
      await measureAudit(await open(cell, fold), casesOf(chosen, context), {
        methods: asked.methods, peers, seed, engine: context.engine, examples: 0, task,
        ...(context.onProgress && { onProgress: context.onProgress }), ...(context.signal && { signal: context.signal }),
      }),
    );
  }
  const found = parts.reduce((sum, part) => sum + part.cases.length, 0);
  if (found < fewestCases) throw new UnsupportedError("audit-cases", `${cell.id}: expected ${fewestCases} test cases or more, got ${found}. Ask for more with audit.cases.`);
  return judgeAudit(parts, { model: { name: cell.id, architecture: cell.network }, level, seed });
}

/** The network of a fold as its model file holds it, over the chosen cases. */
async function openFold(cell: PlannedCell, fold: PlannedFold, records: CellTask["records"], chosen: readonly number[], { folder, prepared }: TaskContext): Promise<AuditedModel> {
  const record = records.get(cell.id)!.find((one) => one.seed === fold.seed && one.fold === fold.fold)!;
  const bundle = await readBundle(folder.file(record.model!.file));
  const { preprocessing, labels } = bundle.metadata;
  const { size, mean } = preprocessing;
  return {
    name: `${cell.id}, fold ${fold.fold}`,
    architecture: cell.network,
    ...withStages(bundleNetwork(bundle)),
    labels,
    read: async (indices) => {
      const images = float32([indices.length, mean.length, size, size], new Float32Array(indices.length * mean.length * size * size));
      indices.forEach((index, n) => images.data.set(normalize(prepared.frames[chosen[index]!]!, preprocessing), n * mean.length * size * size));
      return images;
    },
  };
}

function casesOf(chosen: readonly number[], { dataset, regions }: TaskContext): AuditedCase[] {
  return chosen.map((i) => {
    const { id, label, patient } = dataset.cases[i]!;
    const region = regions.get(i);
    return { id, label, ...(patient !== undefined && { patient }), ...(region && { region }) };
  });
}
