import { type ReactNode } from "react";
import type { Study } from "../../../server/contract.js";
import { ConfirmButton } from "../../parts/confirm-button.js";
import { Failure, Notice, Shown } from "../../parts/states.js";
import { RelevancePlane } from "../../plots/relevance-plane.js";
import { Link, navigate, usePart, useQuery } from "../../shell/router.js";
import { pathOf, server, useAct, useAnswer } from "../../shell/server.js";
import { useIsMaker } from "../../shell/session.js";
import { useSpeech } from "../../shell/speech.js";
import { isWord } from "../../words/index.js";
import { bestCell } from "./best-cell.js";
import { CellDetail } from "./cell-detail.js";
import { Comparisons } from "./comparisons.js";
import { LiveProgress } from "./live-progress.js";
import { ResultTable } from "./result-table.js";
import { StudyFiles } from "./study-files.js";
import { Warnings } from "./warnings.js";

function StudyHead({ study }: { readonly study: Study }): ReactNode {
  const { t, number } = useSpeech();
  const { data } = study;
  const facts = data && t(data.patients === undefined ? "study.factsNoPatients" : "study.facts", { cases: number(data.cases), patients: number(data.patients ?? 0), folds: number(study.folds) });
  const splitWord = `split.${study.split?.kind}`;
  const split = isWord(splitWord) ? t(splitWord) : study.split?.title;
  return (
    <div className="head">
      <div>
        <h1>{study.title} <span className={`chip ${study.state}`}>{t(`state.${study.state}`)}</span></h1>
        {study.question && <p>{study.question}</p>}
        <p className="quiet">{[facts, split, study.reference].filter(Boolean).join(" · ")}</p>
      </div>
      <div className="row">
        {study.table.length > 0 && <Link className="button main" to={`/studies/${study.id}/cases`}>{t("study.cases")}</Link>}
        {study.state === "finished" && <a className="button" href={pathOf("studyFile", { params: { study: study.id, "*": "report.html" } })}>{t("study.report")}</a>}
        <Link className="button" to={`/comparison?a=${study.id}`}>{t("study.compare")}</Link>
      </div>
    </div>
  );
}

export function StudyPage(): ReactNode {
  const { t } = useSpeech();
  const isMaker = useIsMaker();
  const { act, isBusy, error } = useAct();
  const id = usePart(1);
  const [query, change] = useQuery();
  const answer = useAnswer("study", { params: { study: id } });
  return (
    <Shown answer={answer} isPage>
      {(study) => {
        const chosen = query.get("cell") ?? bestCell(study.table);
        const choose = (cell: string): void => change({ cell });
        return (
          <>
            <StudyHead study={study} />
            {study.problem && <Notice kind="bad">{study.problem}</Notice>}
            <Warnings study={study} />
            {study.state !== "finished" && <LiveProgress study={study} onChange={answer.again} />}
            {study.table.length > 0 && (
              <>
                <section className="card"><h2>{t("study.results")}</h2><ResultTable study={study} chosen={chosen} onChoose={choose} /></section>
                <div className="grid2">
                  <section className="card"><h2>{t("study.plane")}</h2><RelevancePlane table={study.table} chosen={chosen} onChoose={choose} level={study.level ?? 0.95} /></section>
                  <section className="card"><h2>{t("study.comparisons")}</h2><Comparisons study={study} /></section>
                </div>
                {chosen !== undefined && <CellDetail study={study} cell={chosen} />}
              </>
            )}
            <StudyFiles study={study} />
            {isMaker && !["queued", "running", "stopping"].includes(study.state) && <ConfirmButton label={t("study.remove")} note={t("study.removeNote")} disabled={isBusy} onConfirm={() => void act(async () => { await server.call("removeStudy", { params: { study: id } }); navigate("/studies"); })} />}
            {error && <Failure error={error} />}
          </>
        );
      }}
    </Shown>
  );
}
