import type { TaskRecord } from "../task-record.js";
import type { ExplanationAuditResult, ElsewhereCase } from "./contract.js";

/** Cases listed at most. */
const mostListed = 50;

/**
 * Right for the wrong reason: test cases of the first seed that a cell names right while less of its map lies on the region
 * than an even map would have there, the least first.
 * @returns undefined where no region is known
 */
export function lookingElsewhere(cells: readonly { readonly id: string; readonly records: readonly TaskRecord[] }[], labels: readonly string[]): ExplanationAuditResult["elsewhere"] | undefined {
  const cases: ElsewhereCase[] = [];
  const counts = cells.map(({ id, records }) => {
    const seed = records[0]?.seed;
    const right = records
      .filter((record) => record.seed === seed)
      .flatMap(({ predictions }) => predictions)
      .filter(({ label, predicted, relevance, regionShare }) => label === predicted && typeof relevance === "number" && regionShare !== undefined);
    const elsewhere = right.filter(({ relevance, regionShare }) => relevance! < regionShare!);
    cases.push(...elsewhere.map((one) => ({ cell: id, case: one.case, label: labels[one.label]!, relevance: one.relevance!, regionShare: one.regionShare! })));
    return { cell: id, right: right.length, elsewhere: elsewhere.length };
  });
  if (counts.every(({ right }) => right === 0)) return undefined;
  const ratio = ({ relevance, regionShare }: ElsewhereCase): number => relevance / regionShare;
  return { counts, cases: cases.sort((a, b) => ratio(a) - ratio(b) || (a.case < b.case ? -1 : a.case > b.case ? 1 : 0)).slice(0, mostListed) };
}
