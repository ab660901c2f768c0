import type { ReactNode } from "react";
import type { CellSummary } from "../../server/contract.js";
import { isEstimated } from "../parts/estimated.js";
import { useSpeech } from "../shell/speech.js";
import { colorOf, Legend, PlotFrame } from "./frame.js";

/** Accuracy against the share of the heat map in the known region: a network can be right and look elsewhere. */
export function RelevancePlane({ table, chosen, onChoose, level }: { readonly table: readonly CellSummary[]; readonly chosen: string | undefined; readonly onChoose: (cell: string) => void; readonly level: number }): ReactNode {
  const { t, percent } = useSpeech();
  const points = table.flatMap(({ id, accuracy, relevance }, index) => (isEstimated(accuracy) && isEstimated(relevance) ? [{ id, index, accuracy, relevance }] : []));
  if (points.length === 0) return <p className="quiet">{t("study.noRelevance")}</p>;
  const chance = table.map(({ relevance }) => relevance?.regionShareOfImage).find((share) => share !== undefined);
  const highest = Math.max(...points.map(({ relevance }) => relevance.upper), chance ?? 0);
  const lowest = Math.min(...points.map(({ accuracy }) => accuracy.lower));
  const format = (value: number): string => percent(value, 0);
  return (
    <figure>
      <PlotFrame title={t("study.plane")} x={{ title: t("study.relevance"), from: 0, to: Math.min(1, highest * 1.15), format }} y={{ title: t("measure.accuracy"), from: Math.max(0, Math.floor(lowest * 10) / 10), to: 1, format }}>
        {({ x, y }) => (
          <g>
            {chance !== undefined && <line className="chance" x1={x(chance)} x2={x(chance)} y1={y(1)} y2={y(Math.max(0, Math.floor(lowest * 10) / 10))} />}
            {points.map(({ id, index, accuracy, relevance }) => (
              <g key={id} stroke={colorOf(index)} className="point" onClick={() => onChoose(id)}>
                <line x1={x(relevance.lower)} x2={x(relevance.upper)} y1={y(accuracy.estimate)} y2={y(accuracy.estimate)} />
                <line x1={x(relevance.estimate)} x2={x(relevance.estimate)} y1={y(accuracy.lower)} y2={y(accuracy.upper)} />
                <circle cx={x(relevance.estimate)} cy={y(accuracy.estimate)} r={id === chosen ? 6.5 : 4.5} fill={colorOf(index)}>
                  <title>{`${id}: ${percent(accuracy.estimate)}, ${percent(relevance.estimate)}`}</title>
                </circle>
              </g>
            ))}
          </g>
        )}
      </PlotFrame>
      <Legend items={points.map(({ id, index }) => ({ text: id, color: colorOf(index) }))} />
      <figcaption className="quiet">{t("study.planeNote", { level: percent(level, 0) })}</figcaption>
    </figure>
  );
}
