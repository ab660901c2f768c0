import { useCallback, useEffect, useMemo, useState, type ReactNode } from "react";
import { caseFilters, type Annotation, type CaseDetail, type HeatMapValue, type Shape } from "../../../server/contract.js";
import { Check, SelectField, Slider } from "../../parts/fields.js";
import { Failure, Notice, Shown } from "../../parts/states.js";
import { tools, type Tool } from "../../film/drawing.js";
import { adjustWindow, wholeOf, type Extent, type View } from "../../film/film-view.js";
import { loadPicture } from "../../film/load-picture.js";
import type { ShownShape } from "../../film/shape-layer.js";
import { useKeys, type KeyMap } from "../../shell/keys.js";
import { Link, navigate, usePart, useQuery } from "../../shell/router.js";
import { pathOf, useAnswer, useSteady } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";
import { Drawings } from "./drawings.js";
import { MapControls, storedMapSettings } from "./map-controls.js";
import { PanelFilm, type Panel } from "./panel.js";
import { PanelChooser } from "./panel-chooser.js";
import { PredictionCard } from "./predictions.js";
import { selectionOf } from "./selection.js";
import { SimilarCases } from "./similar.js";
import { keyOfTool, Toolbar, turn } from "./toolbar.js";

const separator = "~";
const ignoreMap = (): void => undefined;

/** Films by the address: `beside=CELL~METHOD` for each after the first. */
function panelsOf(query: URLSearchParams, first: string): Panel[] {
  return [{ cell: first, method: query.get("method") ?? "" }, ...query.getAll("beside").map((text) => ({ cell: text.split(separator)[0]!, method: text.split(separator)[1] ?? "" }))];
}

