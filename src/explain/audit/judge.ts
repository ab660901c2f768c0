import { seededRandom } from "../../base/index.js";
import { bootstrapInterval, estimateOrReason, holm, isEstimable, notEstimable, pairedPermutationTest } from "../../stats/index.js";
import { methods, type MethodName } from "../methods/index.js";
import type { MeasureName } from "../quality/index.js";
import type { AuditedCase, CaseReadings, CriterionResult, Figure, MethodAudit, ReferenceMaps, Similarities, Verdict } from "./contract.js";
import { fewestCases, otherMap, sameMap, type CriterionName } from "./criteria.js";
import type { References } from "./measure-references.js";

export interface MeasuredReadings {
  readonly method: MethodName;
  readonly readings: readonly CaseReadings[];
  readonly further: Readonly<Partial<Record<MeasureName, readonly (number | undefined)[]>>>;
  readonly seconds: number;
}

export interface JudgeOptions {
  readonly cases: readonly AuditedCase[];
  readonly level: number;
  readonly seed: number;
  /** One per peer: whether it is of the audited architecture. */
  readonly peers: readonly boolean[];
}

interface Tested {
  readonly difference: Figure;
  readonly p?: number;
}

const referenceTitles = { random: "Random map", even: "Even map", edges: "Edge detector" } as const;

/** From readings per case to figures with intervals, tests and verdicts. Nothing here asks a network. */
export function judgeMethods(measured: readonly MeasuredReadings[], references: References, options: JudgeOptions): { methods: MethodAudit[]; references: ReferenceMaps[] } {
  const judge = new Judge(options);
  const faithful = measured.map(({ readings }) => judge.pairedDifference(readings.map(({ contrast }) => contrast), readings.map(({ contrastRolled }) => contrastRolled), "contrast"));
  const places = measured.map(({ readings }) => {
    const own = readings.map(({ averagePrecision }) => averagePrecision);
    return { even: judge.pairedDifference(own, references.even.averagePrecision, "even"), edges: judge.pairedDifference(own, references.edges.averagePrecision, "edges") };
  });
  // Both references have to be beaten: the larger p-value decides, and is adjusted for the number of methods.
  const faithfulP = adjust(faithful.map(({ p }) => p));
  const placesP = adjust(places.map(({ even, edges }) => (even.p === undefined || edges.p === undefined ? undefined : Math.max(even.p, edges.p))));
  return {
    methods: measured.map(({ method, readings, further, seconds }, m) => ({
      method,
      title: methods[method].title,
      emptyMaps: readings.filter(({ empty }) => empty).length,
      criteria: {
        localization: judge.localization(readings, places[m]!, placesP[m]),
        faithfulness: judge.faithfulness(readings, faithful[m]!, faithfulP[m]),
        weights: judge.weights(readings),
        steadiness: judge.steadiness(readings),
        repeatability: judge.sameAs(readings.map(({ repeated }) => repeated), options.peers.filter((same) => same).length, "repeatability"),
        reproducibility: judge.sameAs(readings.map(({ reproduced }) => reproduced), options.peers.filter((same) => !same).length, "reproducibility"),
      },
      measures: Object.fromEntries(Object.entries(further).map(([name, values]) => [name, judge.mean(values, name)])),
      seconds,
    })),
    references: (["random", "even", "edges"] as const).map((name) => {
      const { averagePrecision, relevanceMass, contrast } = references[name];
      const known = averagePrecision.some((value) => value !== undefined);
      return {
        name,
        title: referenceTitles[name],
        ...(known && { averagePrecision: judge.mean(averagePrecision, "AUPRC"), relevanceMass: judge.mean(relevanceMass, "relevance mass") }),
        contrast: judge.mean(contrast, "contrast"),
      };
    }),
  };
}

