import { useCallback, useMemo, useState, type ReactNode } from "react";
import type { Tool } from "../../film/drawing.js";
import { Film } from "../../film/film.js";
import { wholeOf, type Extent, type View } from "../../film/film-view.js";
import { keepPicture } from "../../film/load-picture.js";
import { useSpeech } from "../../shell/speech.js";
import type { MapSettings } from "../case/map-controls.js";
import { Toolbar } from "../case/toolbar.js";
import type { PagePrediction } from "./page-model.js";

const looking: readonly Tool[] = ["window", "pan", "zoom", "length", "angle", "cobb", "slip"];
let pictures = 0;

/** Whether there is a map to show: of an image that the model declines there is none. */
export function hasMap({ map, scope }: PagePrediction): boolean {
  return map.values.length > 0 && scope.verdict !== "out-of-scope";
}

/** The image that was dropped, with the map over it; drawn from memory. */
export function PredictionPicture({ name, prediction, settings }: { readonly name: string; readonly prediction: PagePrediction; readonly settings: MapSettings }): ReactNode {
  const { t } = useSpeech();
  const [view, setView] = useState<View>();
  const [picture, setPicture] = useState<Extent>();
  const [tool, setTool] = useState<Tool>("window");
  const source = useMemo(() => {
    const address = `memory:${pictures++}`;
    keepPicture(address, prediction.picture);
    return address;
  }, [prediction]);
  const onPicture = useCallback((found: Extent) => {
    setPicture(found);
    setView(wholeOf(found));
  }, []);
  const { map, frame } = prediction;
  const isMapShown = hasMap(prediction) && settings.isShown;
  return (
    <>
      <Toolbar tool={tool} onTool={setTool} view={view} picture={picture} onView={setView} only={looking} />
      <Film source={source} name={t("case.image", { name })} spacingMm={prediction.spacingMm} view={view} onView={setView} onPicture={onPicture} tool={tool} shapes={[]} heat={isMapShown ? { map: { ...map, frame }, style: { colors: settings.colors, threshold: settings.threshold }, opacity: settings.opacity } : undefined} />
    </>
  );
}
