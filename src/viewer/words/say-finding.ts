import type { Finding } from "../../server/contract.js";
import { isEstimated } from "../parts/estimated.js";
import type { Speech } from "../shell/speech.js";
import { isWord } from "./index.js";

/** What betrays the class, and what to do: by the probe's name and its figures, else in the words that came with it. */
export function sayFinding({ t, number, pValue }: Pick<Speech, "t" | "number" | "pValue">, { name, title, sentence, remedy, degree, auc, pAdjusted }: Finding): { readonly title: string; readonly text: string } {
  const [titleWord, remedyWord] = [`finding.${name}`, `finding.${name}.remedy`];
  if (degree === undefined || !isEstimated(auc) || !isWord(titleWord) || !isWord(remedyWord)) return { title, text: `${sentence} ${remedy}` };
  const interval = t("finding.interval", { estimate: number(auc.estimate, 2), lower: number(auc.lower, 2), upper: number(auc.upper, 2) });
  return { title: t(titleWord), text: `${t(`finding.${degree}`, { auc: interval, p: pValue(pAdjusted) })} ${t(remedyWord)}` };
}
