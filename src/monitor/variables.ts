import type { ScopeReference } from "../models/index.js";
import type { PredictionRecord } from "./prediction-log.js";

/** One figure of every image that is followed. */
export interface Variable {
  /** As in the model's reference: `brightness`, `distance`, `probability normal`. */
  readonly name: string;
  /** Whether it is seen in the image or in the model's answer. */
  readonly side: "input" | "output";
  readonly valueOf: (record: PredictionRecord) => number | undefined;
  /** Values when the model was made; none where those would not be comparable. */
  readonly reference: readonly number[];
}

const inputTitles: Readonly<Record<string, string>> = {
  brightness: "mean grey",
  contrast: "contrast",
  dark: "share of black",
  bright: "share of white",
  sharpness: "sharpness",
  shape: "width over height",
  distance: "distance from the training images",
};

export function titleOf(name: string): string {
  if (name === "confidence") return "largest probability";
  return inputTitles[name] ?? name;
}

/**
 * What is followed of a model's predictions. Of two classes one probability says all. Where the network was trained on the
 * reference cases, its answers on them are better than on others: what depends on it is then compared with the log's own past alone.
 */
export function variablesOf(reference: ScopeReference | undefined, records: readonly PredictionRecord[]): Variable[] {
  const seen = records.find(({ probabilities }) => probabilities !== undefined);
  const labels = reference?.columns.flatMap((column) => (column.startsWith("probability ") ? [column.slice("probability ".length)] : [])) ?? Object.keys(seen?.probabilities ?? {});
  const valuesOf = (name: string, needsHeldOut: boolean): number[] => {
    const at = reference?.columns.indexOf(name) ?? -1;
    return at < 0 || (needsHeldOut && reference!.fittedOn === "training") ? [] : reference!.rows.map((row) => row[at]!);
  };
  const traits = reference?.columns.filter((column) => column in inputTitles && column !== "distance") ?? Object.keys(records.find((record) => record.traits)?.traits ?? {});
  const followed = labels.length === 2 ? labels.slice(0, 1) : labels;
  return [
    ...traits.map((name): Variable => ({ name, side: "input", valueOf: (record) => record.traits?.[name], reference: valuesOf(name, false) })),
    { name: "distance", side: "input", valueOf: (record) => record.distance, reference: valuesOf("distance", true) },
    { name: "confidence", side: "output", valueOf: ({ probabilities }) => (probabilities === undefined ? undefined : Math.max(...Object.values(probabilities))), reference: valuesOf("confidence", true) },
    ...followed.map((label): Variable => ({ name: `probability ${label}`, side: "output", valueOf: (record) => record.probabilities?.[label], reference: valuesOf(`probability ${label}`, true) })),
  ];
}
