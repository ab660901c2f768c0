import type { ReactNode } from "react";
import type { Study } from "../../../server/contract.js";
import { Shown } from "../../parts/states.js";
import { CalibrationPlot, LearningCurves, RocCurves } from "../../plots/curves.js";
import { useAnswer } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";
import { Confusion } from "./confusion.js";

/** Curves and counts of one network under one regime. */
export function CellDetail({ study, cell }: { readonly study: Study; readonly cell: string }): ReactNode {
  const { t } = useSpeech();
  const answer = useAnswer("studyCell", { params: { study: study.id }, query: { cell } });
  return (
    <section aria-label={t("study.cellOf", { cell })}>
      <h2 className="apart">{t("study.cellOf", { cell })}</h2>
      <Shown answer={answer}>
        {(data) => (
          <div className="grid2">
            <div className="card"><h3>{t("study.confusion")}</h3><Confusion study={study.id} cell={cell} labels={study.labels} counts={data.pooled.confusion} /></div>
            <div className="card"><h3>{t("study.learning")}</h3><LearningCurves runs={data.folds.map(({ seed, fold, history }) => ({ name: t("study.fold", { seed, fold }), history }))} /></div>
            <div className="card"><h3>{t("study.roc")}</h3><RocCurves cell={data} labels={study.labels} /></div>
            {data.calibration && <div className="card"><h3>{t("study.calibration")}</h3><CalibrationPlot cell={data} labels={study.labels} /></div>}
          </div>
        )}
      </Shown>
      <p />
    </section>
  );
}
