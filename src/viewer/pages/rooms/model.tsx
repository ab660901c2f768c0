import { useState, type ReactNode } from "react";
import { Figure } from "../../parts/figure.js";
import { TextField } from "../../parts/fields.js";
import { Prose } from "../../parts/prose.js";
import { Failure, Shown } from "../../parts/states.js";
import { Link, usePart } from "../../shell/router.js";
import { pathOf, server, useAct, useAnswer } from "../../shell/server.js";
import { useIsMaker } from "../../shell/session.js";
import { useSpeech } from "../../shell/speech.js";

const states = ["kept", "deployed", "retired"] as const;
const isKnown = (state: string): state is (typeof states)[number] => (states as readonly string[]).includes(state);

export function ModelPage(): ReactNode {
  const { t, bytes, list, moment } = useSpeech();
  const id = usePart(1);
  const params = { model: id };
  const isMaker = useIsMaker();
  const answer = useAnswer("model", { params });
  const [note, setNote] = useState("");
  const { act, isBusy, error } = useAct();
  const change = (route: "deployModel" | "retireModel"): void => void act(async () => {
    await server.call(route, { params, body: { note } });
    setNote("");
    answer.again();
  });
  return (
    <Shown answer={answer} isPage>
      {(model) => (
        <>
          <div className="head">
            <h1>{model.name} <span className={`chip ${model.state}`}>{t(`model.${model.state}`)}</span></h1>
            <a className="button" href={pathOf("modelFile", { params })} download>{t("shell.download")} ({bytes(model.bytes)})</a>
          </div>
          <div className="grid2">
            <section className="card">
              <h2>{t("model.facts")}</h2>
              <dl className="facts">
                <dt>{t("study.network")}</dt><dd>{model.architecture}</dd>
                <dt>{t("studies.labels")}</dt><dd>{list(model.labels)}</dd>
                {model.study && <><dt>{t("design.study")}</dt><dd><Link to={`/studies/${model.study}`}>{model.cell}</Link></dd></>}
                <dt>{t("model.accuracy")}</dt><dd><Figure value={model.accuracy} /></dd>
                <dt>SHA-256</dt><dd className="mono">{model.sha256}</dd>
              </dl>
            </section>
            <section className="card">
              <h2>{t("model.history")}</h2>
              <ul className="plain">{model.history.map((entry) => <li key={entry.at}>{moment(entry.at)}, {entry.by}: {isKnown(entry.state) ? t(`model.${entry.state}`) : entry.state}{entry.note && `. ${entry.note}`}</li>)}</ul>
              {isMaker && (
                <>
                  <TextField label={t("model.noteFor")} maxLength={1000} value={note} onChange={(event) => setNote(event.target.value)} />
                  <div className="row">
                    {model.state !== "deployed" && <button type="button" className="main" disabled={isBusy} onClick={() => change("deployModel")}>{t("model.deploy")}</button>}
                    {model.state !== "retired" && <button type="button" disabled={isBusy} onClick={() => change("retireModel")}>{t("model.retire")}</button>}
                  </div>
                </>
              )}
              {error && <Failure error={error} />}
            </section>
          </div>
          {model.card && <section className="card apart"><h2>{t("model.card")}</h2><Prose text={model.card} /></section>}
        </>
      )}
    </Shown>
  );
}
