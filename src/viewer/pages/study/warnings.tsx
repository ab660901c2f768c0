import type { ReactNode } from "react";
import type { Study } from "../../../server/contract.js";
import { FindingText } from "../../parts/finding-text.js";
import { Notice } from "../../parts/states.js";
import { useSpeech } from "../../shell/speech.js";

/** What may make the figures mean something else: shortcuts and leaks first. */
export function Warnings({ study }: { readonly study: Study }): ReactNode {
  const { t, number } = useSpeech();
  const { shortcuts, leaks, warnings } = study;
  const found = Array.isArray(shortcuts) ? shortcuts.filter((finding) => finding.found) : [];
  const hasLeak = leaks !== undefined && (leaks.crossing > 0 || leaks.contradictions > 0);
  const calm: string[] = [];
  if (Array.isArray(shortcuts) && found.length === 0) calm.push(t("study.shortcutsNone"));
  if (leaks !== undefined && !hasLeak) calm.push(t("study.leaksNone"));
  return (
    <>
      {found.length > 0 && (
        <Notice kind={found.some(({ urgent }) => urgent) ? "bad" : "warn"}>
          <h2>{t("study.shortcuts")}</h2>
          <ul>{found.map((finding) => <li key={finding.name}><FindingText finding={finding} /></li>)}</ul>
        </Notice>
      )}
      {hasLeak && <Notice kind="bad"><h2>{t("study.leaks")}</h2><p>{t("study.leaksLine", { pairs: number(leaks.pairs), crossing: number(leaks.crossing), contradictions: number(leaks.contradictions) })}</p></Notice>}
      {warnings.length > 0 && <Notice kind="warn"><h2>{t("study.warnings")}</h2><ul>{warnings.map((line) => <li key={line}>{line}</li>)}</ul></Notice>}
      {calm.length > 0 && <p className="quiet">{calm.join(" ")}</p>}
    </>
  );
}
