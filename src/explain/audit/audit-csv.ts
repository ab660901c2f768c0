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

/** Every reading of every map, one row per case and method; empty where there is none. Cells that a spreadsheet would run are quoted as text. */
export function auditCsv(readings: readonly NamedReadings[]): string {
  const cell = (value: string | number | boolean | undefined): string => {
    if (value === undefined) return "";
    if (typeof value === "number") return String(Number(value.toPrecision(7)));
    const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const rows = readings.map((one) => columns.map(([, value]) => cell(value(one))).join(","));
  return `${[columns.map(([name]) => name).join(","), ...rows].join("\n")}\n`;
}
