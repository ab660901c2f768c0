import { aucMethods } from "./auc/index.js";
import { bootstrapFacts } from "./bootstrap.js";
import { calibrationFacts } from "./calibration/reliability.js";
import { classAucFacts } from "./class-auc.js";
import { classMeasureFacts } from "./class-proportion.js";
import { clusteredProportionFacts } from "./clustered-proportion.js";
import { delongTestFacts } from "./delong-test.js";
import type { StatisticFacts } from "./estimate.js";
import { foldsFacts } from "./folds.js";
import { mcNemarFacts } from "./mcnemar.js";
import { meanFacts } from "./mean.js";
import { multiplicityFacts } from "./multiplicity.js";
import { pairedDifferenceFacts } from "./paired-difference.js";
import { proportionFacts } from "./proportion-interval.js";
import { proportionMethods } from "./proportions/index.js";
import { rocAucFacts } from "./roc-auc.js";
import { rocCurveFacts } from "./roc-curve.js";

/** The facts of every statistic, keyed by the function that computes it, in the order of the reference page. */
export const statistics = {
  proportionInterval: proportionFacts,
  clusteredProportion: clusteredProportionFacts,
  classificationReport: classMeasureFacts,
  rocCurve: rocCurveFacts,
  rocAuc: rocAucFacts,
  macroAuc: classAucFacts,
  delongTest: delongTestFacts,
  mcNemar: mcNemarFacts,
  pairedDifference: pairedDifferenceFacts,
  holm: multiplicityFacts,
  meanInterval: meanFacts,
  summarizeFolds: foldsFacts,
  bootstrapInterval: bootstrapFacts,
  reliability: calibrationFacts,
} satisfies Record<string, StatisticFacts>;

const introduction = `# Statistics

Made from the facts in \`src/stats\` by \`scripts/docs-statistics.mjs\`. Import from \`osteon/stats\`; nothing else of Osteon is needed,
and it runs in a browser.

Every result has \`estimate\`, \`lower\`, \`upper\`, \`level\`, \`method\` and \`n\`, and \`warnings\` where there is something to say.
A statistic that the data do not determine throws an \`InputError\` with the code \`not-estimable\`, the reason and the remedy; a
report stores \`{ notEstimable: reason }\` in its place. NaN is never returned. z and t are two-sided critical values at the level.`;

/** The reference page as Markdown. */
export function renderReferencePage(): string {
  const sections = Object.entries<StatisticFacts>(statistics).map(
    ([name, facts]) =>
      `## ${facts.title}\n\n\`${name}\` · ${facts.methods.join(" · ")}\n\n${facts.summary}\n\n> ${facts.formula}\n\n${facts.reference}`,
  );
  const table = (
    title: string,
    methods: Record<string, { summary: string; formula: string; reference: string }>,
  ): string =>
    `## ${title}\n\n| method | formula | when | source |\n| --- | --- | --- | --- |\n${Object.entries(methods)
      .map(
        ([name, { summary, formula, reference }]) =>
          `| \`${name}\` | ${escape(formula)} | ${escape(summary)} | ${escape(reference)} |`,
      )
      .join("\n")}`;
  return `${[introduction, ...sections, table("Intervals for a proportion", proportionMethods), table("Intervals for an AUC", aucMethods)].join("\n\n")}\n`;
}

function escape(text: string): string {
  return text.replaceAll("|", "\\|");
}
