import { checkLevel, checkSameLength, defaultLevel } from "../checks.js";
import { clusteredProportion } from "../clustered-proportion.js";
import type { ClusteredProportionEstimate } from "../clustered-proportion.js";
import { estimateOrReason, isEstimable, notEstimable } from "../estimate.js";
import type { Estimate, Figure, NotEstimable, StatisticFacts } from "../estimate.js";
import { proportionInterval } from "../proportion-interval.js";
import type { ProportionEstimate } from "../proportion-interval.js";
import type { ProportionMethodName } from "../proportions/index.js";
import type { BinaryLabels } from "../placements.js";
import { collect } from "../resample.js";
import type { Key } from "../resample.js";
import { rocAuc } from "../roc-auc.js";
import { interactionTest, proportionHeterogeneity } from "./heterogeneity.js";
import type { Heterogeneity } from "./heterogeneity.js";

export const subgroupFacts: StatisticFacts = {
  title: "Subgroups",
  summary: "A figure in every subgroup with its interval, the test that they are equal, and the worst one with a limit that allows for the choice.",
  formula:
    "proportions: each with its interval, equality by Pearson's χ² (of effective counts x/d, n/d where patients have several cases); areas: " +
    "DeLong, equality by Q = Σ(Aᵢ − Ā)²/SEᵢ². Worst group of G: lowest estimate with its interval at the level 1 − α/G, so that all G hold together",
  methods: ["wilson", "delong"],
  reference:
    "J. N. K. Rao, A. J. Scott, Biometrics 48, 1992, doi:10.2307/2532311; S. Sagawa et al., ICLR 2020 (worst group); C. E. Bonferroni, 1936",
};

export interface SubgroupFigure {
  readonly name: Key;
  readonly n: number;
  readonly figure: Figure;
}

export interface SubgroupReport {
  /** In order of first appearance. */
  readonly subgroups: readonly SubgroupFigure[];
  /** Test that all are equal. */
  readonly interaction: Heterogeneity | NotEstimable;
  /** The lowest figure; its interval holds together with those of all others. */
  readonly worst: { readonly name: Key; readonly figure: Estimate } | NotEstimable;
  /** Largest less smallest estimate. */
  readonly gap: number | null;
}

/**
 * A proportion (accuracy, or sensitivity among positives) in every subgroup.
 * @param hits per case, whether it counts
 * @param subgroups per case, its subgroup
 * @param options.groups patient of each case, where patients have several
 * @throws InputError `not-estimable` without cases, `length`
 * @see checked against R's prop.test
 */
export function subgroupProportions(
  hits: readonly boolean[],
  subgroups: readonly Key[],
  options: { readonly level?: number; readonly groups?: readonly Key[]; readonly method?: ProportionMethodName } = {},
): SubgroupReport {
  const level = checkLevel(options.level ?? defaultLevel);
  const { groups, method } = options;
  checkSameLength("subgroups", subgroups.length, hits.length);
  if (groups) checkSameLength("groups", groups.length, hits.length);
  const members = split(subgroups);
  const figureAt = (cases: readonly number[], at: number, name: Key): ProportionEstimate | ClusteredProportionEstimate => {
    const own = cases.map((i) => hits[i]!);
    const rest = { level: at, subject: `subgroup ${name}`, ...(method && { method }) };
    return groups
      ? clusteredProportion(own, cases.map((i) => groups[i]!), rest)
      : proportionInterval(own.filter(Boolean).length, own.length, rest);
  };
  const figures = members.map(({ name, cases }) => ({
    name,
    n: cases.length,
    figure: estimateOrReason(() => figureAt(cases, level, name)),
  }));
  const counts = (): { successes: number; n: number }[] =>
    figures.map(({ figure }) => {
      if (!isEstimable(figure)) throw notEstimable("interaction", "a figure in every subgroup", "none in one", figure.notEstimable);
      const effect = "designEffect" in figure ? figure.designEffect : 1;
      return { successes: figure.successes / effect, n: figure.n / effect };
    });
  return {
    subgroups: figures,
    interaction: estimateOrReason(() =>
      proportionHeterogeneity(counts(), groups ? "Pearson chi-square of effective counts" : "Pearson chi-square"),
    ),
    ...extremes(figures, (index, at) => figureAt(members[index]!.cases, at, members[index]!.name), level),
  };
}

/**
 * The area under the ROC curve in every subgroup; as subgroupProportions.
 * @param labels truth per case
 * @param scores higher means more likely positive
 */
export function subgroupAucs(
  labels: BinaryLabels,
  scores: ArrayLike<number>,
  subgroups: readonly Key[],
  options: { readonly level?: number; readonly groups?: readonly Key[] } = {},
): SubgroupReport {
  const level = checkLevel(options.level ?? defaultLevel);
  const { groups } = options;
  checkSameLength("subgroups", subgroups.length, labels.length);
  const members = split(subgroups);
  const aucOf = (cases: readonly number[], at: number, name: Key): Estimate & { readonly standardError?: number } =>
    rocAuc(
      cases.map((i) => labels[i]!),
      cases.map((i) => scores[i]!),
      {
        level: at,
        method: "delong-logit",
        subject: `AUC of subgroup ${name}`,
        ...(groups && { groups: cases.map((i) => groups[i]!) }),
      },
    );
  const figures = members.map(({ name, cases }) => ({
    name,
    n: cases.length,
    figure: estimateOrReason(() => aucOf(cases, level, name)),
  }));
  return {
    subgroups: figures,
    interaction: estimateOrReason(() =>
      interactionTest(
        figures.map(({ figure }) =>
          isEstimable(figure)
            ? { estimate: figure.estimate, standardError: figure.standardError ?? 0 }
            : { estimate: 0, standardError: 0 },
        ),
      ),
    ),
    ...extremes(figures, (index, at) => aucOf(members[index]!.cases, at, members[index]!.name), level),
  };
}

function split(subgroups: readonly Key[]): { name: Key; cases: number[] }[] {
  if (subgroups.length === 0) throw notEstimable("subgroups", "at least one case", "0", "Predict some cases first.");
  return collect(subgroups).map((cases) => ({ name: subgroups[cases[0]!]!, cases }));
}

function extremes(
  figures: readonly SubgroupFigure[],
  figureAt: (index: number, level: number) => Estimate,
  level: number,
): Pick<SubgroupReport, "worst" | "gap"> {
  const known = figures.flatMap(({ figure, name }, index) => (isEstimable(figure) ? [{ figure, name, index }] : []));
  if (known.length === 0) return { worst: { notEstimable: "no subgroup has a figure." }, gap: null };
  const estimates = known.map(({ figure }) => figure.estimate);
  const lowest = known[estimates.indexOf(Math.min(...estimates))]!;
  const simultaneous = figureAt(lowest.index, 1 - (1 - level) / known.length);
  return {
    worst: {
      name: lowest.name,
      figure: { ...simultaneous, level, method: `${simultaneous.method}, simultaneous for ${known.length} subgroups` },
    },
    gap: Math.max(...estimates) - lowest.figure.estimate,
  };
}
