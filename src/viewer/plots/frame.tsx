import type { ReactNode } from "react";
import { ticksOf } from "./ticks.js";

/** Okabe and Ito's colors, told apart by color-blind readers, each dark and light enough for both themes. */
export const series = ["var(--series-0)", "var(--series-1)", "var(--series-2)", "var(--series-3)", "var(--series-4)", "var(--series-5)"];
export const colorOf = (index: number): string => series[index % series.length]!;

export interface Axis {
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly format: (value: number) => string;
  readonly ticks?: number;
}

const [width, height, left, bottom, top, right] = [360, 270, 52, 42, 12, 12];

export interface Scales {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

/** Frame of a plot: axes, their words and lines; `children` draws into it. */
export function PlotFrame({ title, x, y, children }: { readonly title: string; readonly x: Axis; readonly y: Axis; readonly children: (scales: Scales) => ReactNode }): ReactNode {
  const scales: Scales = {
    x: (value) => left + ((value - x.from) / (x.to - x.from || 1)) * (width - left - right),
    y: (value) => height - bottom - ((value - y.from) / (y.to - y.from || 1)) * (height - bottom - top),
  };
  return (
    <svg className="plot" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={title}>
      <g className="grid">
        {ticksOf(x).map((tick) => (
          <g key={`x${tick}`}>
            <line x1={scales.x(tick)} x2={scales.x(tick)} y1={top} y2={height - bottom} />
            <text x={scales.x(tick)} y={height - bottom + 15} textAnchor="middle">
              {x.format(tick)}
            </text>
          </g>
        ))}
        {ticksOf(y).map((tick) => (
          <g key={`y${tick}`}>
            <line x1={left} x2={width - right} y1={scales.y(tick)} y2={scales.y(tick)} />
            <text x={left - 6} y={scales.y(tick) + 4} textAnchor="end">
              {y.format(tick)}
            </text>
          </g>
        ))}
      </g>
      {children(scales)}
      <text className="axis" x={(left + width - right) / 2} y={height - 6} textAnchor="middle">
        {x.title}
      </text>
      <text className="axis" transform={`translate(13 ${(top + height - bottom) / 2}) rotate(-90)`} textAnchor="middle">
        {y.title}
      </text>
    </svg>
  );
}

/** Path through points. */
export function pathOfPoints(points: readonly (readonly [number, number])[], { x, y }: Scales): string {
  return points.map(([a, b], i) => `${i === 0 ? "M" : "L"}${x(a).toFixed(1)} ${y(b).toFixed(1)}`).join("");
}

/** Names of colors. */
export function Legend({ items }: { readonly items: readonly { readonly text: string; readonly color: string; readonly isDashed?: boolean }[] }): ReactNode {
  return (
    <ul className="legend">
      {items.map(({ text, color, isDashed }) => (
        <li key={text}>
          <svg viewBox="0 0 18 8" aria-hidden="true">
            <line x1="0" x2="18" y1="4" y2="4" stroke={color} strokeWidth="3" strokeDasharray={isDashed ? "4 3" : undefined} />
          </svg>
          {text}
        </li>
      ))}
    </ul>
  );
}
