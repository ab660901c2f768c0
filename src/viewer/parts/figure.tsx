import type { ReactNode } from "react";
import type { FigureValue } from "../../server/contract.js";
import { useSpeech, type Speech } from "../shell/speech.js";
import { isEstimated } from "./estimated.js";

/** A difference of two shares: points with sign and interval. */
export function Difference({ value }: { readonly value: FigureValue | undefined }): ReactNode {
  const { t, points } = useSpeech();
  if (!isEstimated(value)) return <Figure value={value} />;
  return (
    <span className="figure" title={value.method}>
      {t("figure.points", { value: points(value.estimate) })}
      <small>{t("figure.range", { lower: points(value.lower), upper: points(value.upper) })}</small>
    </span>
  );
}

/** In words, for one line. */
export function sayFigure({ percent, t }: Speech, figure: FigureValue | undefined): string {
  return isEstimated(figure) ? `${percent(figure.estimate)} (${percent(figure.lower)}–${percent(figure.upper)})` : t("study.notEstimable");
}

/** A figure with its interval under it; how it was made stands in its title. */
export function Figure({ value, isBest = false }: { readonly value: FigureValue | undefined; readonly isBest?: boolean }): ReactNode {
  const { t, percent } = useSpeech();
  if (value === undefined) return <span className="quiet">–</span>;
  if (!isEstimated(value)) return <span className="quiet" title={typeof value.notEstimable === "string" ? value.notEstimable : undefined}>{t("study.notEstimable")}</span>;
  return (
    <span className={isBest ? "figure best" : "figure"} title={value.method}>
      {percent(value.estimate)}
      <small>
        {percent(value.lower)}–{percent(value.upper)}
      </small>
    </span>
  );
}