function CaseView({ detail }: { readonly detail: CaseDetail }): ReactNode {
  const { t, number } = useSpeech();
  const [query, change] = useQuery();
  const [view, setView] = useState<View>();
  const [picture, setPicture] = useState<Extent>();
  const [tool, setTool] = useState<Tool>("window");
  const [settings, setSettings] = useState(storedMapSettings);
  const [shapes, setShapes] = useState<readonly Shape[]>([]);
  const [edited, setEdited] = useState<Annotation>();
  const [brush, setBrush] = useState({ radius: 12, isErasing: false });
  const [failure, setFailure] = useState<Error>();
  const [signed, setSigned] = useState(false);
  const setMapSign = useCallback((map: HeatMapValue) => setSigned(map.signed), []);
  const params = { study: detail.study, case: detail.key };
  // What stands beside the picture is asked for when the picture is there: the server gives that one first.
  const isShown = picture !== undefined || failure !== undefined || detail.image.source === "none";
  const saved = useAnswer("annotations", isShown ? { query: { ...params, limit: 200 } } : undefined);
  const cell = query.get("cell") ?? detail.predictions[0]?.cell ?? "";
  const panels = panelsOf(query, cell);
  const text = query.toString();
  const to = (key: string): string => `/studies/${detail.study}/cases/${key}${text === "" ? "" : `?${text}`}`;
  const setPanels = (next: readonly Panel[]): void => {
    const words = new URLSearchParams(location.search);
    words.delete("beside");
    words.delete("method");
    if (next[0]!.method !== "") words.set("method", next[0]!.method);
    for (const { cell: name, method } of next.slice(1)) words.append("beside", method === "" ? name : `${name}${separator}${method}`);
    navigate(`${location.pathname}?${words.toString()}`, { replace: true });
  };
  const onPicture = useCallback((found: Extent) => {
    setPicture(found);
    setView((before) => before ?? wholeOf(found));
  }, []);
  useEffect(() => {
    // The next film is fetched while this one is looked at.
    if (detail.next !== undefined && picture !== undefined) void loadPicture(pathOf("caseImage", { params: { study: detail.study, case: detail.next } })).catch(() => undefined);
  }, [detail, picture]);

  const turnPage = (key: string | undefined): void => void (key !== undefined && navigate(to(key)));
  const move = (dRow: number, dColumn: number): void => setView((v) => v && picture && { ...v, center: [v.center[0] + (dRow * picture.height) / v.zoom / 20, v.center[1] + (dColumn * picture.width) / v.zoom / 20] });
  const zoom = (factor: number): void => setView((v) => v && { ...v, zoom: Math.min(40, Math.max(0.2, v.zoom * factor)) });
  const adjust = (wider: number, higher: number): void => setView((v) => v && adjustWindow(v, wider, higher));
  const fade = (by: number): void => setSettings((s) => ({ ...s, opacity: Math.min(1, Math.max(0, s.opacity + by)) }));
  const filters = [undefined, ...caseFilters];
  const nextFilter = (): void => navigate(`/studies/${detail.study}/cases?${new URLSearchParams({ cell, filter: filters[(filters.indexOf((query.get("filter") ?? undefined) as never) + 1) % filters.length] ?? "" }).toString()}`);
  const keys: KeyMap = {
    n: { word: "key.next", run: () => turnPage(detail.next) },
    p: { word: "key.previous", run: () => turnPage(detail.previous) },
    h: { word: "key.map", run: () => setSettings((s) => ({ ...s, isShown: !s.isShown })) },
    "[": { word: "key.opacity", run: () => fade(-0.1) },
    "]": { word: "key.opacity", run: () => fade(0.1) },
    f: { word: "key.filter", run: nextFilter },
    i: { word: "film.invert", run: () => setView((v) => v && { ...v, isInverted: !v.isInverted }) },
    r: { word: "film.rotate", run: () => setView((v) => v && turn(v)) },
    "0": { word: "film.fit", run: () => picture && setView(wholeOf(picture)) },
    "+": { word: "key.zoom", run: () => zoom(1.25) },
    "-": { word: "key.zoom", run: () => zoom(0.8) },
    ArrowLeft: { word: "key.arrows", shown: "← ↑ → ↓", run: () => move(0, -1) },
    ArrowRight: { word: "key.arrows", shown: "← ↑ → ↓", run: () => move(0, 1) },
    ArrowUp: { word: "key.arrows", shown: "← ↑ → ↓", run: () => move(-1, 0) },
    ArrowDown: { word: "key.arrows", shown: "← ↑ → ↓", run: () => move(1, 0) },
    "Shift+ArrowLeft": { word: "key.arrows", shown: "⇧ ← ↑ → ↓", run: () => adjust(-0.05, 0) },
    "Shift+ArrowRight": { word: "key.arrows", shown: "⇧ ← ↑ → ↓", run: () => adjust(0.05, 0) },
    "Shift+ArrowUp": { word: "key.arrows", shown: "⇧ ← ↑ → ↓", run: () => adjust(0, -0.03) },
    "Shift+ArrowDown": { word: "key.arrows", shown: "⇧ ← ↑ → ↓", run: () => adjust(0, 0.03) },
    Escape: { word: "key.escape", run: () => setTool("window") },
    ...Object.fromEntries(tools.map((name) => [keyOfTool(name), { word: `tool.${name}` as const, run: () => setTool(name) }])),
  };
  useKeys(keys);

  const onShape = useCallback((shape: Shape) => setShapes((before) => (shape.kind === "brush" ? [...before.filter(({ kind }) => kind !== "brush"), ...(shape.runs.length > 0 ? [shape] : [])] : [...before, shape])), []);
  const shown = useMemo<ShownShape[]>(
    () => [
      ...(settings.hasRegion ? detail.region.map((shape) => ({ shape, kind: "region" as const })) : []),
      ...(saved.data?.items ?? []).filter(({ id }) => id !== edited?.id).flatMap(({ shapes: list }) => list.map((shape) => ({ shape, kind: "saved" as const }))),
      ...shapes.map((shape) => ({ shape, kind: "drawn" as const })),
    ],
    [settings.hasRegion, detail.region, saved.data, edited, shapes],
  );
  const chosen = detail.predictions.find((one) => one.cell === cell);
  return (
    <>
      <div className="head">
        <div className="row">
          <h1>{t("case.title", { name: detail.name })}</h1>
          <span>{t("case.truth")}: <strong>{detail.label}</strong></span>
          {detail.position !== undefined && <span className="quiet">{t("case.position", { position: number(detail.position), total: number(detail.total) })}</span>}
        </div>
        <div className="row">
          <SelectField label={t("cases.cell")} value={cell} options={detail.predictions.map((one) => ({ value: one.cell, text: one.cell }))} onPick={(value) => change({ cell: value })} />
          <Link className="button" to={`/studies/${detail.study}/cases${text === "" ? "" : `?${text}`}`}>{t("cases.title")}</Link>
          <button type="button" disabled={detail.previous === undefined} onClick={() => turnPage(detail.previous)} aria-label={t("case.previous")}>←</button>
          <button type="button" disabled={detail.next === undefined} onClick={() => turnPage(detail.next)} aria-label={t("case.next")}>→</button>
        </div>
      </div>
      {failure && <Failure error={failure} />}
      <div className="workplace">
        <div>
          <Toolbar tool={tool} onTool={setTool} view={view} picture={picture} onView={setView} keyOf={keyOfTool}>
            {tool === "brush" && <Slider label={t("film.brushSize")} min={1} max={80} value={brush.radius} shown={`${brush.radius} px`} onSlide={(radius) => setBrush({ ...brush, radius })} />}
            {tool === "brush" && <Check label={t("film.erase")} checked={brush.isErasing} onToggle={(isErasing) => setBrush({ ...brush, isErasing })} />}
          </Toolbar>
          {detail.image.source === "prepared" && <Notice kind="warn">{t("case.prepared")}</Notice>}
          {detail.image.source === "none" ? <Notice kind="warn">{t("case.noImage")}</Notice> : (
            <div className="films" style={{ "--films": Math.min(3, panels.length) } as React.CSSProperties} data-count={panels.length}>
              {panels.map((panel, k) => (
                <PanelFilm
                  key={`${panel.cell} ${panel.method} ${k}`} detail={detail} panel={panel} title={panel.method === "none" ? t("case.imageOnly") : `${panel.cell}${panel.method === "" ? "" : ` · ${panel.method}`}`}
                  settings={settings} view={view} onView={setView} onPicture={onPicture} onFailure={setFailure} onMap={k === 0 ? setMapSign : ignoreMap}
                  onRemove={k === 0 ? undefined : () => setPanels(panels.filter((_, i) => i !== k))} tool={tool} shapes={shown} onShape={onShape} brush={brush}
                />
              ))}
            </div>
          )}
        </div>
        <aside className="side" aria-label={t("case.probabilities")}>
          {chosen && <PredictionCard detail={detail} prediction={chosen} />}
          <MapControls settings={settings} onChange={setSettings} isSigned={signed} hasRegion={detail.region.length > 0} />
          {isShown && <PanelChooser detail={detail} panels={panels} onPanels={setPanels} />}
          {isShown && <Drawings study={detail.study} caseKey={detail.key} spacing={detail.image.spacingMm} isDicom={detail.image.isDicom} shapes={shapes} onShapes={setShapes} saved={saved} edited={edited} onEdit={setEdited} />}
          {panels.slice(1).map((panel) => detail.predictions.find((one) => one.cell === panel.cell)).filter((one, k, all) => one !== undefined && one !== chosen && all.indexOf(one) === k).map((one) => <PredictionCard key={one!.cell} detail={detail} prediction={one!} />)}
          {isShown && <SimilarCases study={detail.study} caseKey={detail.key} cell={cell} />}
        </aside>
      </div>
    </>
  );
}

export function CasePage(): ReactNode {
  const [study, key] = [usePart(1), usePart(3)];
  const [query] = useQuery();
  const answer = useSteady(useAnswer("case", { params: { study, case: key }, query: selectionOf(query) }));
  return <Shown answer={answer} isPage>{(detail) => <CaseView key={detail.key} detail={detail} />}</Shown>;
}
