import { useEffect, useRef, type ReactNode } from "react";
import { Check, SelectField, Slider } from "../../parts/fields.js";
import { colorMaps, tableOf, type ColorMapName } from "../../film/colormaps.js";
import { useSpeech } from "../../shell/speech.js";

export interface MapSettings {
  readonly isShown: boolean;
  readonly opacity: number;
  readonly threshold: number;
  readonly colors: ColorMapName;
  readonly hasRegion: boolean;
}

/** As it was left at the last case. */
export function storedMapSettings(): MapSettings {
  const first: MapSettings = { isShown: true, opacity: 0.5, threshold: 0.2, colors: "cividis", hasRegion: true };
  try {
    const kept = JSON.parse(localStorage.getItem("map") ?? "{}") as Partial<MapSettings>;
    const whole = { ...first, ...kept };
    return Object.hasOwn(colorMaps, whole.colors) ? whole : first;
  } catch {
    return first;
  }
}

export function ColorScale({ colors, isSigned }: { readonly colors: ColorMapName; readonly isSigned: boolean }): ReactNode {
  const { t } = useSpeech();
  const canvas = useRef<HTMLCanvasElement>(null);
  const name = isSigned ? "balance" : colors;
  useEffect(() => {
    const image = new ImageData(256, 1);
    const table = tableOf(name);
    for (let i = 0; i < 256; i++) image.data.set([table[3 * i]!, table[3 * i + 1]!, table[3 * i + 2]!, 255], 4 * i);
    canvas.current!.getContext("2d")!.putImageData(image, 0, 0);
  }, [name]);
  return (
    <div className="scale">
      <span>{t(isSigned ? "map.against" : "map.little")}</span>
      <canvas ref={canvas} width={256} height={1} aria-hidden="true" />
      <span>{t(isSigned ? "map.for" : "map.much")}</span>
    </div>
  );
}

export function MapControls({ settings, onChange, isSigned, hasRegion }: { readonly settings: MapSettings; readonly onChange: (settings: MapSettings) => void; readonly isSigned: boolean; readonly hasRegion: boolean }): ReactNode {
  const { t, percent } = useSpeech();
  const set = (change: Partial<MapSettings>): void => {
    const next = { ...settings, ...change };
    localStorage.setItem("map", JSON.stringify(next));
    onChange(next);
  };
  const maps = Object.entries(colorMaps).filter(([, map]) => !("isDiverging" in map));
  return (
    <section className="card">
      <h2>{t("map.title")}</h2>
      <Check label={t("map.show")} checked={settings.isShown} onToggle={(isShown) => set({ isShown })} />
      {hasRegion && <Check label={t("map.region")} checked={settings.hasRegion} onToggle={(on) => set({ hasRegion: on })} />}
      <Slider label={t("map.opacity")} min={0} max={1} step={0.05} value={settings.opacity} shown={percent(settings.opacity, 0)} onSlide={(opacity) => set({ opacity })} />
      <Slider label={t("map.threshold")} min={0} max={0.95} step={0.05} value={settings.threshold} shown={percent(settings.threshold, 0)} onSlide={(threshold) => set({ threshold })} />
      <SelectField label={t("map.colors")} value={settings.colors} options={maps.map(([value, { title }]) => ({ value, text: title }))} onPick={(colors) => set({ colors: colors as ColorMapName })} disabled={isSigned} />
      <ColorScale colors={settings.colors} isSigned={isSigned} />
      <p className="quiet"><small>{t("map.note")}</small></p>
    </section>
  );
}
