import { csvText } from "../base/index.js";
import type { Dataset } from "../data/index.js";
import { unitsOf } from "./analysis/decide-units.js";
import type { SubgroupColumn } from "./analysis/subgroups.js";
import type { TaskRecord } from "./task-record.js";

/** Patients as running numbers, in the order of the cases: which images belong together, and not whose they are. */
export function patientNumbers({ cases, hasPatients }: Pick<Dataset, "cases" | "hasPatients">): ReadonlyMap<string, number> {
  if (!hasPatients) return new Map();
  const numbers = new Map<string, number>();
  return new Map(
    cases.map(({ id, patient }) => {
      if (!numbers.has(patient!)) numbers.set(patient!, numbers.size + 1);
      return [id, numbers.get(patient!)!];
    }),
  );
}

export interface PredictionsSource {
  readonly cells: readonly { readonly id: string; readonly records: readonly TaskRecord[] }[];
  readonly dataset: Pick<Dataset, "cases" | "hasPatients" | "labels">;
  readonly subgroups: readonly SubgroupColumn[];
}

/** Every test prediction of every cell, seed and fold: what all figures of the report are made from. */
export function predictionsCsv({ cells, dataset, subgroups }: PredictionsSource): string {
  const { labels } = dataset;
  const patients = patientNumbers(dataset);
  const units = unitsOf(dataset.cases);
  const images = new Map(dataset.cases.map(({ id, contentSha256 }) => [id, contentSha256 ?? ""]));
  const head = [
    "cell", "seed", "fold", "case", "label", "predicted", "correct",
    ...labels.map((label) => `probability_${label}`),
    "map_inside_region", "region_share", "window_overlap", "window_center_error", "patient", "image_sha256",
    ...(units === undefined ? [] : ["unit"]),
    ...subgroups.map(({ column }) => `subgroup_${column}`),
  ];
  const rows = cells.flatMap(({ id, records }) =>
    records.flatMap(({ seed, fold, predictions, detection = [] }) => {
      const found = new Map(detection.map((one) => [one.case, one]));
      return predictions.map((prediction) => [
        id,
        seed,
        fold,
        prediction.case,
        labels[prediction.label]!,
        labels[prediction.predicted]!,
        prediction.label === prediction.predicted ? 1 : 0,
        ...prediction.probabilities,
        prediction.relevance ?? "",
        prediction.regionShare ?? "",
        found.get(prediction.case)?.overlap ?? "",
        found.get(prediction.case)?.centerError ?? "",
        patients.get(prediction.case) ?? "",
        images.get(prediction.case) ?? "",
        ...(units === undefined ? [] : [units.get(prediction.case)!]),
        ...subgroups.map(({ groupOf }) => groupOf.get(prediction.case) ?? ""),
      ]);
    }),
  );
  return csvText([head, ...rows]);
}
