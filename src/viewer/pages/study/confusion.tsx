import type { ReactNode } from "react";
import { Link } from "../../shell/router.js";
import { useSpeech } from "../../shell/speech.js";

/** Confusion matrix; each number opens its cases. */
export function Confusion({ study, cell, labels, counts }: { readonly study: string; readonly cell: string; readonly labels: readonly string[]; readonly counts: readonly (readonly number[])[] }): ReactNode {
  const { t, number, percent } = useSpeech();
  return (
    <figure>
      <table className="matrix">
        <thead>
          <tr><td /><th colSpan={labels.length} scope="colgroup">{t("study.predicted")}</th></tr>
          <tr><th scope="col">{t("study.truth")}</th>{labels.map((label) => <th key={label} scope="col">{label}</th>)}</tr>
        </thead>
        <tbody>
          {labels.map((label, i) => {
            const sum = counts[i]!.reduce((total, n) => total + n, 0);
            return (
              <tr key={label}>
                <th scope="row">{label}</th>
                {labels.map((predicted, j) => {
                  const share = sum === 0 ? 0 : counts[i]![j]! / sum;
                  const query = new URLSearchParams({ cell, label, predicted }).toString();
                  return (
                    <td key={predicted}>
                      <Link className={share > 0.6 ? "strong" : share > 0.15 ? "middling" : ""} to={`/studies/${study}/cases?${query}`}>
                        <span><span className="unseen">{`${t("study.truth")}: ${label}, ${t("study.predicted")}: ${predicted}. `}</span>{number(counts[i]![j]!)}<br /><small>{percent(share, 0)}</small></span>
                      </Link>
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
      <figcaption className="quiet">{t("study.confusionNote")}</figcaption>
    </figure>
  );
}
