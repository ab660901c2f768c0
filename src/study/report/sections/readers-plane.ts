import type { ReadersResult, RocPlane } from "../../readers/contract.js";
import type { ReportFigure } from "../contract.js";
import { palette } from "../draw.js";

type Point = RocPlane["points"][number];

/** Side of a panel, in pixels. */
const side = 250;

/** Square that holds all points with some room, so that readers who are alike are told apart. */
function cornerOf(planes: readonly RocPlane[]): number {
  const far = Math.max(...planes.flatMap(({ points }) => points.flatMap(({ falsePositiveRate, truePositiveRate }) => [falsePositiveRate, 1 - truePositiveRate])));
  return Math.min(1, Math.ceil((far + 0.06) * 20) / 20);
}

function kindOf({ name, group }: Point): string {
  if (name === "network") return "network";
  if (name === "mean of the readers") return "mean of the readers";
  return group ?? "readers";
}

/**
 * The plane of sensitivity and 1 - specificity, each class against the rest: the network's curve and its decisions, every
 * reader as a point, and what help did to each as a line. Only the corner that holds the points is drawn.
 */
export function planeFigure({ planes, readers, simulated }: ReadersResult): ReportFigure {
  const corner = cornerOf(planes);
  const points = planes.flatMap(({ label, points: own }) => own.map((point) => ({ ...point, label, kind: kindOf(point), condition: point.condition === "aided" ? "with the network" : "alone" })));
  const kinds = ["network", ...new Set(readers.map(({ group }) => group ?? "readers")), ...(points.some(({ kind }) => kind === "mean of the readers") ? ["mean of the readers"] : [])];
  const colors = kinds.map((kind, i) => (kind === "network" ? palette[0]! : kind === "mean of the readers" ? palette[6]! : palette[1 + ((i - 1) % 5)]!));
  const curves = planes.flatMap(({ label, network, readerAverage = [] }) => [
    ...network.map((point, order) => ({ ...point, label, order, curve: "network", kind: "network" })),
    ...readerAverage.map((point, order) => ({ ...point, label, order, curve: "average of the readers' curves", kind: "mean of the readers" })),
  ]);
  const moves = points.flatMap((point) => {
    const aided = points.find((other) => other.label === point.label && other.name === point.name && other.condition === "with the network");
    return point.condition === "alone" && aided !== undefined ? [{ label: point.label, kind: point.kind, x: point.falsePositiveRate, y: point.truePositiveRate, x2: aided.falsePositiveRate, y2: aided.truePositiveRate }] : [];
  });
  const x = (field: string) => ({ field, type: "quantitative" as const, title: "1 − specificity", scale: { domain: [0, corner] }, axis: { tickCount: 5 } });
  const y = (field: string) => ({ field, type: "quantitative" as const, title: "sensitivity", scale: { domain: [1 - corner, 1] }, axis: { tickCount: 5 } });
  const legend = { orient: "bottom" as const, labelLimit: 260 };
  const color = { field: "kind", type: "nominal" as const, title: null, scale: { domain: kinds, range: colors }, legend };
  const shape = { field: "kind", type: "nominal" as const, title: null, scale: { domain: kinds, range: kinds.map((kind) => (kind === "network" ? "diamond" : kind === "mean of the readers" ? "cross" : "circle")) }, legend };
  return {
    name: "readers-roc",
    title: "sensitivity against 1 - specificity: the network's curve, and every reader as a point",
    drawing: {
      spacing: 26,
      hconcat: planes.map(({ label }) => ({
        title: { text: label, subtitle: `against the rest${simulated ? "; simulated reads" : ""}`, fontSize: 12, subtitleFontSize: 11, anchor: "middle" as const },
        width: side,
        height: side,
        layer: [
          { data: { values: curves.filter((one) => one.label === label) }, mark: { type: "line" as const, clip: true, strokeWidth: 1.8, interpolate: "linear" as const }, encoding: { x: x("falsePositiveRate"), y: y("truePositiveRate"), order: { field: "order", type: "quantitative" as const }, color, strokeDash: { condition: { test: "datum.kind === 'network'", value: [1, 0] }, value: [5, 3] } } },
          { data: { values: moves.filter((one) => one.label === label) }, mark: { type: "rule" as const, strokeWidth: 1, opacity: 0.5 }, encoding: { x: x("x"), y: y("y"), x2: { field: "x2" }, y2: { field: "y2" }, color } },
          ...[true, false].map((isAlone) => ({
            data: { values: points.filter((one) => one.label === label && (one.condition === "alone") === isAlone) },
            mark: { type: "point" as const, filled: isAlone, opacity: 0.9, size: 75, strokeWidth: 1.6 },
            encoding: { x: x("falsePositiveRate"), y: y("truePositiveRate"), color, shape },
          })),
        ],
      })),
    },
  };
}
