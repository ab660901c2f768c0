import type { ReactNode } from "react";
import type { Cell } from "../../server/contract.js";
import { isEstimated } from "../parts/estimated.js";
import { sayFigure } from "../parts/figure.js";
import { useSpeech } from "../shell/speech.js";
import { colorOf, Legend, pathOfPoints, PlotFrame } from "./frame.js";

type History = readonly { readonly epoch: number; readonly loss: number; readonly validationLoss?: number | undefined }[];

/** Loss over epochs, a thin line per fold; live while a task runs. */
export function LearningCurves({ runs }: { readonly runs: readonly { readonly name: string; readonly history: History }[] }): ReactNode {
  const { t, number } = useSpeech();
  const drawn = runs.filter(({ history }) => history.length > 0);
  if (drawn.length === 0) return null;
  const epochs = drawn.flatMap(({ history }) => history);
  const most = Math.max(...epochs.map(({ loss, validationLoss }) => Math.max(loss, validationLoss ?? 0)));
  const hasValidation = epochs.some(({ validationLoss }) => validationLoss !== undefined);
  return (
    <figure>
      <PlotFrame title={t("study.learning")} x={{ title: t("study.epoch"), from: 1, to: Math.max(2, ...epochs.map(({ epoch }) => epoch)), format: (v) => number(v) }} y={{ title: t("study.loss"), from: 0, to: most * 1.05, format: (v) => number(v, most < 2 ? 2 : 1) }}>
        {(scales) =>
          drawn.map(({ name, history }) => (
            <g key={name} fill="none" strokeWidth="1.4">
              <path stroke={colorOf(0)} d={pathOfPoints(history.map(({ epoch, loss }) => [epoch, loss]), scales)}>
                <title>{`${name}, ${t("study.training")}`}</title>
              </path>
              <path stroke={colorOf(1)} strokeDasharray="5 3" d={pathOfPoints(history.filter(({ validationLoss }) => validationLoss !== undefined).map(({ epoch, validationLoss }) => [epoch, validationLoss!]), scales)}>
                <title>{`${name}, ${t("study.validation")}`}</title>
              </path>
            </g>
          ))
        }
      </PlotFrame>
      <Legend items={[{ text: t("study.training"), color: colorOf(0) }, ...(hasValidation ? [{ text: t("study.validation"), color: colorOf(1), isDashed: true }] : [])]} />
    </figure>
  );
}

/** One curve per class; of two classes, whose curves mirror each other, the second alone. */
export function RocCurves({ cell, labels }: { readonly cell: Cell; readonly labels: readonly string[] }): ReactNode {
  const speech = useSpeech();
  const { t, number } = speech;
  const shown = (labels.length === 2 ? labels.slice(1) : labels).filter((label) => cell.pooled.roc[label]);
  const axis = { from: 0, to: 1, format: (v: number) => number(v, 1) };
  return (
    <figure>
      <PlotFrame title={t("study.roc")} x={{ ...axis, title: t("study.falsePositive") }} y={{ ...axis, title: t("measure.recall") }}>
        {(scales) => (
          <g fill="none">
            <path className="chance" d={pathOfPoints([[0, 0], [1, 1]], scales)} />
            {shown.map((label) => (
              <path key={label} stroke={colorOf(labels.indexOf(label))} strokeWidth="2" d={pathOfPoints(cell.pooled.roc[label]!.map(({ falsePositiveRate, truePositiveRate }) => [falsePositiveRate, truePositiveRate]), scales)}>
                <title>{label}</title>
              </path>
            ))}
          </g>
        )}
      </PlotFrame>
      <Legend
        items={shown.map((label) => {
          const auc = cell.pooled.perClass[label]?.auc;
          return { text: `${label}${isEstimated(auc) ? ` · AUC ${sayFigure(speech, auc)}` : ""}`, color: colorOf(labels.indexOf(label)) };
        })}
      />
    </figure>
  );
}

/** Observed share against predicted probability, with intervals. */
export function CalibrationPlot({ cell, labels }: { readonly cell: Cell; readonly labels: readonly string[] }): ReactNode {
  const { t, number } = useSpeech();
  const classes = Object.entries(cell.calibration?.perClass ?? {});
  if (classes.length === 0) return null;
  const axis = { from: 0, to: 1, format: (v: number) => number(v, 1) };
  return (
    <figure>
      <PlotFrame title={t("study.calibration")} x={{ ...axis, title: t("study.meanProbability") }} y={{ ...axis, title: t("study.observed") }}>
        {(scales) => (
          <g>
            <path className="chance" fill="none" d={pathOfPoints([[0, 0], [1, 1]], scales)} />
            {classes.map(([label, { bins }]) => {
              const color = colorOf(labels.indexOf(label));
              const points = bins.flatMap(({ meanProbability, observed, n }) => (isEstimated(observed) ? [{ x: meanProbability, ...observed, n }] : []));
              return (
                <g key={label} stroke={color}>
                  <path fill="none" strokeWidth="1.5" d={pathOfPoints(points.map(({ x, estimate }) => [x, estimate]), scales)} />
                  {points.map(({ x, estimate, lower, upper, n }) => (
                    <g key={x}>
                      <line x1={scales.x(x)} x2={scales.x(x)} y1={scales.y(lower)} y2={scales.y(upper)} opacity="0.6" />
                      <circle cx={scales.x(x)} cy={scales.y(estimate)} r="3.2" fill={color}>
                        <title>{`${label}: ${number(x, 2)} → ${number(estimate, 2)} (n = ${n})`}</title>
                      </circle>
                    </g>
                  ))}
                </g>
              );
            })}
          </g>
        )}
      </PlotFrame>
      <Legend
        items={classes.map(([label, { slope, intercept }]) => ({
          text: [label, isEstimated(slope) ? t("study.slope", { value: number(slope.estimate, 2) }) : "", isEstimated(intercept) ? t("study.intercept", { value: number(intercept.estimate, 2) }) : ""].filter(Boolean).join(" · "),
          color: colorOf(labels.indexOf(label)),
        }))}
      />
    </figure>
  );
}
