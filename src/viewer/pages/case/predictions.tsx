import type { ReactNode } from "react";
import type { CaseDetail } from "../../../server/contract.js";
import { useSpeech } from "../../shell/speech.js";

type CasePrediction = CaseDetail["predictions"][number];

/** Probabilities as bars, the likeliest first. */
export function Probabilities({ labels, probabilities }: { readonly labels: readonly string[]; readonly probabilities: readonly number[] }): ReactNode {
  const { percent } = useSpeech();
  const order = labels.map((label, k) => ({ label, share: probabilities[k] ?? 0 })).toSorted((a, b) => b.share - a.share);
  return (
    <table className="bars">
      <tbody>
        {order.map(({ label, share }) => (
          <tr key={label}>
            <td><div className="bar"><i style={{ width: `${100 * share}%` }} /><span>{label}</span></div></td>
            <td>{percent(share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What one network says of the case. */
export function PredictionCard({ detail, prediction }: { readonly detail: CaseDetail; readonly prediction: CasePrediction }): ReactNode {
  const { t, percent, list } = useSpeech();
  const { relevance, regionShare, conformal } = prediction;
  return (
    <section className="card">
      <h2>{prediction.cell}</h2>
      <p><span className={prediction.correct ? "right" : "wrong"}>{prediction.predicted} ({t(prediction.correct ? "case.right" : "case.wrong")})</span></p>
      <Probabilities labels={detail.labels} probabilities={prediction.probabilities} />
      {conformal && <p><small>{t("case.conformal", { level: percent(conformal.level, 0), labels: list(conformal.labels) })}</small></p>}
      {typeof relevance === "number" && <p><small>{regionShare === undefined ? t("case.relevanceOnly", { share: percent(relevance, 0) }) : t("case.relevance", { share: percent(relevance, 0), chance: percent(regionShare, 0) })}</small></p>}
    </section>
  );
}
