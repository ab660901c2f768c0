import type { Study } from "../contract/studies.js";
import type { StudyResults } from "../../study/index.js";

type ShortcutAudit = NonNullable<StudyResults["shortcuts"]>;

/** Findings of the audit of shortcuts, the urgent ones marked. */
export async function sayShortcuts(audit: ShortcutAudit | undefined): Promise<Study["shortcuts"]> {
  if (audit === undefined) return undefined;
  const { findings, isAudited, urgentFindings } = await import("../../study/index.js");
  if (!isAudited(audit)) return audit;
  const urgent = new Set(urgentFindings(audit));
  const found = findings(audit);
  return [...found, ...audit.probes.filter((probe) => !found.includes(probe))].map((probe) => ({ name: probe.name, title: probe.title, sentence: probe.sentence, remedy: probe.remedy, auc: probe.auc as never, pAdjusted: probe.pAdjusted, found: probe.found, urgent: urgent.has(probe) }));
}
