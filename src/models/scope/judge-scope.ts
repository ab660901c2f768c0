import type { ImageFacts, ModelScope, ScopeVerdict } from "./contract.js";
import { isSameTerm } from "./terms.js";

const names = { modality: "modality", bodyPart: "body part", view: "view", manufacturer: "manufacturer" } as const;

/** Values seen less often than this share of the training cases are no part of the scope: one stray file does not widen it. */
const leastShare = 0.01;

/** Ages may lie outside of the training cases' by this share of their range, and by so many years at least. */
const ageRoom = { share: 0.1, years: 2 };

function list(values: readonly string[]): string {
  return values.length > 4 ? `${values.slice(0, 4).join(", ")} and ${values.length - 4} more` : values.join(", ");
}

/** Three figures: enough to compare two distances. */
function figure(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

/**
 * Whether an image is one that a model was made for: by what its header tells, then by its distance in the network's
 * features. A model that does not say what it is for refuses nothing.
 */
export function judgeScope(scope: ModelScope | undefined, { acquisition, distance }: { readonly acquisition?: ImageFacts; readonly distance?: number }): ScopeVerdict {
  if (scope === undefined) return { verdict: "unknown", reasons: [], remarks: ["The model file does not say what it is for: nothing was checked."] };
  const { trainedOn } = scope;
  const reasons: string[] = [];
  const remarks: string[] = [];
  const unknown: string[] = [];
  for (const kind of ["modality", "bodyPart", "view", "manufacturer"] as const) {
    const known = Object.entries(trainedOn[kind] ?? {}).filter(([, count], _, all) => count >= leastShare * all.reduce((sum, [, n]) => sum + n, 0));
    const value = acquisition?.[kind];
    if (known.length === 0) {
      if (kind !== "manufacturer") unknown.push(names[kind]);
      continue;
    }
    if (value === undefined || known.some(([one]) => isSameTerm(kind, one, value))) continue;
    const difference = `${names[kind]} ${value}, trained on ${list(known.map(([one]) => one))}`;
    // Another maker's machine is no other anatomy: the distance tells whether its images are too different.
    if (kind === "manufacturer") remarks.push(difference);
    else reasons.push(difference);
  }
  const { ageYears } = trainedOn;
  if (ageYears === undefined) unknown.push("age");
  else if (acquisition?.ageYears !== undefined) {
    const room = Math.max(ageRoom.years, ageRoom.share * (ageYears.high - ageYears.low));
    if (acquisition.ageYears < ageYears.low - room || acquisition.ageYears > ageYears.high + room) reasons.push(`age ${Math.floor(acquisition.ageYears)}, trained on ${Math.floor(ageYears.low)} to ${Math.floor(ageYears.high)} years`);
  }
  if (unknown.length > 0) remarks.push(`not known of the training cases: ${unknown.join(", ")}`);
  const threshold = scope.distance?.threshold;
  if (threshold === undefined) remarks.push("the model file measures no distance");
  // Not a number is no distance that was found small enough.
  else if (distance !== undefined && !(distance <= threshold)) reasons.push(`distance ${figure(distance)} above ${figure(threshold)}`);
  return { verdict: reasons.length > 0 ? "out-of-scope" : "in-scope", reasons, remarks, ...(distance !== undefined && { distance }), ...(threshold !== undefined && { threshold }) };
}
