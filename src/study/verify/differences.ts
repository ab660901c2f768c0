/** A value that a run prints and that its predictions do not give. */
export interface Difference {
  /** Where it stands, such as `results.json: cells[0].pooled.accuracy.estimate`. */
  readonly where: string;
  readonly printed: string;
  readonly recomputed: string;
}

/** Largest relative difference that is taken for rounding of the last digits. */
const tolerance = 1e-11;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);

const shown = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value)).slice(0, 120);

export interface Compared {
  /** Numbers and words that were compared. */
  readonly compared: number;
  readonly differences: readonly Difference[];
}

/** Everything in which two plain values differ. A key with the value undefined counts as left out. */
export function compareValues(where: string, printed: unknown, recomputed: unknown): Compared {
  if (Array.isArray(printed) && Array.isArray(recomputed)) {
    const length = Math.max(printed.length, recomputed.length);
    return joined(Array.from({ length }, (_, i) => compareValues(`${where}[${i}]`, printed[i], recomputed[i])));
  }
  if (isRecord(printed) && isRecord(recomputed)) {
    const keys = [...new Set([...Object.keys(printed), ...Object.keys(recomputed)])];
    return joined(keys.map((key) => compareValues(`${where}.${key}`, printed[key], recomputed[key])));
  }
  if (printed === undefined && recomputed === undefined) return { compared: 0, differences: [] };
  const same =
    typeof printed === "number" && typeof recomputed === "number"
      ? Math.abs(printed - recomputed) <= tolerance * Math.max(1, Math.abs(printed))
      : printed === recomputed;
  return { compared: 1, differences: same ? [] : [{ where, printed: shown(printed), recomputed: shown(recomputed) }] };
}

export function joined(parts: readonly Compared[]): Compared {
  return { compared: parts.reduce((sum, { compared }) => sum + compared, 0), differences: parts.flatMap(({ differences }) => differences) };
}
