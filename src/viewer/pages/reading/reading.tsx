import { useEffect, type ReactNode } from "react";
import { Failure, Shown } from "../../parts/states.js";
import { usePart } from "../../shell/app.js";
import { Link } from "../../shell/router.js";
import { pathOf, server, useAct, useAnswer } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";
import { Analysis } from "./analysis.js";

/** How often the coordinator's page asks how far the readers are. */
const pollMs = 10_000;

export function ReadingPage(): ReactNode {
  const { t, number, moment, list } = useSpeech();
  const id = usePart(1);
  const params = { reading: id };
  const answer = useAnswer("reading", { params });
  const progress = useAnswer("readingProgress", { params });
  const analysis = useAnswer("readingAnalysis", { params });
  const { act, isBusy, error } = useAct();
  const again = (): void => {
    answer.again();
    progress.again();
  };
  const { again: askProgress } = progress;
  const isOpen = answer.data?.state === "open";
  useEffect(() => {
    if (!isOpen) return undefined;
    const timer = setInterval(askProgress, pollMs);
    return () => clearInterval(timer);
  }, [isOpen, askProgress]);
  return (
    <Shown answer={answer}>
      {(reading) => (
        <>
          <div className="head">
            <div>
              <h1>{reading.title} <span className={`chip ${reading.state}`}>{t(`reading.state.${reading.state}`)}</span></h1>
              <p className="quiet"><Link to={`/studies/${reading.study}`}>{reading.cell}</Link> · {number(reading.cases)} {t("studies.cases")} · {list(reading.design.conditions.map((condition) => t(`condition.${condition}`)))}</p>
            </div>
            <div className="row">
              {reading.state === "draft" && <button type="button" className="main" disabled={isBusy} title={t("reading.openNote")} onClick={() => void act(() => server.call("openReading", { params })).then(again)}>{t("reading.open")}</button>}
              {reading.state === "open" && <button type="button" disabled={isBusy} title={t("reading.closeNote")} onClick={() => void act(() => server.call("closeReading", { params })).then(again)}>{t("reading.close")}</button>}
              {reading.state !== "draft" && <a className="button" href={pathOf("readsCsv", { params })} download>{t("reading.export")}</a>}
              {reading.done > 0 && <button type="button" className="main" disabled={isBusy} onClick={() => void act(() => server.call("analyzeReading", { params })).then(analysis.again)}>{t("reading.analyze")}</button>}
            </div>
          </div>
          {error && <Failure error={error} />}
          {reading.state === "draft" && <p className="quiet">{t("reading.openNote")}</p>}
          <section className="card scroll" tabIndex={0}>
            <h2>{t("reading.progress")}: {t("shell.ofTotal", { shown: number(progress.data?.done ?? reading.done), total: number(progress.data?.total ?? reading.total) })}</h2>
            <progress max={Math.max(1, progress.data?.total ?? reading.total)} value={progress.data?.done ?? reading.done} aria-label={t("reading.progress")} />
            <Shown answer={progress}>
              {({ readers }) => (
                <table>
                  <thead><tr><th>{t("reading.readers")}</th>{(readers[0]?.sessions ?? []).map(({ session }) => <th key={session}>{t("reading.session", { n: session })}</th>)}</tr></thead>
                  <tbody>
                    {readers.map(({ reader, sessions }) => (
                      <tr key={reader.id}>
                        <th scope="row">{reader.name}{reader.group && <small className="quiet"> {reader.group}</small>}</th>
                        {sessions.map((session) => (
                          <td key={session.session}>
                            {t("shell.ofTotal", { shown: number(session.done), total: number(session.total) })} <small className="quiet">{list(session.conditions.map((condition) => t(`condition.${condition}`)))}</small>
                            <br /><small className="quiet">{[session.medianSeconds !== undefined && t("reading.median", { seconds: number(session.medianSeconds, 1) }), session.opensAt && session.done === 0 && t("reading.opens", { date: moment(session.opensAt) }), session.lastAt && moment(session.lastAt)].filter(Boolean).join(" · ")}</small>
                          </td>
                        ))}
                      </tr>
                    ))}
                  </tbody>
                </table>
              )}
            </Shown>
          </section>
          {analysis.data && <Analysis result={analysis.data} />}
        </>
      )}
    </Shown>
  );
}