class Judge {
  readonly #options: JudgeOptions;

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  /** Patients of the cases whose readings have a value. */
  #groupsOf(kept: readonly number[]): { groups?: string[] } {
    const { cases } = this.#options;
    return cases.some(({ patient }) => patient !== undefined) ? { groups: kept.map((i) => cases[i]!.patient ?? cases[i]!.id) } : {};
  }

  /** Mean over the cases that have a reading, with a percentile bootstrap of patients or cases. */
  mean(values: readonly (number | undefined)[], subject: string): Figure {
    const kept = values.flatMap((value, i) => (value === undefined ? [] : [i]));
    return estimateOrReason(() => {
      if (kept.length < fewestCases) throw notEstimable(subject, `${fewestCases} cases or more`, String(kept.length), "Add cases.");
      const own = kept.map((i) => values[i]!);
      const { level, seed } = this.#options;
      // All alike: resampling shows no spread, and there is none in the sample.
      if (own.every((value) => value === own[0])) return { estimate: own[0]!, lower: own[0]!, upper: own[0]!, level, method: "equal in all cases", n: own.length };
      const { estimate, lower, upper, method, n } = bootstrapInterval(
        (multiplicities) => {
          let [sum, count] = [0, 0];
          for (let i = 0; i < own.length; i++) {
            sum += multiplicities[i]! * own[i]!;
            count += multiplicities[i]!;
          }
          return count === 0 ? undefined : sum / count;
        },
        { n: own.length, ...this.#groupsOf(kept), random: seededRandom("audit interval", seed), level, subject },
      );
      return { estimate, lower, upper, level, method, n };
    });
  }

  /** Mean difference on the same cases, with an exchange test. */
  pairedDifference(own: readonly (number | undefined)[], other: readonly (number | undefined)[], subject: string): Tested {
    const both = own.flatMap((value, i) => (value === undefined || other[i] === undefined ? [] : [i]));
    const difference = this.mean(own.map((value, i) => (value === undefined || other[i] === undefined ? undefined : value - other[i])), `difference of ${subject}`);
    const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const test = estimateOrReason(() => {
      if (both.length < fewestCases) throw notEstimable(subject, `${fewestCases} cases or more`, String(both.length), "Add cases.");
      return pairedPermutationTest(mean, both.map((i) => own[i]!), both.map((i) => other[i]!), { ...this.#groupsOf(both), random: seededRandom("audit exchange", this.#options.seed), permutations: 4999 });
    });
    return { difference, ...(isEstimable(test) && { p: test.p }) };
  }

  localization(readings: readonly CaseReadings[], { even, edges }: { readonly even: Tested; readonly edges: Tested }, pAdjusted: number | undefined): CriterionResult {
    const figure = this.mean(readings.map(({ averagePrecision }) => averagePrecision), "AUPRC");
    if (!isEstimable(figure) || !isEstimable(even.difference) || !isEstimable(edges.difference)) return { verdict: "not tested", reason: `Regions are known for fewer than ${fewestCases} cases.`, beside: {} };
    const beside = { relevanceMass: this.mean(readings.map(({ relevanceMass }) => relevanceMass), "relevance mass") };
    // The reference that is harder to beat stands in the table.
    const [hard, what] = even.difference.estimate < edges.difference.estimate ? [even, "an even map"] : [edges, "an edge detector"];
    const shown = even.difference.lower > 0 && edges.difference.lower > 0 && pAdjusted !== undefined && pAdjusted < 1 - this.#options.level;
    const worse = (one: Figure) => isEstimable(one) && one.upper < 0;
    const verdict = shown ? "yes" : worse(even.difference) || worse(edges.difference) ? "no" : "not shown";
    const words = { yes: "above both an even map and an edge detector", no: `below ${worse(even.difference) ? "an even map" : "an edge detector"}`, "not shown": `no clear difference from ${what}` }[verdict];
    return { verdict, reason: `AUPRC ${text(figure)}: ${words}.`, figure, against: { what, ...hard, ...(pAdjusted !== undefined && { pAdjusted }) }, beside };
  }

  faithfulness(readings: readonly CaseReadings[], tested: Tested, pAdjusted: number | undefined): CriterionResult {
    const figure = this.mean(readings.map(({ contrast }) => contrast), "insertion less deletion");
    const { difference } = tested;
    if (!isEstimable(difference)) return { verdict: "not tested", reason: difference.notEstimable, beside: {} };
    const shown = difference.lower > 0 && pAdjusted !== undefined && pAdjusted < 1 - this.#options.level;
    const verdict = shown ? "yes" : difference.upper < 0 ? "no" : "not shown";
    const words = { yes: "more than the same map in another place", no: "less than the same map in another place", "not shown": "no clear difference from the same map in another place" }[verdict];
    return { verdict, reason: `Insertion less deletion ${text(figure)}: ${words}, by ${text(difference)}.`, figure, against: { what: "the same map rolled to another place", ...tested, ...(pAdjusted !== undefined && { pAdjusted }) }, beside: {} };
  }

  weights(readings: readonly CaseReadings[]): CriterionResult {
    const of = (part: "head" | "half" | "all", name: keyof Similarities) => this.mean(readings.map(({ randomized }) => randomized[part][name]), "likeness to the map of random weights");
    const figure = of("half", "rank");
    const beside = { headRank: of("head", "rank"), allRank: of("all", "rank"), headSsim: of("head", "ssim"), halfSsim: of("half", "ssim"), allSsim: of("all", "ssim") };
    if (!isEstimable(figure)) return { verdict: "not tested", reason: figure.notEstimable, beside };
    const verdict = figure.upper < otherMap ? "yes" : figure.lower >= otherMap ? "no" : "not shown";
    const words = { yes: "it changes with the weights", no: "it hardly changes: it says more about the image than about the network", "not shown": `the interval holds ${otherMap}` }[verdict];
    return { verdict, reason: `Rank correlation ${text(figure)} with half of the network random: ${words}.`, figure, beside };
  }

  steadiness(readings: readonly CaseReadings[]): CriterionResult {
    const figure = this.mean(readings.map(({ steady }) => steady), "likeness to the maps of changed images");
    return { ...judgeSame(figure, "Rank correlation", "with the maps of slightly changed images"), beside: {} };
  }

  sameAs(readings: readonly ((Similarities & { readonly chance: number }) | undefined)[], networks: number, name: Extract<CriterionName, "repeatability" | "reproducibility">): CriterionResult {
    if (networks === 0) {
      const wanted = name === "repeatability" ? "network of the same architecture, trained again," : "network of another architecture";
      return { verdict: "not tested", reason: `No other ${wanted} was given.`, beside: {} };
    }
    if (readings.every((one) => one === undefined)) return { verdict: "not tested", reason: "The other networks' parts rule the method out.", beside: {} };
    const figure = this.mean(readings.map((one) => one?.rank), "likeness to the maps of other networks");
    const tested = this.pairedDifference(readings.map((one) => one?.rank), readings.map((one) => one?.chance), "likeness");
    const beside = { ssim: this.mean(readings.map((one) => one?.ssim), "SSIM"), otherCase: this.mean(readings.map((one) => one?.chance), "likeness to the map of another case") };
    const same = judgeSame(figure, "Rank correlation", `with the maps of ${networks} other network${networks === 1 ? "" : "s"}`);
    const against = { what: "the map of another case", ...tested };
    const aboveChance = isEstimable(tested.difference) && tested.difference.lower > 0;
    if (same.verdict === "yes" && !aboveChance) return { verdict: "not shown", reason: `${same.reason.slice(0, -1)}, but no more than with the maps of other cases.`, figure, against, beside };
    return { ...same, against, beside };
  }
}

function judgeSame(figure: Figure, what: string, where: string): { verdict: Verdict; reason: string; figure: Figure } {
  if (!isEstimable(figure)) return { verdict: "not tested", reason: figure.notEstimable, figure };
  const verdict = figure.lower > sameMap ? "yes" : figure.upper <= sameMap ? "no" : "not shown";
  const words = { yes: "the same map", no: "not the same map", "not shown": `the interval holds ${sameMap}` }[verdict];
  return { verdict, reason: `${what} ${text(figure)} ${where}: ${words}.`, figure };
}

function text(figure: Figure): string {
  if (!isEstimable(figure)) return "not estimable";
  const digits = Math.max(Math.abs(figure.lower), Math.abs(figure.upper)) < 0.1 ? 3 : 2;
  const [estimate, lower, upper] = [figure.estimate, figure.lower, figure.upper].map((value) => value.toFixed(digits).replace(/^-(0\.0+)$/, "$1").replace("-", "−"));
  return `${estimate} (${lower} to ${upper})`;
}

/** The p-values that there are, adjusted by Holm's method. */
function adjust(values: readonly (number | undefined)[]): (number | undefined)[] {
  const known = values.filter((value) => value !== undefined);
  const adjusted = holm(known);
  let at = 0;
  return values.map((value) => (value === undefined ? undefined : adjusted[at++]));
}
