import { InputError } from "../../base/index.js";

/** @throws InputError `measure-setting` */
function checkCount(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InputError("measure-setting", `${name}: expected a whole number of 1 or more, got ${value}.`);
}

export function stepsOf(value: number | undefined, usual: number): number {
  return checkCount("steps", value ?? usual);
}

export function samplesOf(value: number | undefined, usual: number): number {
  return checkCount("samples", value ?? usual);
}

/** @throws InputError `measure-setting` */
export function strengthOf(value: number | undefined, usual: number): number {
  const strength = value ?? usual;
  if (strength > 0 && Number.isFinite(strength)) return strength;
  throw new InputError("measure-setting", `strength: expected a number above 0, got ${strength}.`);
}
