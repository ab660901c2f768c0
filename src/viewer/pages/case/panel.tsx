import { useEffect, type ReactNode } from "react";
import type { CaseDetail, HeatMapValue, Shape } from "../../../server/contract.js";
import type { Tool } from "../../film/drawing.js";
import { Film } from "../../film/film.js";
import type { Extent, View } from "../../film/film-view.js";
import type { ShownShape } from "../../film/shape-layer.js";
import { pathOf, useAnswer } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";
import type { MapSettings } from "./map-controls.js";

/** One film of the page: a network and a method, or the image alone. */
export interface Panel {
  readonly cell: string;
  /** Empty: the map that the study stored. `none`: the image alone. */
  readonly method: string;
}

export interface PanelFilmProps {
  readonly detail: CaseDetail;
  readonly panel: Panel;
  readonly title: string;
  readonly settings: MapSettings;
  readonly view: View | undefined;
  readonly onView: (view: View) => void;
  readonly onPicture: (picture: Extent) => void;
  readonly onMap: (map: HeatMapValue) => void;
  readonly onFailure: (error: Error) => void;
  readonly onRemove?: (() => void) | undefined;
  readonly tool: Tool;
  readonly shapes: readonly ShownShape[];
  readonly onShape: ((shape: Shape) => void) | undefined;
  readonly brush: { readonly radius: number; readonly isErasing: boolean };
}

export function PanelFilm({ detail, panel, title, settings, onMap, onRemove, ...film }: PanelFilmProps): ReactNode {
  const { t, percent, error: say } = useSpeech();
  const prediction = detail.predictions.find(({ cell }) => cell === panel.cell);
  const params = { study: detail.study, case: detail.key };
  const isAsked = panel.method !== "none" && prediction !== undefined && (prediction.hasMap || (panel.method !== "" && prediction.model !== undefined));
  const map = useAnswer("caseMap", isAsked ? { params, query: { cell: panel.cell, seed: prediction.seed, ...(panel.method !== "" && { method: panel.method }) } } : undefined);
  useEffect(() => {
    if (map.data) onMap(map.data);
  }, [map.data, onMap]);
  const answer = prediction && `${prediction.predicted} ${percent(prediction.probabilities[detail.labels.indexOf(prediction.predicted)] ?? 0, 0)} · ${t(prediction.correct ? "case.right" : "case.wrong")}`;
  return (
    <Film
      {...film}
      source={pathOf("caseImage", { params })}
      name={`${t("case.image", { name: detail.name })}, ${title}`}
      spacingMm={detail.image.spacingMm}
      heat={map.data && settings.isShown ? { map: map.data, style: { colors: settings.colors, threshold: settings.threshold }, opacity: settings.opacity } : undefined}
      caption={<><strong>{title}</strong>{answer && <><br />{answer}</>}</>}
    >
      {onRemove && <button type="button" className="take" onClick={onRemove} onPointerDown={(event) => event.stopPropagation()} aria-label={t("case.removePanel", { name: title })}>×</button>}
      {(map.isLoading || map.error || (!isAsked && panel.method !== "none")) && <div className="busy" role="status">{map.isLoading ? t("map.making") : map.error ? say(map.error) : t("map.none")}</div>}
    </Film>
  );
}
