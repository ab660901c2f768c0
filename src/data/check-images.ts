import type { OnProgress, Warning } from "../base/index.js";
import type { SizeLimits } from "../images/index.js";
import type { CheckResult } from "./data-tasks.js";
import type { DataPool } from "./data-pool.js";
import { createDataPool } from "./data-pool.js";
import type { Case, Dataset } from "./dataset.js";
import { assembleDataset } from "./load-dataset.js";
import type { ImageTraits } from "./shortcuts/image-traits.js";
import { sampleForTraits } from "./shortcuts/sample-for-traits.js";
import type { RowProblem } from "./row-problem.js";
import { problemsError, toSetAside } from "./row-problem.js";

export interface CheckOptions {
  /** Set bad images aside, with the reason, instead of refusing the data set. */
  readonly skipBad?: boolean;
  /** `"pixels"` (default) decodes every image; `"header"` only reads what each says of itself. */
  readonly depth?: "header" | "pixels";
  readonly limits?: SizeLimits;
  /** Workers to use; by default some are opened and closed again. */
  readonly pool?: DataPool;
  /** Told what each readable image (of a sample, where there are very many) shows beside anatomy; asks for `"pixels"`. */
  readonly onTraits?: (caseId: string, traits: ImageTraits) => void;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/**
 * Opens every image before training: what cannot be decoded is refused or set aside, with masks and boxes that do not
 * fit; content hashes are noted, and one content under two labels is refused.
 * @returns the data set with `contentSha256` on every case
 * @throws DataError listing every bad file (`dataset-rows`, or the code they share: `image-...`, `two-labels`, `region-size`)
 */
export async function checkImages(dataset: Dataset, options: CheckOptions = {}): Promise<Dataset> {
  const { pool = createDataPool(), signal, onProgress } = options;
  const total = dataset.cases.length;
  let settled: PromiseSettledResult<CheckResult>[];
  try {
    const sample = options.onTraits === undefined ? new Set<number>() : sampleForTraits(dataset.cases);
    const requests = dataset.cases.map(({ file, id, region, boxes, polygons }, i) => ({ file, name: id, region, boxes, polygons, limits: options.limits, depth: options.depth ?? "pixels", traits: sample.has(i) }) as const);
    settled = await pool.runAll("check", requests, {
      signal,
      subject: (i) => dataset.cases[i]!.id,
      onSettled: (done) => onProgress?.({ task: "checking images", done, total, unit: "images" }),
    });
  } finally {
    if (options.pool === undefined) await pool.close();
  }
  const problems: RowProblem[] = [];
  const readable: Case[] = [];
  dataset.cases.forEach((one, i) => {
    const result = valueOf(settled[i]!);
    if ("problem" in result) problems.push({ code: result.problem.code, file: one.id, reason: result.problem.message.replace(`${one.id}: `, "").replace(/\.$/, "") });
    else {
      readable.push({ ...one, contentSha256: result.sha256 });
      if (result.traits) options.onTraits?.(one.id, result.traits);
    }
  });
  const { cases, warnings } = compareContents(dataset.name, readable, problems);
  if (problems.length > 0 && options.skipBad !== true) throw problemsError(dataset.name, problems, "Correct these files");
  return assembleDataset({
    ...dataset,
    cases,
    warnings: [...dataset.warnings.filter(({ code }) => code !== "same-content"), ...warnings],
    setAside: [...dataset.setAside, ...toSetAside(problems)],
  });
}

function valueOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === "rejected") throw settled.reason;
  return settled.value;
}

/** Leaves out every case whose very content carries another label elsewhere, and tells of copies under one label. */
function compareContents(name: string, cases: readonly Case[], problems: RowProblem[]): { cases: Case[]; warnings: Warning[] } {
  const byContent = groupByContent(cases);
  const copies: Case[][] = [];
  const kept = cases.filter((one) => {
    const same = byContent.get(one.contentSha256!)!;
    if (same.length > 1 && same[0] === one) copies.push(same);
    const other = same.find(({ label }) => label !== one.label);
    if (other === undefined) return true;
    problems.push({ code: "two-labels", file: one.id, reason: `the same image as ${other.id}, labelled ${one.label} here and ${other.label} there` });
    return false;
  });
  const harmless = copies.filter((same) => same.every(({ label }) => label === same[0]!.label));
  if (harmless.length === 0) return { cases: kept, warnings: [] };
  const [first] = harmless;
  const message = `${name}: ${harmless.length} images occur more than once (${first!.map(({ id }) => id).join(" = ")}${harmless.length > 1 ? "; ..." : ""}). Copies are kept on one side of every split.`;
  return { cases: kept, warnings: [{ code: "same-content", message }] };
}

function groupByContent(cases: readonly Case[]): Map<string, Case[]> {
  const groups = new Map<string, Case[]>();
  for (const one of cases) groups.set(one.contentSha256!, [...(groups.get(one.contentSha256!) ?? []), one]);
  return groups;
}
