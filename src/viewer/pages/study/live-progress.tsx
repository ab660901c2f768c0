import { useEffect, useState, type ReactNode } from "react";
import type { Study, StudyEvent, Task } from "../../../server/contract.js";
import { Failure } from "../../parts/states.js";
import { LearningCurves } from "../../plots/curves.js";
import { pathOf, server, useAct, useAnswer } from "../../shell/server.js";
import { useIsMaker } from "../../shell/session.js";
import { useSpeech } from "../../shell/speech.js";

interface Live {
  readonly share?: number;
  readonly line?: string;
  readonly tasks: ReadonlyMap<string, Task>;
  readonly log: readonly string[];
}

const mostLines = 200;

/** Follows a study by server-sent events; the browser reconnects by itself. */
function useLive(id: string, first: readonly Task[] | undefined, onState: () => void): Live {
  const [live, setLive] = useState<Live>({ tasks: new Map(), log: [] });
  useEffect(() => {
    const source = new EventSource(pathOf("studyEvents", { params: { study: id } }));
    const take = (message: MessageEvent<string>): void => {
      const event = { event: message.type, ...(JSON.parse(message.data) as object) } as StudyEvent;
      if (event.event === "state") onState();
      else if (event.event === "progress") setLive((before) => ({ ...before, share: event.progress.share, line: [event.progress.task, event.progress.note].filter(Boolean).join(" · ") }));
      else if (event.event === "task") setLive((before) => ({ ...before, tasks: new Map(before.tasks).set(event.task.id, event.task) }));
      else setLive((before) => ({ ...before, log: [...before.log, event.line].slice(-mostLines) }));
    };
    for (const name of ["state", "progress", "task", "log"]) source.addEventListener(name, take);
    return () => source.close();
  }, [id, onState]);
  const tasks = new Map((first ?? []).map((task) => [task.id, task] as const));
  for (const [key, task] of live.tasks) tasks.set(key, task);
  return { ...live, tasks };
}

export function LiveProgress({ study, onChange }: { readonly study: Study; readonly onChange: () => void }): ReactNode {
  const { t, percent } = useSpeech();
  const isMaker = useIsMaker();
  const first = useAnswer("studyTasks", { params: { study: study.id } });
  const live = useLive(study.id, first.data, onChange);
  const { act, isBusy, error } = useAct();
  const share = live.share ?? study.progress?.share ?? 0;
  const runs = [...live.tasks.values()].filter(({ history }) => (history?.length ?? 0) > 0).map(({ id, history }) => ({ name: id, history: history! }));
  const params = { study: study.id };
  return (
    <section className="card">
      <div className="row spread">
        <h2>{t("study.progress")}: {percent(share, 0)}</h2>
        {isMaker && (
          <div className="row">
            {["queued", "running"].includes(study.state) && <button type="button" disabled={isBusy} onClick={() => void act(() => server.call("stopStudy", { params })).then(onChange)}>{t("study.stop")}</button>}
            {["stopped", "failed"].includes(study.state) && <button type="button" className="main" disabled={isBusy} onClick={() => void act(() => server.call("resumeStudy", { params })).then(onChange)}>{t("study.resume")}</button>}
          </div>
        )}
      </div>
      {error && <Failure error={error} />}
      <progress max={1} value={share} aria-label={t("study.progress")} />
      <p className="quiet" role="status">{live.line ?? study.progress?.task ?? ""}</p>
      <div className="grid2">
        {runs.length > 0 && <div><h3>{t("study.learning")}</h3><LearningCurves runs={runs} /></div>}
        {live.tasks.size > 0 && (
          <div className="scroll" tabIndex={0}>
            <table>
              <thead><tr><th>{t("study.tasks")}</th><th>{t("shell.state")}</th><th>{t("study.worker")}</th></tr></thead>
              <tbody>
                {[...live.tasks.values()].map((task) => (
                  <tr key={task.id}><th scope="row">{isMaker && task.state !== "waiting" ? <a href={pathOf("taskLog", { params, query: { task: task.id } })} title={t("study.log")}>{task.id}</a> : task.id}</th><td><span className={`chip ${task.state}`}>{t(`state.${task.state}`)}</span> {task.progress && task.state === "running" && percent(task.progress.share, 0)} {task.problem}</td><td>{task.worker ?? "–"}</td></tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </div>
      {live.log.length > 0 && <details><summary>{t("study.log")}</summary><pre tabIndex={0}>{live.log.join("\n")}</pre></details>}
    </section>
  );
}
