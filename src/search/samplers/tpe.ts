import { log, seededRandom, type Random } from "../../base/index.js";
import { coordinateOf, isActive, valueAt, type Parameter, type SettingValue } from "../space.js";
import { latestResults, rankResults, type TrialResult } from "../trial.js";
import type { Sampler, SamplerRequest } from "./contract.js";
import { choiceShares, drawFrom, drawIndex, logDensity, parzenDensity } from "./parzen.js";
import { sobol } from "./sobol.js";

/** Share of the trials that count as good, and how many at most. */
const goodShare = 0.15;
const mostGood = 25;

/** Values drawn from the density of the good trials, of which the best is taken. */
const candidates = 24;

/** Trials spread over the space before the first is modeled. */
export function startupTrials(trials: number): number {
  return Math.min(10, Math.max(4, Math.ceil(trials / 3)));
}

/** The trials so far in two: the good ones, and the rest. */
function divide(results: readonly TrialResult[]): { good: TrialResult[]; rest: TrialResult[] } {
  const ranked = rankResults(latestResults(results));
  const count = Math.min(mostGood, Math.max(2, Math.ceil(goodShare * ranked.length)));
  return { good: ranked.slice(0, count), rest: ranked.slice(count) };
}

/** The value of one parameter that is likeliest among the good trials against the rest, of some drawn from the good. */
function proposeValue(parameter: Parameter, good: readonly SettingValue[], rest: readonly SettingValue[], random: Random): SettingValue {
  if ("choice" in parameter) {
    const { choice } = parameter;
    const shares = (values: readonly SettingValue[]): number[] => choiceShares(values.map((value) => choice.indexOf(value)), choice.length);
    const [l, g] = [shares(good), shares(rest)];
    const gain = (entry: number): number => log(l[entry]!) - log(g[entry]!);
    return choice[bestOf(Array.from({ length: candidates }, () => drawIndex(l, random)), gain)]!;
  }
  const density = (values: readonly SettingValue[]) => parzenDensity(values.map((value) => coordinateOf(parameter, value)));
  const [l, g] = [density(good), density(rest)];
  const gain = (x: number): number => logDensity(l, x) - logDensity(g, x);
  return valueAt(parameter, bestOf(Array.from({ length: candidates }, () => drawFrom(l, random)), gain));
}

function bestOf(items: readonly number[], gain: (item: number) => number): number {
  const gains = items.map(gain);
  return items[gains.reduce((best, value, i) => (value > gains[best]! ? i : best), 0)]!;
}

function propose(request: SamplerRequest): Record<string, SettingValue> {
  const { space, seed, trial, trials, results } = request;
  const known = latestResults(results).filter((result) => result.trial < trial);
  if (known.length < startupTrials(trials)) return { ...sobol.propose(request) };
  const { good, rest } = divide(known);
  const settings: Record<string, SettingValue> = {};
  for (const [name, parameter] of Object.entries(space)) {
    if (!isActive(parameter, settings)) continue;
    const valuesIn = (part: readonly TrialResult[]): SettingValue[] => part.flatMap(({ settings: own }) => (Object.hasOwn(own, name) ? [own[name]!] : []));
    settings[name] = proposeValue(parameter, valuesIn(good), valuesIn(rest), seededRandom("search", seed, "tpe", trial, name));
  }
  return settings;
}

export const tpe: Sampler = {
  title: "Tree-structured Parzen estimator",
  summary: "Learns where good trials lie and where the others, and tries where the ratio is highest; the first third is spread by Sobol'.",
  reference: "Bergstra, Bardenet, Bengio and Kégl 2011, Adv Neural Inf Process Syst 24, 2546",
  adaptive: true,
  propose,
};
