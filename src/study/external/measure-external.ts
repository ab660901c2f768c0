import { countLabels } from "../../data/index.js";
import { sha256 } from "../../files/index.js";
import { compareCells, performanceOf, type AggregateOptions } from "../aggregate.js";
import { decideUnits, unitsOf } from "../analysis/decide-units.js";
import { kappaOf } from "../analysis/kappa.js";
import { predictionsCsv } from "../predictions-csv.js";
import type { TaskRecord } from "../task-record.js";
import type { ExternalResult } from "./contract.js";
import type { ExternalSet } from "./open-external.js";

export interface ExternalCell {
  readonly id: string;
  /** One record per seed, as predictExternal makes them. */
  readonly records: readonly TaskRecord[];
}

/** Figures of the external test set, and the table that they follow from. */
export function measureExternal(cells: readonly ExternalCell[], { dataset, warnings }: ExternalSet, { level, seed, networks }: { readonly level: number; readonly seed: number; readonly networks: number }): { readonly result: ExternalResult; readonly table: string } {
  const unitOf = unitsOf(dataset.cases);
  const patients = new Map(dataset.cases.flatMap(({ id, patient, unit }) => [[id, patient ?? unit ?? id] as const, ...(unit === undefined ? [] : [[unit, patient ?? unit] as const])]));
  const options: AggregateOptions = { labels: dataset.labels, level, patientOf: (id) => patients.get(id) ?? id, seed };
  const decided = cells.map(({ id, records }) => ({ id, records: records.map((record) => ({ ...record, predictions: [...decideUnits(record.predictions, unitOf)] })) }));
  const counts = countLabels(dataset.cases, dataset.labels);
  const table = predictionsCsv({ cells, dataset, subgroups: [] });
  return {
    table,
    result: {
      source: dataset.name,
      sha256: dataset.sha256,
      cases: dataset.cases.length,
      ...(unitOf && { units: new Set(unitOf.values()).size }),
      ...(dataset.hasPatients && { patients: new Set(dataset.cases.map(({ patient }) => patient)).size }),
      setAside: dataset.setAside.length,
      classCounts: Object.fromEntries(dataset.labels.map((label, k) => [label, counts[k]!])),
      networks,
      cells: decided.map(({ id, records }) => {
        const predictions = records.flatMap((record) => record.predictions);
        return { cell: id, performance: performanceOf(predictions, options), kappa: kappaOf(predictions, options) };
      }),
      comparisons: compareCells(decided, options),
      warnings,
      predictions: { rows: cells.reduce((sum, { records }) => sum + records.reduce((own, { predictions }) => own + predictions.length, 0), 0), sha256: sha256(table) },
    },
  };
}
