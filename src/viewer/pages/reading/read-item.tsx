import { useCallback, useState, type ReactNode } from "react";
import type { ReadBody, ReadingItem, Shape } from "../../../server/contract.js";
import type { Tool } from "../../film/drawing.js";
import { Film } from "../../film/film.js";
import { wholeOf, type Extent, type View } from "../../film/film-view.js";
import { Slider } from "../../parts/fields.js";
import { Failure, Notice } from "../../parts/states.js";
import { useKeys, type KeyMap } from "../../shell/keys.js";
import { pathOf } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";
import { MapControls, storedMapSettings } from "../case/map-controls.js";
import { Probabilities } from "../case/predictions.js";
import { Toolbar, turn } from "../case/toolbar.js";
import { useStopwatch } from "./stopwatch.js";

const passed = "";
const looking: readonly Tool[] = ["window", "pan", "zoom", "length", "angle", "cobb", "slip"];
const marking: readonly Tool[] = [...looking, "box", "polygon"];

/** One case in front of a reader, and the read. */
export function ReadItem({ item, isBusy, onSubmit }: { readonly item: ReadingItem; readonly isBusy: boolean; readonly onSubmit: (body: ReadBody) => void }): ReactNode {
  const { t, number, percent } = useSpeech();
  const [view, setView] = useState<View>();
  const [picture, setPicture] = useState<Extent>();
  const [tool, setTool] = useState<Tool>("window");
  const [shapes, setShapes] = useState<readonly Shape[]>([]);
  const [label, setLabel] = useState<string>();
  const [confidence, setConfidence] = useState<number>();
  const [settings, setSettings] = useState(storedMapSettings);
  const [failure, setFailure] = useState<Error>();
  const [submission] = useState(() => crypto.randomUUID());
  const [watch, seconds] = useStopwatch(item.id, picture !== undefined);
  const isTimeOver = item.secondsPerCase !== undefined && seconds >= item.secondsPerCase;
  const isPass = label === passed;
  const isReady = picture !== undefined && !isBusy && label !== undefined && (isPass || !item.confidence || confidence !== undefined);
  const onPicture = useCallback((found: Extent) => {
    setPicture(found);
    setView((before) => before ?? wholeOf(found));
  }, []);
  const submit = (): void => {
    if (!isReady) return;
    const marks = shapes.filter(({ kind }) => kind === "box" || kind === "polygon");
    onSubmit({ submission, seconds: Math.round((watch.current?.seconds ?? 0) * 100) / 100, ...(!isPass && { label }), ...(!isPass && item.confidence && { confidence: confidence! }), ...(item.marks && marks.length > 0 && { marks: [...marks] }) });
  };
  const missing = picture === undefined ? undefined : label === undefined ? t("read.missing.label") : !isPass && item.confidence && confidence === undefined ? t("read.missing.confidence") : undefined;
  const choices = [...item.labels, ...(item.choice === "free" ? [passed] : [])];
  const keys: KeyMap = {
    ...Object.fromEntries(choices.slice(0, 9).map((choice, k) => [String(k + 1), { word: "key.label" as const, run: () => setLabel(choice) }])),
    Enter: { word: "key.submit", run: submit },
    i: { word: "film.invert", run: () => setView((v) => v && { ...v, isInverted: !v.isInverted }) },
    r: { word: "film.rotate", run: () => setView((v) => v && turn(v)) },
    "0": { word: "film.fit", run: () => picture && setView(wholeOf(picture)) },
    Escape: { word: "key.escape", run: () => setTool("window") },
  };
  useKeys(keys);
  return (
    <div className="desk">
      <div>
        <Toolbar tool={tool} onTool={setTool} view={view} picture={picture} onView={setView} only={item.marks ? marking : looking} />
        {failure && <Failure error={failure} />}
        <Film
          source={pathOf("itemImage", { params: { item: item.id } })} name={t("read.image")} spacingMm={item.image.spacingMm} view={view} onView={setView} onPicture={onPicture} onFailure={setFailure} tool={tool}
          shapes={shapes.map((shape) => ({ shape, kind: "drawn" }))} onShape={(shape) => setShapes([...shapes, shape])}
          heat={item.map && settings.isShown ? { map: item.map, style: { colors: settings.colors, threshold: settings.threshold }, opacity: settings.opacity } : undefined}
        />
      </div>
      <div className="side">
        {item.practice && <Notice>{t("read.practice")}</Notice>}
        {isTimeOver && <Notice kind="warn">{t("read.timeOver")}</Notice>}
        {item.network && (
          <section className="card">
            <h2>{t("read.network")}: {item.network.predicted}</h2>
            <Probabilities labels={item.labels} probabilities={item.network.probabilities} />
          </section>
        )}
        <section className="card">
          <h2 id="question">{t("read.label")}</h2>
          <div className="choices" role="radiogroup" aria-labelledby="question">
            {choices.map((choice, k) => <button key={choice} type="button" role="radio" aria-checked={label === choice} onClick={() => setLabel(choice)}><kbd aria-hidden="true">{k + 1}</kbd>{choice === passed ? t("read.pass") : choice}</button>)}
          </div>
          {item.confidence && (
            <>
              <p />
              <Slider label={t("read.confidence")} min={0} max={100} step={1} value={confidence ?? 50} disabled={isPass} shown={confidence === undefined ? "–" : percent(confidence / 100, 0)} onSlide={setConfidence} onPointerDown={() => setConfidence((before) => before ?? 50)} onKeyDown={(event) => { if (event.key === " ") setConfidence((before) => before ?? 50); }} />
            </>
          )}
          <p />
          <button type="button" className="main" disabled={!isReady} onClick={submit}>{isBusy ? t("read.sending") : t("read.submit")}</button> <span className="quiet">{t("read.seconds", { seconds: number(seconds) })}</span>
          <p className="quiet" role="status"><small>{missing ?? t("read.noWayBack")}</small></p>
          {item.marks && <p className="quiet"><small>{t("read.marks", { count: number(shapes.filter(({ kind }) => kind === "box" || kind === "polygon").length) })}</small></p>}
          {shapes.length > 0 && <button type="button" onClick={() => setShapes(shapes.slice(0, -1))}>{t("draw.undo")}</button>}
        </section>
        {item.map && <MapControls settings={settings} onChange={setSettings} isSigned={false} hasRegion={false} />}
      </div>
    </div>
  );
}
