import { InputError } from "../../base/index.js";

export type ClassWeights = "none" | "balanced" | Readonly<Record<string, number>>;

/**
 * One weight per class. `balanced` is n / (K n_k): every class then weighs the same in all, and the mean weight of a case is 1.
 * @param labels class of every training case, in [0, K)
 * @throws InputError `class-weights` for a class without a weight, a weight without a class, or a class with no case to balance
 * @see scikit-learn, compute_class_weight("balanced"); King and Zeng 2001
 */
export function classWeightsOf(weights: ClassWeights, labels: readonly number[], classNames: readonly string[]): number[] | undefined {
  if (weights === "none") return undefined;
  if (weights === "balanced") {
    const counts = classNames.map((_, k) => labels.filter((label) => label === k).length);
    return counts.map((count, k) => {
      if (count > 0) return labels.length / (classNames.length * count);
      throw new InputError(
        "class-weights",
        `class weights: expected a training case of every class, got none of "${classNames[k]!}". Use classWeights "none" or larger folds.`,
      );
    });
  }
  const unknown = Object.keys(weights).find((name) => !classNames.includes(name));
  if (unknown !== undefined) {
    throw new InputError("class-weights", `class weights: expected classes among ${classNames.join(", ")}, got "${unknown}". Correct the name.`);
  }
  return classNames.map((name) => {
    const weight = weights[name];
    if (weight !== undefined && Number.isFinite(weight) && weight > 0) return weight;
    throw new InputError("class-weights", `class weights: expected a positive weight for "${name}", got ${String(weight)}. Give every class one.`);
  });
}
