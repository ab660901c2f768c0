import type { ReactNode } from "react";
import { FindingText } from "../../parts/finding-text.js";
import { Failure, Notice, Shown } from "../../parts/states.js";
import { server, useAct, useAnswer } from "../../shell/server.js";
import { useIsMaker } from "../../shell/session.js";
import { useSpeech } from "../../shell/speech.js";

/** What in a data set betrays the label or ties cases. */
export function DataAudit({ dataset }: { readonly dataset: string }): ReactNode {
  const { t, number } = useSpeech();
  const isMaker = useIsMaker();
  const params = { dataset };
  const answer = useAnswer("dataAudit", { params });
  const { act, isBusy, error } = useAct();
  return (
    <section className="card">
      <div className="row spread">
        <h2>{t("data.audit")}</h2>
        {isMaker && <button type="button" disabled={isBusy || answer.data?.state === "running"} onClick={() => void act(() => server.call("auditDataSet", { params })).then(answer.again)}>{t(answer.data?.state === "done" ? "data.auditAgain" : "data.auditRun")}</button>}
      </div>
      {error && <Failure error={error} />}
      <Shown answer={answer}>
        {({ state, problem, shortcuts, leaks }) => (
          <>
            {state === "none" && <p className="quiet">{t("data.auditNone")}</p>}
            {state === "running" && <p role="status">{t("data.auditRunning")} <button type="button" onClick={answer.again}>{t("shell.again")}</button></p>}
            {problem && <Notice kind="bad">{problem}</Notice>}
            {Array.isArray(shortcuts) && (shortcuts.some(({ found }) => found) ? shortcuts.filter(({ found }) => found).map((one) => <Notice key={one.name} kind={one.urgent ? "bad" : "warn"}><FindingText finding={one} /></Notice>) : <p>{t("study.shortcutsNone")}</p>)}
            {leaks && <p>{t("data.leaksLine", { pairs: number(leaks.pairs.length), contradictions: number(leaks.contradictions) })}</p>}
          </>
        )}
      </Shown>
    </section>
  );
}
