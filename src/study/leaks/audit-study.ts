import { readFile } from "node:fs/promises";
import { csvText, InputError, type OnProgress } from "../../base/index.js";
import { auditLeaks, findCrossings, leakKinds, type Crossing, type DataPool, type Dataset, type LeakAudit, type LeakPair } from "../../data/index.js";
import { writeFileAtomic, writeJsonAtomic } from "../../files/index.js";
import { digestOf } from "../plan.js";
import { counted } from "../report/methods-text.js";
import { sayPairs } from "../report/sections/leak-pairs.js";
import type { RunFolder } from "../run-folder.js";
import type { SeededRound } from "../split/plan-rounds.js";
import type { LeakPairResult, LeakResults } from "./contract.js";

interface AuditOptions {
  readonly folder: RunFolder;
  readonly pool: DataPool;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** Counts up when the audit finds other things in the same images, so that no kept one is read back. */
const auditVersion = 3;

/** The leak audit of a study's cases; kept in the run's folder, so that a run that is gone on with does not repeat it. */
export async function auditStudy(dataset: Dataset, { folder, ...options }: AuditOptions): Promise<LeakAudit> {
  const file = folder.file("cache/leaks.json");
  const key = digestOf([auditVersion, dataset.cases.map(({ id, label, patient, fields, contentSha256 }) => [id, label, patient, fields, contentSha256])]);
  const kept = await readKept(file);
  if (kept?.key === key) return kept.audit;
  const audit = await auditLeaks(dataset, options);
  await writeJsonAtomic(file, { key, audit: { ...audit, kin: audit.kin.map((name) => name ?? null) } });
  return audit;
}

async function readKept(file: string): Promise<{ key: string; audit: LeakAudit } | undefined> {
  try {
    const { key, audit } = JSON.parse(await readFile(file, "utf8")) as { key: string; audit: LeakAudit & { kin: (string | null)[] } };
    return { key, audit: { ...audit, kin: audit.kin.map((name) => name ?? undefined) } };
  } catch {
    // Not there, or damaged: the audit is made anew.
    return undefined;
  }
}

export function pairResult({ cases }: Pick<Dataset, "cases">, { a, b, kind, detail, isMirrored, column }: LeakPair): LeakPairResult {
  const [one, other] = [cases[a]!, cases[b]!];
  return { a: one.id, b: other.id, kind, labels: [one.label, other.label], ...(detail !== undefined && { detail }), ...(isMirrored === true && { isMirrored }), ...(column !== undefined && { column }) };
}

/** What the results say of the audit. */
export function leakResults(dataset: Dataset, audit: LeakAudit): LeakResults {
  const pairs = audit.pairs.map((pair) => pairResult(dataset, pair));
  const counts: Partial<Record<LeakPair["kind"], number>> = {};
  for (const { kind } of pairs) counts[kind] = (counts[kind] ?? 0) + 1;
  return {
    cases: audit.cases,
    pairs,
    counts,
    contradictions: pairs.filter(({ kind, labels }) => (kind === "same-file" || kind === "same-picture") && labels[0] !== labels[1]).length,
    keptTogether: audit.kin.filter((name) => name !== undefined).length,
    signs: audit.signs.map(({ examples: _, ...sign }) => sign),
    compared: audit.compared,
    threshold: audit.threshold,
  };
}

/** What the audit found, in a sentence or two; undefined where that is nothing. */
export function sayLeaks({ pairs, keptTogether, contradictions, signs }: LeakResults): string[] {
  const said: string[] = [];
  if (pairs.length > 0) {
    const [first] = pairs;
    said.push(`${sayPairs({ pairs })} (${first!.a} and ${first!.b}: ${leakKinds[first!.kind]}${pairs.length > 1 ? "; ..." : ""}). Their ${keptTogether} cases are kept on one side of every split that is computed; see leaks.csv.`);
  }
  if (contradictions > 0) said.push(`${contradictions} of these pairs ${contradictions === 1 ? "is" : "are"} one image with two labels. One of them must be wrong: correct the table.`);
  for (const { kind, message } of signs) if (kind !== "label-in-file-name") said.push(message);
  return said;
}

/** Pairs as a table; with the sides where they cross a split. */
export function leaksCsv(pairs: readonly (LeakPairResult & Partial<{ seed: number; fold: number; sides: readonly string[] }>)[]): string {
  const head = ["a", "b", "kind", "label_a", "label_b", "detail", "mirrored", "seed", "fold", "side_a", "side_b"];
  const rows = pairs.map(({ a, b, kind, labels, detail, isMirrored, seed, fold, sides }) => [a, b, kind, ...labels, detail?.toFixed(3) ?? "", isMirrored === true ? "yes" : "", seed ?? "", fold ?? "", ...(sides ?? ["", ""])]);
  return csvText([head, ...rows]);
}

/** Pairs on two sides of the rounds, for the results. */
export function crossingResults(dataset: Dataset, rounds: readonly SeededRound[], crossings: readonly Crossing[]): NonNullable<LeakResults["crossing"]> {
  return crossings.map((crossing) => {
    const { seed } = rounds[crossing.round]!;
    const fold = rounds.slice(0, crossing.round).filter((round) => round.seed === seed).length + 1;
    return { ...pairResult(dataset, crossing), seed, fold, sides: crossing.sides };
  });
}

/**
 * Refuses rounds with one patient or image on two sides, unless that is accepted. All pairs are written to leaks.csv first.
 * @returns the pairs that cross
 * @throws InputError `leaks`
 */
export async function refuseLeaks({ dataset, rounds, audit }: { dataset: Dataset; rounds: readonly SeededRound[]; audit: LeakAudit }, { folder, acceptLeaks = false }: { folder: RunFolder; acceptLeaks?: boolean }): Promise<NonNullable<LeakResults["crossing"]>> {
  const crossing = crossingResults(dataset, rounds, findCrossings(dataset.cases, rounds, audit.pairs));
  const all = crossing.length > 0 ? crossing : leakResults(dataset, audit).pairs;
  if (all.length > 0) await writeFileAtomic(folder.file("leaks.csv"), leaksCsv(all));
  if (crossing.length === 0 || acceptLeaks) return crossing;
  const shown = crossing.slice(0, 3).map(({ a, b, kind, sides }) => `${a} in ${sides[0]} and ${b} in ${sides[1]}: ${leakKinds[kind]}`);
  throw new InputError(
    "leaks",
    `${dataset.name}: expected a split with every patient and image on one side, got ${counted(crossing.length, "pair")} on two (${shown.join("; ")}${crossing.length > 3 ? "; ..." : ""}). All are in leaks.csv of the run's folder. Correct the split column or remove it, so that a split without leaks is made; or pass --accept-leaks to see what the leak is worth.`,
  );
}
