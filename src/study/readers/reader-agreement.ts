import { cohenKappa, crossTabulate, estimateOrReason, fleissKappa, gwetAc1, krippendorffAlpha, type Rating } from "../../stats/index.js";
import type { Estimated } from "../results.js";
import type { Answers, Panel } from "./answers.js";
import type { AgreementRow, ReadersResult, ReadingCondition } from "./contract.js";
import { figureOf } from "./reader-figures.js";

/** ratings[case][rater], null where a rater did not see the case. */
function ratingsOf(raters: readonly Answers[], panel: Panel): Rating[][] {
  const given = raters.map(({ cases, given: labels }) => new Map(cases.map((at, i) => [at, panel.labels[labels[i]!]!])));
  return panel.cases.map((_, at) => given.map((own) => own.get(at) ?? null));
}

/** Agreement of several raters beyond chance, in three ways that differ in what chance means. */
export function agreementOf(raters: readonly Answers[], panel: Panel, { among, condition }: { among: string; condition: ReadingCondition }): AgreementRow {
  const ratings = ratingsOf(raters, panel);
  const options = { level: panel.level, categories: panel.labels };
  const figure = (compute: () => Estimated): Estimated => figureOf(estimateOrReason(compute));
  return {
    among,
    condition,
    raters: raters.length,
    fleiss: figure(() => fleissKappa(ratings, options)),
    gwet: figure(() => gwetAc1(ratings, options)),
    krippendorff: figure(() => krippendorffAlpha(ratings, options)),
  };
}

/** Cohen's kappa of every pair of raters, on the cases that both saw. */
export function pairwiseKappas(raters: readonly Answers[], panel: Panel): ReadersResult["pairwise"] {
  return raters.flatMap((a, i) =>
    raters.slice(i + 1).map((b) => {
      const both = ratingsOf([a, b], panel).filter(([x, y]) => x !== null && y !== null) as string[][];
      const kappa = estimateOrReason(() => cohenKappa(crossTabulate(both.map(([x]) => x!), both.map(([, y]) => y!), panel.labels).counts, { level: panel.level }));
      return { a: a.name, b: b.name, cases: both.length, kappa: figureOf(kappa) };
    }),
  );
}
