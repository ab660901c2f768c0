import type { ReactNode } from "react";
import type { Shape } from "../../server/contract.js";
import { useSpeech, type Speech } from "../shell/speech.js";
import { outlineOf } from "./drawing.js";
import { toFilm, type FilmTransform } from "./film-view.js";
import { measureAngleDeg, measureCobbDeg, measureLength, measureSlip, type Point, type Spacing } from "./measure.js";

export interface ShownShape {
  readonly shape: Shape;
  /** Being drawn, saved before, or the study's own region. */
  readonly kind: "drawn" | "saved" | "region";
}

/** What a measuring shape says, in the unit that the image has. */
export function readingOf({ t, number, percent }: Speech, shape: Shape, spacing: Spacing | undefined): string | undefined {
  const scale = spacing ?? [1, 1];
  const length = (value: number): string => (spacing === undefined ? `${number(value)} px` : `${number(value, 1)} mm`);
  if (shape.kind === "length") return length(measureLength(shape.points[0]!, shape.points[1]!, scale));
  if (shape.kind === "angle") return `${number(measureAngleDeg(shape.points[0]!, shape.points[1]!, shape.points[2]!, scale), 1)}°`;
  if (shape.kind === "cobb") return `${number(measureCobbDeg(shape.points as unknown as [Point, Point, Point, Point], scale), 1)}°`;
  if (shape.kind !== "slip") return undefined;
  const slip = measureSlip(shape.points as unknown as [Point, Point, Point, Point], scale);
  return t("draw.slipValue", { length: length(slip.length), share: percent(slip.share, 0), grade: ["0", "I", "II", "III", "IV", "V"][slip.grade]! });
}

function pathOf(shape: Shape, points: readonly (readonly [number, number])[]): string {
  const line = (from: number, to: number): string => `M${points.slice(from, to).map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`;
  if (shape.kind === "cobb" || shape.kind === "slip") return line(0, 2) + line(2, 4);
  return line(0, points.length) + (shape.kind === "box" || shape.kind === "polygon" ? "Z" : "");
}

/** Lines over a film, with what they measure; brushes are painted elsewhere. */
export function ShapeLayer({ shapes, transform, spacing, pending, cursor }: { readonly shapes: readonly ShownShape[]; readonly transform: FilmTransform; readonly spacing: Spacing | undefined; readonly pending: readonly Point[]; readonly cursor: readonly [number, number] | undefined }): ReactNode {
  const speech = useSpeech();
  const ends = pending.map((point) => toFilm(transform, point));
  return (
    <svg aria-hidden="true">
      {shapes.map(({ shape, kind }, i) => {
        const points = outlineOf(shape).map((point) => toFilm(transform, point));
        if (points.length === 0) return null;
        const text = readingOf(speech, shape, spacing);
        return (
          <g key={i}>
            <path className={`drawn ${kind}`} d={pathOf(shape, points)} />
            {kind !== "region" && shape.kind !== "box" && shape.kind !== "polygon" && points.map(([x, y], k) => <circle key={k} className={`drawn ${kind}`} cx={x} cy={y} r="3" />)}
            {text && <text className={`drawn-text ${kind}`} x={points[0]![0] + 8} y={points[0]![1] + (shape.kind === "slip" ? 20 : -8)}>{text}</text>}
          </g>
        );
      })}
      {ends.length > 0 && <path className="drawn" strokeDasharray="4 3" d={`M${[...ends, ...(cursor ? [cursor] : [])].map(([x, y]) => `${x} ${y}`).join("L")}`} />}
      {ends.map(([x, y], k) => <circle key={k} className="drawn" cx={x} cy={y} r="3.5" />)}
      {cursor && <path className="drawn" d={`M${cursor[0] - 9} ${cursor[1]}h18M${cursor[0]} ${cursor[1] - 9}v18`} />}
    </svg>
  );
}
