import { InputError, exp, log, nearestName } from "../base/index.js";

/** A value that a searched setting can take. */
export type SettingValue = number | string | boolean | null;

/** Values of the settings that are active in a trial, by name. */
export type Settings = Readonly<Record<string, SettingValue>>;

/** What holds for every kind of parameter. */
export interface ParameterTerms {
  /** Active only where other parameters have one of these values. */
  readonly when?: Readonly<Record<string, SettingValue | readonly SettingValue[]>>;
  /** Values on a grid; 3 where left out. */
  readonly levels?: number;
  /** The end of the range that makes the simpler model, for the one-standard-error rule. */
  readonly simpler?: "low" | "high";
}

type Range = readonly [low: number, high: number];

/**
 * What is searched over for one setting: a range of numbers, evenly (`float`) or by their logarithm (`log`), of whole numbers (`int`,
 * `logInt`), or a list (`choice`).
 */
export type Parameter = ParameterTerms &
  (
    | { readonly float: Range }
    | { readonly log: Range }
    | { readonly int: Range }
    | { readonly logInt: Range }
    | { readonly choice: readonly SettingValue[] }
  );

/** Parameters by name. A condition names a parameter that is listed before. */
export type SearchSpace = Readonly<Record<string, Parameter>>;

/** How a range lies on [0, 1]. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly isLog: boolean;
  readonly isWhole: boolean;
}

/** The scale of a numeric parameter; undefined for a choice. */
export function scaleOf(parameter: Parameter): Scale | undefined {
  if ("float" in parameter) return { low: parameter.float[0], high: parameter.float[1], isLog: false, isWhole: false };
  if ("log" in parameter) return { low: parameter.log[0], high: parameter.log[1], isLog: true, isWhole: false };
  if ("int" in parameter) return { low: parameter.int[0], high: parameter.int[1], isLog: false, isWhole: true };
  if ("logInt" in parameter) return { low: parameter.logInt[0], high: parameter.logInt[1], isLog: true, isWhole: true };
  return undefined;
}

/** Significant digits of drawn numbers: enough for a search, few enough to be written in a paper. */
const digits = 4;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Value of a parameter at u in [0, 1]: equal lengths of u are equally likely. Numbers are rounded to four significant digits. */
export function valueAt(parameter: Parameter, u: number): SettingValue {
  if ("choice" in parameter) return parameter.choice[Math.min(parameter.choice.length - 1, Math.floor(u * parameter.choice.length))]!;
  const { low, high, isLog, isWhole } = scaleOf(parameter)!;
  const end = isWhole ? high + 1 : high;
  const value = isLog ? exp(log(low) + u * (log(end) - log(low))) : low + u * (end - low);
  // exp(log(n)) may fall short of n in the last bit.
  return clamp(isWhole ? Math.floor(value + 1e-9) : Number(value.toPrecision(digits)), low, high);
}

/** Where a value lies on [0, 1]: the inverse of {@link valueAt}; the middle of its part for whole numbers and choices. */
export function coordinateOf(parameter: Parameter, value: SettingValue): number {
  if ("choice" in parameter) return (parameter.choice.indexOf(value) + 0.5) / parameter.choice.length;
  const { low, high, isLog, isWhole } = scaleOf(parameter)!;
  const [from, to] = isWhole ? [low, high + 1] : [low, high];
  const place = isWhole ? Number(value) + 0.5 : Number(value);
  return clamp(isLog ? (log(place) - log(from)) / (log(to) - log(from)) : (place - from) / (to - from), 0, 1);
}

/** Whether a parameter plays a part, given the values of those before it. */
export function isActive({ when = {} }: Parameter, settings: Settings): boolean {
  return Object.entries(when).every(([name, wanted]) => Object.hasOwn(settings, name) && [wanted].flat().includes(settings[name]!));
}

/**
 * The settings at a point of the unit cube, one coordinate per parameter in the order of the space; those that are not active
 * are left out.
 */
export function settingsAt(space: SearchSpace, point: ArrayLike<number>): Settings {
  const settings: Record<string, SettingValue> = {};
  Object.entries(space).forEach(([name, parameter], i) => {
    if (isActive(parameter, settings)) settings[name] = valueAt(parameter, point[i]!);
  });
  return settings;
}

/**
 * Checks a space.
 * @throws InputError `search-space` naming the parameter and the remedy
 */
export function checkSpace(space: SearchSpace): void {
  const fail = (name: string, expected: string, got: string, remedy: string): never => {
    throw new InputError("search-space", `${name}: expected ${expected}, got ${got}. ${remedy}`);
  };
  const names = Object.keys(space);
  if (names.length === 0) fail("search space", "at least one parameter", "none", 'Name a setting and its range, as in "training.weightDecay": { log: [1e-6, 1e-2] }.');
  for (const [at, [name, parameter]] of Object.entries(space).entries()) {
    if ("choice" in parameter) {
      if (new Set(parameter.choice).size < 2 || new Set(parameter.choice).size < parameter.choice.length) fail(name, "a list of at least 2 different values", JSON.stringify(parameter.choice), "Correct the list.");
    } else {
      const { low, high, isLog, isWhole } = scaleOf(parameter)!;
      if (!(Number.isFinite(low) && Number.isFinite(high) && low < high)) fail(name, "a range from a lower to a higher number", `${low} to ${high}`, "Correct the range.");
      if (isLog && low <= 0) fail(name, "a logarithmic range above 0", `${low} to ${high}`, 'Start above 0, or use "float".');
      if (isWhole && !(Number.isInteger(low) && Number.isInteger(high))) fail(name, "whole numbers", `${low} to ${high}`, 'Correct the range, or use "float" or "log".');
    }
    const { levels } = parameter;
    if (levels !== undefined && !(Number.isInteger(levels) && levels >= 2)) fail(`${name}.levels`, "a whole number of at least 2", String(levels), "Correct it.");
    for (const [condition, wanted] of Object.entries(parameter.when ?? {})) {
      const place = names.indexOf(condition);
      if (place < 0) fail(`${name}.when`, "a parameter of the space", `"${condition}"`, `Did you mean "${nearestName(condition, names) ?? names[0]}"?`);
      if (place >= at) fail(`${name}.when`, "a parameter that is listed before", `"${condition}"`, "Change the order.");
      const parent = space[condition]!;
      const stray = "choice" in parent ? [wanted].flat().find((value) => !parent.choice.includes(value)) : undefined;
      if (stray !== undefined) fail(`${name}.when`, `one of ${JSON.stringify("choice" in parent ? parent.choice : [])} for ${condition}`, JSON.stringify(stray), "Correct the condition.");
    }
  }
}

/** Whether two trials have the same settings. */
export function sameSettings(a: Settings, b: Settings): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
}
