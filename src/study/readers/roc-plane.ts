import { averageRocCurves, estimateOrReason, isEstimable, rocCurve } from "../../stats/index.js";
import type { Answers, Panel } from "./answers.js";
import type { PlanePoint, RocPlane } from "./contract.js";

/** Sensitivity and 1 − specificity of labels that were given; undefined where the class or the rest was not read. */
function pointOf({ name, group, condition, cases, given }: Answers, k: number, panel: Panel): PlanePoint | undefined {
  let [hits, positives, alarms, negatives] = [0, 0, 0, 0];
  cases.forEach((at, i) => {
    const called = given[i] === k ? 1 : 0;
    if (panel.cases[at]!.label === k) [hits, positives] = [hits + called, positives + 1];
    else [alarms, negatives] = [alarms + called, negatives + 1];
  });
  if (positives === 0 || negatives === 0) return undefined;
  return { name, ...(group !== undefined && { group }), condition, falsePositiveRate: alarms / negatives, truePositiveRate: hits / positives };
}

/** Mean of points, as readers are averaged in their table. */
function meanPoint(points: readonly PlanePoint[], name: string, condition: PlanePoint["condition"]): PlanePoint[] {
  if (points.length < 2) return [];
  const mean = (key: "falsePositiveRate" | "truePositiveRate"): number => points.reduce((sum, point) => sum + point[key], 0) / points.length;
  return [{ name, ...(condition && { condition }), falsePositiveRate: mean("falsePositiveRate"), truePositiveRate: mean("truePositiveRate") }];
}

/** The ROC plane of each class against the rest (of two classes the second alone). */
export function rocPlanes(network: Answers, readers: readonly Answers[], panel: Panel): RocPlane[] {
  const classes = panel.labels.length === 2 ? [1] : panel.labels.map((_, k) => k);
  return classes.flatMap((k): RocPlane[] => {
    const curveOf = (answers: Answers) =>
      rocCurve(answers.cases.map((at) => panel.cases[at]!.label === k), answers.score!(k)).map(({ falsePositiveRate, truePositiveRate }) => ({ falsePositiveRate, truePositiveRate }));
    const curve = estimateOrReason(() => curveOf(network));
    if (!isEstimable(curve)) return [];
    const own = pointOf(network, k, panel);
    const points = readers.flatMap((reader) => pointOf(reader, k, panel) ?? []);
    const alone = readers.filter(({ condition }) => condition === "alone");
    const average = alone.length > 0 && alone.every(({ score }) => score !== undefined) ? estimateOrReason(() => averageRocCurves(alone.map(curveOf))) : undefined;
    const means = (["alone", "aided"] as const).flatMap((condition) => meanPoint(points.filter((point) => point.condition === condition), "mean of the readers", condition));
    return [
      {
        label: panel.labels[k]!,
        network: curve,
        points: [...(own ? [{ name: own.name, falsePositiveRate: own.falsePositiveRate, truePositiveRate: own.truePositiveRate }] : []), ...points, ...means],
        ...(average && isEstimable(average) && { readerAverage: average.map(({ falsePositiveRate, truePositiveRate }) => ({ falsePositiveRate, truePositiveRate })) }),
      },
    ];
  });
}
