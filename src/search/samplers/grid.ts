import { InputError, seededRandom } from "../../base/index.js";
import { isActive, scaleOf, valueAt, type Parameter, type SearchSpace, type SettingValue, type Settings } from "../space.js";
import type { Sampler } from "./contract.js";

/** Values of a range on a grid where the recipe names no number. */
const usualLevels = 3;

/** Largest grid that is laid out. */
const mostPoints = 10_000;

/** A parameter's values on a grid: all of a choice, else `levels` evenly spaced ones with both ends. */
function levelsOf(parameter: Parameter): SettingValue[] {
  if ("choice" in parameter) return [...parameter.choice];
  const { low, high, isWhole } = scaleOf(parameter)!;
  const wanted = parameter.levels ?? usualLevels;
  const count = isWhole ? Math.min(wanted, high - low + 1) : wanted;
  // The last of n parts of [0, 1] ends at the highest whole number.
  const values = Array.from({ length: count }, (_, i) => valueAt(parameter, i / (count - 1)));
  return [...new Set(values)];
}

/**
 * Every point of the grid, the last parameter changing fastest. A parameter that is not active multiplies nothing.
 * @throws InputError `search-grid` for a grid of more than 10,000 points
 */
export function gridPoints(space: SearchSpace): Settings[] {
  return Object.entries(space).reduce<Settings[]>(
    (points, [name, parameter]) => {
      const values = levelsOf(parameter);
      const longer = points.flatMap((settings) => (isActive(parameter, settings) ? values.map((value) => ({ ...settings, [name]: value })) : [settings]));
      if (longer.length > mostPoints) {
        throw new InputError("search-grid", `search grid: expected at most ${mostPoints} points, got more by ${name}. Name fewer levels or use another sampler.`);
      }
      return longer;
    },
    [{}],
  );
}

export const grid: Sampler = {
  title: "Grid",
  summary: "Every combination of some evenly spaced values; a random part of them where fewer trials are asked for.",
  reference: "full factorial design",
  adaptive: false,
  propose({ space, seed, trial, trials }) {
    const points = gridPoints(space);
    const order = trials < points.length ? seededRandom("search", seed, "grid").shuffle(points) : points;
    return order[trial % points.length]!;
  },
};
