import { useEffect, useRef, useState, type ReactNode } from "react";
import { SelectField } from "../../parts/fields.js";
import { Failure, Loading, Notice, Shown } from "../../parts/states.js";
import { leaveByLoading } from "../../shell/router.js";
import { pathOf, useAnswer } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";
import { MapControls, storedMapSettings } from "../case/map-controls.js";
import { Probabilities } from "../case/predictions.js";
import { openInPage, type PagePrediction, type SealedModel } from "./page-model.js";
import { hasMap, PredictionPicture } from "./prediction-picture.js";

interface Tried {
  readonly name: string;
  readonly prediction?: PagePrediction;
  readonly error?: Error;
}

/** A deployed model, run in the page. Once it is loaded, the page can send nothing more. */
export function TryPage(): ReactNode {
  const { t, percent } = useSpeech();
  const models = useAnswer("models", { query: { state: "deployed", limit: 500 } });
  const [chosen, setChosen] = useState("");
  const [model, setModel] = useState<SealedModel>();
  const [isLoading, setLoading] = useState(false);
  const [failure, setFailure] = useState<Error>();
  const [tried, setTried] = useState<readonly Tried[]>([]);
  const [shown, setShown] = useState(0);
  const [settings, setSettings] = useState(storedMapSettings);
  const [isOver, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const load = async (id: string): Promise<void> => {
    setLoading(true);
    setFailure(undefined);
    try {
      const opened = await openInPage(pathOf("modelFile", { params: { model: id } }));
      leaveByLoading();
      setModel(opened);
    } catch (error) {
      setFailure(error as Error);
    } finally {
      setLoading(false);
    }
  };
  const take = async (files: readonly File[]): Promise<void> => {
    for (const file of files) {
      const result = await model!.predict(file).then((prediction) => ({ name: file.name, prediction }), (error: unknown) => ({ name: file.name, error: error as Error }));
      setTried((before) => [result, ...before]);
      setShown(0);
    }
  };
  useEffect(() => {
    if (model === undefined) return undefined;
    const paste = (event: ClipboardEvent): void => void take([...(event.clipboardData?.files ?? [])]);
    addEventListener("paste", paste);
    return () => removeEventListener("paste", paste);
  });
  const current = tried[shown];
  return (
    <>
      <div className="head">
        <div><h1>{t("try.title")}</h1><p className="quiet">{t("try.note")}</p></div>
        {model && <p className="right" id="sealed">● {t("try.sealed")}</p>}
      </div>
      {failure && <Failure error={failure} />}
      {model === undefined ? (
        <Shown answer={models}>
          {({ items }) => (items.length === 0 ? <Notice>{t("try.none")}</Notice> : (
            <section className="card row">
              <SelectField label={t("try.model")} value={chosen !== "" ? chosen : items[0]!.id} options={items.map(({ id, name }) => ({ value: id, text: name }))} onPick={setChosen} />
              <button type="button" className="main" disabled={isLoading} onClick={() => void load(chosen !== "" ? chosen : items[0]!.id)}>{t("try.load")}</button>
              {isLoading && <span role="status">{t("try.loading")}</span>}
            </section>
          ))}
        </Shown>
      ) : (
        <div className="workplace">
          <div>
            {current?.prediction && <PredictionPicture name={current.name} prediction={current.prediction} settings={settings} />}
            <p />
            <label className={isOver ? "drop over" : "drop"} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={(event) => { event.preventDefault(); setOver(false); void take([...event.dataTransfer.files]); }}>
              <strong>{t("try.drop")}</strong>
              <span className="quiet">{t("try.formats")}</span>
              <input ref={input} className="unseen" type="file" multiple onChange={(event) => { void take([...(event.target.files ?? [])]); event.target.value = ""; }} />
            </label>
          </div>
          <aside className="side">
            {current?.error && <Failure error={current.error} />}
            {current?.prediction && <Verdict name={current.name} prediction={current.prediction} labels={model.labels} />}
            {current?.prediction && hasMap(current.prediction) && <MapControls settings={settings} onChange={setSettings} isSigned={false} hasRegion={false} />}
            {tried.length > 1 && (
              <section className="card">
                <ul className="plain">{tried.map(({ name, prediction }, k) => <li key={`${name} ${tried.length - k}`}><button type="button" className="link" aria-pressed={k === shown} onClick={() => setShown(k)}>{name}</button> <span className="quiet">{prediction ? `${prediction.label} ${percent(Math.max(...Object.values(prediction.probabilities)), 0)}` : t("try.noAnswer")}</span></li>)}</ul>
              </section>
            )}
            <p className="quiet"><small>{model.about}</small></p>
          </aside>
        </div>
      )}
      {isLoading && <Loading />}
    </>
  );
}

function Verdict({ name, prediction, labels }: { readonly name: string; readonly prediction: PagePrediction; readonly labels: readonly string[] }): ReactNode {
  const { t, list } = useSpeech();
  const isDeclined = prediction.scope.verdict === "out-of-scope";
  return (
    <section className="card">
      <p className="quiet">{name}</p>
      <h2 id="verdict">{isDeclined ? t("try.noAnswer") : prediction.label}</h2>
      {isDeclined && <Notice kind="warn">{t("try.outOfScope", { reasons: list(prediction.scope.reasons) })}</Notice>}
      {prediction.scope.verdict === "unknown" && <p className="quiet"><small>{t("try.unknownScope")}</small></p>}
      {!isDeclined && <Probabilities labels={labels} probabilities={labels.map((label) => prediction.probabilities[label] ?? 0)} />}
      <p className="quiet"><small>{t("map.note")}</small></p>
    </section>
  );
}
