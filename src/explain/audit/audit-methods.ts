import { UnsupportedError, unknownName, type OnProgress } from "../../base/index.js";
import type { EngineOptions } from "../../engine/index.js";
import { methods, type MethodName } from "../methods/index.js";
import type { MeasureName } from "../quality/index.js";
import type { HeatMap } from "../upsample.js";
import type { AuditedCase, AuditedModel, AuditExample, ExplanationAudit } from "./contract.js";
import { requireCases } from "./criteria.js";
import { judgeMethods, type MeasuredReadings } from "./judge.js";
import { measureMethod } from "./measure-method.js";
import { measureReferences, type References } from "./measure-references.js";
import { openAudit } from "./open-audit.js";
import { planAudit } from "./plan-audit.js";

/** Methods that are audited where none are named: of every family the ones that are seen in papers, and that a few passes make. */
export const usualMethods: readonly MethodName[] = ["grad-cam", "grad-cam-plus-plus", "layer-cam", "eigen-cam", "saliency", "gradient-x-input", "guided-backpropagation", "lrp-composite"];

export interface AuditOptions {
  readonly methods?: readonly MethodName[];
  /** Networks trained for the same task: of the same architecture for repeatability, of others for reproducibility. */
  readonly peers?: readonly AuditedModel[];
  /** Further measures, read for each case. Those that need only the map and the region are always read. */
  readonly measures?: readonly MeasureName[];
  readonly seed?: number;
  /** Cases whose maps are handed back for drawing; default 4. */
  readonly examples?: number;
  readonly engine?: EngineOptions;
  /** What the progress says is being done. */
  readonly task?: string;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** What was read of the maps of one network, before any verdict. Several, of the folds of a study, are judged together. */
export interface MeasuredAudit {
  readonly cases: readonly AuditedCase[];
  readonly measured: readonly MeasuredReadings[];
  /** Methods that the network's parts rule out. */
  readonly refused: ExplanationAudit["refused"];
  readonly references: References;
  readonly regionShares: readonly number[];
  readonly with: readonly { readonly name: string; readonly architecture: string; readonly same: boolean }[];
  /** Passes through networks of the audited size, forward and backward. */
  readonly passes: { readonly forward: number; readonly backward: number };
  readonly seconds: number;
  readonly examples: readonly AuditExample[];
}

/**
 * Reads what methods' maps of a network are worth on cases it was not trained on. The maps explain the class that the audited
 * network predicts, also those of the peers and of randomized weights.
 * @throws NotFoundError `unknown-method`; InputError `audit-labels`, `no-stages`
 * @throws UnsupportedError where the network's parts rule out every method
 */
export async function measureAudit(subject: AuditedModel, cases: readonly AuditedCase[], options: AuditOptions = {}): Promise<MeasuredAudit> {
  const { methods: names = usualMethods, peers = [], measures: further = [], seed = 0, engine, signal, examples: shown = 4, task = "audit" } = options;
  for (const name of names) if (!Object.hasOwn(methods, name)) throw unknownName("method", name, Object.keys(methods));
  const start = performance.now();
  const plan = planAudit({ subject, cases, methods: names, peers });
  const passes = { forward: 0, backward: 0 };
  const report = (done: number, method?: MethodName): void => options.onProgress?.({ task, done, total: plan.total, unit: "passes", ...(method && { note: methods[method].title }) });
  const spend = (part: { forward: number; backward: number }, method?: MethodName): void => {
    passes.forward += part.forward;
    passes.backward += part.backward;
    report(Math.min(plan.total - 1, passes.forward + plan.backwardWorth * passes.backward), method);
  };
  const opened = await openAudit(subject, cases, { seed, engine, signal });
  try {
    spend({ forward: cases.length, backward: 0 });
    const references = await measureReferences(opened, (forward) => spend({ forward, backward: 0 }));
    const kept = new Map<MethodName, readonly HeatMap[]>();
    const measured: MeasuredReadings[] = [];
    const refused: { method: MethodName; reason: string }[] = [];
    for (const method of names) {
      const began = performance.now();
      try {
        const one = await measureMethod(opened, method, { peers, further, perMap: plan.perMap(method), spend: (part) => spend(part, method) });
        kept.set(method, one.maps.slice(0, shown));
        measured.push({ method, readings: one.readings, further: one.further, seconds: (performance.now() - began) / 1000 });
      } catch (error) {
        // A network without rectifiers, say, has no guided backpropagation: the other methods are still worth knowing.
        if (!(error instanceof UnsupportedError) || (measured.length === 0 && method === names.at(-1))) throw error;
        refused.push({ method, reason: error.message });
      }
    }
    report(plan.total);
    return {
      cases,
      measured,
      refused,
      references,
      regionShares: opened.regionShares,
      with: peers.map(({ name, architecture }) => ({ name, architecture, same: architecture === subject.architecture })),
      passes,
      seconds: (performance.now() - start) / 1000,
      examples: cases.slice(0, shown).map((_, i) => ({ case: i, maps: Object.fromEntries([...kept].map(([name, maps]) => [name, maps[i]!])) })),
    };
  } finally {
    await opened.release();
  }
}

/**
 * Judges each method by six criteria, with intervals by case or patient and tests against maps that never asked the network.
 * @param parts of one network, or of the networks of a study's folds, each on its own test cases
 * @param level of the intervals; default 0.95
 * @throws InputError `audit-cases` with fewer than 8 cases
 * @see N. Arun et al., Radiol Artif Intell 3, 2021, e200267, doi:10.1148/ryai.2021200267 (localization, weights, repeatability, reproducibility)
 */
export function judgeAudit(parts: readonly MeasuredAudit[], { model, level = 0.95, seed = 0 }: { readonly model: { readonly name: string; readonly architecture: string }; readonly level?: number; readonly seed?: number }): ExplanationAudit {
  const cases = parts.flatMap((part) => part.cases);
  requireCases(cases.length);
  const first = parts[0]!;
  const measured = first.measured.map(({ method, further }): MeasuredReadings => {
    const own = parts.flatMap((part) => part.measured.filter((one) => one.method === method));
    return {
      method,
      readings: own.flatMap(({ readings }) => readings),
      further: Object.fromEntries((Object.keys(further) as MeasureName[]).map((name) => [name, own.flatMap((one) => one.further[name] ?? [])])),
      seconds: own.reduce((sum, { seconds }) => sum + seconds, 0),
    };
  });
  const pooled = (name: keyof References): References[keyof References] => ({
    averagePrecision: parts.flatMap(({ references }) => references[name].averagePrecision),
    relevanceMass: parts.flatMap(({ references }) => references[name].relevanceMass),
    contrast: parts.flatMap(({ references }) => references[name].contrast),
  });
  const references: References = { random: pooled("random"), even: pooled("even"), edges: pooled("edges") };
  const shares = parts.flatMap(({ regionShares }) => regionShares);
  const sum = (pick: (part: MeasuredAudit) => number): number => parts.reduce((total, part) => total + pick(part), 0);
  return {
    format: 1,
    model,
    with: first.with.map(({ name, architecture }) => ({ name, architecture })),
    cases: cases.length,
    casesWithRegion: shares.length,
    ...(shares.length > 0 && { regionShare: shares.reduce((total, share) => total + share, 0) / shares.length }),
    level,
    seed,
    ...judgeMethods(measured, references, { cases, level, seed, peers: first.with.map(({ same }) => same) }),
    refused: first.refused,
    readings: measured.flatMap(({ readings }) => readings),
    passes: { forward: sum(({ passes }) => passes.forward), backward: sum(({ passes }) => passes.backward) },
    seconds: sum(({ seconds }) => seconds),
  };
}
