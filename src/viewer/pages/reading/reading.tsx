import { useEffect, type ReactNode } from "react";
import { ConfirmButton } from "../../parts/confirm-button.js";
import { Failure, Shown } from "../../parts/states.js";
import { Link, navigate, usePart } from "../../shell/router.js";
import { pathOf, server, useAct, useAnswer } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";
import { Analysis } from "./analysis.js";
import { DesignFacts } from "./design-facts.js";

/** How often the coordinator's page asks how far the readers are. */
const pollMs = 10_000;

export function ReadingPage(): ReactNode {
  const { t, number, moment, list } = useSpeech();
  const id = usePart(1);
  const params = { reading: id };
  const answer = useAnswer("reading", { params });
  const progress = useAnswer("readingProgress", { params });
  const people = useAnswer("readerNames", {});
  // There is one once reads were analyzed; before, the server would say that there is none.
  const analysis = useAnswer("readingAnalysis", (answer.data?.done ?? 0) > 0 ? { params } : undefined);
  const { act, isBusy, error } = useAct();
  const again = (): void => {
    answer.again();
    progress.again();
  };
  const { again: askProgress } = progress;
  const { again: askReading } = answer;
  const isOpen = answer.data?.state === "open";
  useEffect(() => {
    if (!isOpen) return undefined;
    const timer = setInterval(() => {
      askProgress();
      askReading();
    }, pollMs);
    return () => clearInterval(timer);
  }, [isOpen, askProgress, askReading]);
  const namesOf = (ids: readonly string[]): string[] => ids.flatMap((reader) => people.data?.find((one) => one.id === reader)?.name ?? []);
  return (
    <Shown answer={answer} isPage>
      {(reading) => (
        <>
          <div className="head">
            <div>
              <h1>{reading.title} <span className={`chip ${reading.state}`}>{t(`reading.state.${reading.state}`)}</span></h1>
              <p className="quiet"><Link to={`/studies/${reading.study}`}>{reading.cell}</Link> · {t("reading.casesCount", { count: number(reading.cases) })} · {list(reading.design.conditions.map((condition) => t(`condition.${condition}`)))}</p>
            </div>
            <div className="row">
              {reading.state === "draft" && <Link className="button" to={`/readings/${id}/design`}>{t("design.change")}</Link>}
              {reading.state === "draft" && <ConfirmButton label={t("design.remove")} note={reading.title} disabled={isBusy} onConfirm={() => void act(async () => { await server.call("removeReading", { params }); navigate("/readings"); })} />}
              {reading.state === "draft" && <button type="button" className="main" disabled={isBusy} title={t("reading.openNote")} onClick={() => void act(() => server.call("openReading", { params })).then(again)}>{t("reading.open")}</button>}
              {reading.state === "open" && <button type="button" disabled={isBusy} title={t("reading.closeNote")} onClick={() => void act(() => server.call("closeReading", { params })).then(again)}>{t("reading.close")}</button>}
              {reading.state !== "draft" && <a className="button" href={pathOf("readsCsv", { params })} download>{t("reading.export")}</a>}
              {reading.done > 0 && <button type="button" className="main" disabled={isBusy} onClick={() => void act(() => server.call("analyzeReading", { params })).then(analysis.again)}>{t("reading.analyze")}</button>}
            </div>
          </div>
          {error && <Failure error={error} />}
          {reading.state === "draft" && <p className="quiet">{t("reading.openNote")}</p>}
          {reading.state === "draft" ? <section className="card"><h2>{t("design.facts")}</h2><DesignFacts reading={reading} readerNames={namesOf(reading.design.readers)} /></section> : <section className="card scroll" tabIndex={0}>
            <h2>{t("reading.done")}: {t("shell.ofTotal", { shown: number(reading.done), total: number(reading.total) })}</h2>
            <progress max={Math.max(1, reading.total)} value={reading.done} aria-label={t("reading.progress")} />
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
                            <br /><small className="quiet">{[session.medianSeconds !== undefined && t("reading.median", { seconds: number(session.medianSeconds, 1) }), session.opensAt && session.done === 0 && new Date(session.opensAt) > new Date() && t("reading.opens", { date: moment(session.opensAt) }), session.lastAt && moment(session.lastAt)].filter(Boolean).join(" · ")}</small>
                          </td>
                        ))}
                      </tr>
                    ))}
                  </tbody>
                </table>
              )}
            </Shown>
            <p className="quiet"><small>{t("reading.practiceNote")}</small></p>
          </section>}
          {reading.state !== "draft" && <details className="card"><summary>{t("design.facts")}</summary><DesignFacts reading={reading} readerNames={namesOf(reading.design.readers)} /></details>}
          {analysis.data && <Analysis result={analysis.data} />}
        </>
      )}
    </Shown>
  );
}
