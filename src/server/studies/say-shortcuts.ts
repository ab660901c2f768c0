import type { Study } from "../contract/studies.js";
import type { StudyResults } from "../../study/index.js";

type ShortcutAudit = NonNullable<StudyResults["shortcuts"]>;

/** Findings of the audit of shortcuts, the urgent ones marked. */
export async function sayShortcuts(audit: ShortcutAudit | undefined): Promise<Study["shortcuts"]> {
  if (audit === undefined) return undefined;
  const { degreeOf, findings, isAudited, isEstimate, urgentFindings } = await import("../../study/index.js");
  if (!isAudited(audit)) return audit;
  const urgent = new Set(urgentFindings(audit));
  const found = findings(audit);
  return [...found, ...audit.probes.filter((probe) => !found.includes(probe))].map((probe) => {
    const { name, title, sentence, remedy, auc, pAdjusted, found: isFound } = probe;
    return { name, title, sentence, remedy, ...(isFound && isEstimate(auc) && { degree: degreeOf(auc.estimate) }), auc: auc as never, pAdjusted, found: isFound, urgent: urgent.has(probe) };
  });
}
