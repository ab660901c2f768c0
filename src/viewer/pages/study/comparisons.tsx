import type { ReactNode } from "react";
import type { Study } from "../../../server/contract.js";
import { Difference } from "../../parts/figure.js";
import { useSpeech } from "../../shell/speech.js";

export function Comparisons({ study }: { readonly study: Study }): ReactNode {
  const { t, number, pValue } = useSpeech();
  if (study.comparisons.length === 0) return <p className="quiet">{t("shell.none")}</p>;
  return (
    <div className="scroll" tabIndex={0}>
      <table>
        <thead><tr><th>{t("study.pair")}</th><th>{t("study.difference")}</th><th className="number">{t("study.pAdjusted")}</th><th className="number">{t("study.onlyRight")}</th></tr></thead>
        <tbody>
          {study.comparisons.map(({ a, b, difference, pAdjusted, onlyA, onlyB, method }) => (
            <tr key={`${a} ${b}`} title={method}>
              <th scope="row">{a}<br /><small className="quiet">− {b}</small></th>
              <td><Difference value={difference} /></td>
              <td className="number">{pValue(pAdjusted)}</td>
              <td className="number">{number(onlyA)} : {number(onlyB)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
