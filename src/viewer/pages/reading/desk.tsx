import type { ReactNode } from "react";
import { Shown } from "../../parts/states.js";
import { Link } from "../../shell/router.js";
import { useAnswer } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";

/** A reader's own sessions. */
export function DeskPage(): ReactNode {
  const { t, number, moment } = useSpeech();
  const answer = useAnswer("assignments", {});
  return (
    <>
      <div className="head"><h1>{t("desk.title")}</h1></div>
      <Shown answer={answer}>
        {(assignments) => (
          <>
            {assignments.length === 0 && <p className="card">{t("desk.empty")}</p>}
            {assignments.map((one) => (
              <section key={one.id} className="card">
                <div className="row spread">
                  <div>
                    <h2>{one.title} · {t("reading.session", { n: one.session })}</h2>
                    <p className="quiet">{t("shell.ofTotal", { shown: number(one.done), total: number(one.total) })}</p>
                  </div>
                  {one.state === "open" ? <Link className="button main" to={`/read/${one.id}`}>{t(one.done === 0 ? "desk.begin" : "desk.goOn")}</Link> : <span className="chip">{t(`desk.${one.state}`)}{one.state === "waiting" ? `: ${one.opensAt ? t("reading.opens", { date: moment(one.opensAt) }) : t("desk.afterwards")}` : ""}</span>}
                </div>
                <progress max={Math.max(1, one.total)} value={one.done} aria-label={one.title} />
                {one.instructions && <p className="instructions">{one.instructions}</p>}
              </section>
            ))}
          </>
        )}
      </Shown>
    </>
  );
}
