import { csvText } from "../../base/index.js";
import type { CaseReadings } from "./contract.js";

/** A reading, with the name of the network where there are several. */
export type NamedReadings = CaseReadings & { readonly network?: string };

const columns: readonly (readonly [name: string, value: (one: NamedReadings) => string | number | boolean | undefined])[] = [
  ["network", (one) => one.network],
  ["case", (one) => one.case],
  ["method", (one) => one.method],
  ["predicted", (one) => one.predicted],
  ["correct", (one) => one.correct],
  ["empty", (one) => one.empty],
  ["average_precision", (one) => one.averagePrecision],
  ["relevance_mass", (one) => one.relevanceMass],
  ["insertion_less_deletion", (one) => one.contrast],
  ["insertion_less_deletion_rolled", (one) => one.contrastRolled],
  ...(["head", "half", "all"] as const).flatMap((part) => [
    [`randomized_${part}_rank`, (one: CaseReadings) => one.randomized[part].rank] as const,
    [`randomized_${part}_ssim`, (one: CaseReadings) => one.randomized[part].ssim] as const,
  ]),
  ["steady_rank", (one) => one.steady],
  ["repeated_rank", (one) => one.repeated?.rank],
  ["repeated_ssim", (one) => one.repeated?.ssim],
  ["repeated_other_case_rank", (one) => one.repeated?.chance],
  ["reproduced_rank", (one) => one.reproduced?.rank],
  ["reproduced_ssim", (one) => one.reproduced?.ssim],
  ["reproduced_other_case_rank", (one) => one.reproduced?.chance],
];

const rounded = (value: string | number | boolean | undefined): string | number | boolean | undefined => (typeof value === "number" ? Number(value.toPrecision(7)) : value);

/** Every reading of every map, one row per case and method; empty where there is none. */
export function auditCsv(readings: readonly NamedReadings[]): string {
  const rows = readings.map((one) => columns.map(([, value]) => rounded(value(one))));
  return csvText([columns.map(([name]) => name), ...rows]);
}
