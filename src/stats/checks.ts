import { InputError } from "../base/index.js";

/** Default nominal coverage. */
export const defaultLevel = 0.95;

/** @throws InputError `level` unless 0 < level < 1 */
export function checkLevel(level: number): number {
  if (!(level > 0 && level < 1)) {
    throw new InputError("level", `level: expected a number between 0 and 1, got ${level}. For 95 % pass 0.95.`);
  }
  return level;
}

/** @throws InputError `count` unless the value is a non-negative integer */
export function checkCount(subject: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new InputError("count", `${subject}: expected a non-negative integer, got ${value}. Pass a number of cases.`);
  }
  return value;
}

/** @throws InputError `length` unless both lists are equally long */
export function checkSameLength(subject: string, length: number, expected: number): void {
  if (length !== expected) {
    throw new InputError("length", `${subject}: expected ${expected} entries, got ${length}. Pass one per case.`);
  }
}

/** @throws InputError `not-finite` when a value is NaN or infinite */
export function checkFinite(subject: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new InputError(
        "not-finite",
        `${subject} ${i}: expected a finite number, got ${values[i]}. Leave it out or mend it.`,
      );
    }
  }
}

/** @throws InputError `probability` when a value is outside [0, 1] or NaN */
export function checkProbabilities(subject: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value >= 0 && value <= 1)) {
      throw new InputError(
        "probability",
        `${subject} ${i}: expected a number in [0, 1], got ${value}. Pass probabilities, not logits.`,
      );
    }
  }
}
