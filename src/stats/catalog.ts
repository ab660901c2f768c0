import { blandAltmanFacts } from "./agreement/bland-altman.js";
import { chanceCorrectedFacts } from "./agreement/chance-corrected.js";
import { cohenKappaFacts } from "./agreement/cohen-kappa.js";
import { intraclassFacts } from "./agreement/intraclass-correlation.js";
import { aucBootstrapTestFacts } from "./auc-bootstrap-test.js";
import { aucMethods } from "./auc/index.js";
import { bootstrapFacts } from "./bootstrap.js";
import { brierFacts } from "./calibration/brier-decomposition.js";
import { calibrationErrorFacts } from "./calibration/calibration-error.js";
import { conformalFacts } from "./calibration/conformal.js";
import { decisionCurveFacts } from "./calibration/decision-curve.js";
import { deferralFacts } from "./calibration/deferral.js";
import { interceptSlopeFacts } from "./calibration/intercept-slope.js";
import { recalibrationFacts } from "./calibration/recalibrate.js";
import { calibrationFacts } from "./calibration/reliability.js";
import { integratedCalibrationFacts } from "./calibration/smooth-curve.js";
import { chooseThresholdFacts } from "./choose-threshold.js";
import { classAucFacts } from "./class-auc.js";
import { classMeasureFacts } from "./class-proportion.js";
import { clusteredProportionFacts } from "./clustered-proportion.js";
import { delongTestFacts } from "./delong-test.js";
import { diagnosticAccuracyFacts } from "./diagnostic-accuracy.js";
import type { StatisticFacts } from "./estimate.js";
import { foldsFacts } from "./folds.js";
import { matthewsFacts } from "./matthews.js";
import { mcNemarFacts } from "./mcnemar.js";
import { meanFacts } from "./mean.js";
import { multiclassAucFacts } from "./multiclass-auc.js";
import { multiplicityFacts } from "./multiplicity.js";
import { pairedDifferenceFacts } from "./paired-difference.js";
import { cochranQFacts } from "./paired/cochran-q.js";
import { nonInferiorityFacts } from "./paired/non-inferiority.js";
import { obuchowskiTestFacts } from "./paired/obuchowski-test.js";
import { permutationFacts } from "./paired/permutation-test.js";
import { stuartMaxwellFacts } from "./paired/stuart-maxwell.js";
import { partialAucFacts } from "./partial-auc.js";
import { precisionRecallFacts } from "./precision-recall.js";
import { predictiveValuesFacts } from "./predictive-values.js";
import { proportionFacts } from "./proportion-interval.js";
import { proportionRatioFacts } from "./proportion-ratio.js";
import { proportionMethods } from "./proportions/index.js";
import { averagedCurveFacts } from "./readers/averaged-curve.js";
import { dorfmanBerbaumMetzFacts } from "./readers/dorfman-berbaum-metz.js";
import { gallasFacts } from "./readers/gallas.js";
import { jackknifedFiguresFacts } from "./readers/jackknifed-figures.js";
import { obuchowskiRocketteFacts } from "./readers/obuchowski-rockette.js";
import { standaloneFacts } from "./readers/standalone.js";
import { readerStudySizeFacts } from "./readers/study-size.js";
import { rocAucFacts } from "./roc-auc.js";
import { rocCurveFacts } from "./roc-curve.js";
import { sampleSizeFacts } from "./sample-size.js";
import { heterogeneityFacts } from "./subgroups/heterogeneity.js";
import { hiddenStrataFacts } from "./subgroups/hidden-strata.js";
import { subgroupFacts } from "./subgroups/subgroup-figures.js";
import { testMartingaleFacts } from "./exchangeability/test-martingale.js";

/** The facts of every statistic, keyed by the function that computes it, in the order of the reference page. */
export const statistics = {
  proportionInterval: proportionFacts,
  clusteredProportion: clusteredProportionFacts,
  diagnosticAccuracy: diagnosticAccuracyFacts,
  positivePredictiveValue: predictiveValuesFacts,
  proportionRatio: proportionRatioFacts,
  matthewsCorrelation: matthewsFacts,
  classificationReport: classMeasureFacts,
  cohenKappa: cohenKappaFacts,
  fleissKappa: chanceCorrectedFacts,
  intraclassCorrelation: intraclassFacts,
  blandAltman: blandAltmanFacts,
  rocCurve: rocCurveFacts,
  rocAuc: rocAucFacts,
  partialAuc: partialAucFacts,
  macroAuc: classAucFacts,
  handTillAuc: multiclassAucFacts,
  averagePrecision: precisionRecallFacts,
  chooseThreshold: chooseThresholdFacts,
  delongTest: delongTestFacts,
  aucBootstrapTest: aucBootstrapTestFacts,
  mcNemar: mcNemarFacts,
  pairedDifference: pairedDifferenceFacts,
  obuchowskiTest: obuchowskiTestFacts,
  cochranQ: cochranQFacts,
  stuartMaxwell: stuartMaxwellFacts,
  nonInferiority: nonInferiorityFacts,
  permutationTest: permutationFacts,
  holm: multiplicityFacts,
  obuchowskiRockette: obuchowskiRocketteFacts,
  dorfmanBerbaumMetz: dorfmanBerbaumMetzFacts,
  gallasOneShot: gallasFacts,
  compareWithReaders: standaloneFacts,
  analyzeReaderFigures: jackknifedFiguresFacts,
  averageRocCurves: averagedCurveFacts,
  reliability: calibrationFacts,
  calibrationError: calibrationErrorFacts,
  brierDecomposition: brierFacts,
  calibrationInterceptSlope: interceptSlopeFacts,
  integratedCalibration: integratedCalibrationFacts,
  fitPlatt: recalibrationFacts,
  decisionCurve: decisionCurveFacts,
  splitConformal: conformalFacts,
  deferralCurve: deferralFacts,
  subgroupProportions: subgroupFacts,
  interactionTest: heterogeneityFacts,
  hiddenStrata: hiddenStrataFacts,
  sizeForProportion: sampleSizeFacts,
  readerStudySizes: readerStudySizeFacts,
  meanInterval: meanFacts,
  summarizeFolds: foldsFacts,
  bootstrapInterval: bootstrapFacts,
  TestMartingale: testMartingaleFacts,
} satisfies Record<string, StatisticFacts>;

/** Further functions that a section of the page is about. */
export const companions: Partial<Record<keyof typeof statistics, readonly string[]>> = {
  diagnosticAccuracy: ["countBinary", "combineProportions", "unpairedDifference"],
  positivePredictiveValue: ["negativePredictiveValue"],
  classificationReport: ["confusionMatrix", "countsPerClass", "measuresOf", "averageMeasures"],
  cohenKappa: ["crossTabulate"],
  fleissKappa: ["gwetAc1", "krippendorffAlpha", "fleissKappaTest"],
  rocAuc: ["rocAucBootstrap", "weightedAuc"],
  partialAuc: ["sensitivityAtSpecificity", "specificityAtSensitivity"],
  handTillAuc: ["oneVersusRestAuc"],
  averagePrecision: ["averagePrecisionBootstrap", "precisionRecallCurve"],
  chooseThreshold: ["evaluateThreshold"],
  delongTest: ["delong", "delongTestUnpaired"],
  aucBootstrapTest: ["aucBootstrapTestUnpaired"],
  mcNemar: ["mcNemarOfCounts", "mcNemarExactP", "mcNemarMidP"],
  pairedDifference: ["pairCounts"],
  nonInferiority: ["equivalence", "pairedNonInferiority", "pairedEquivalence"],
  permutationTest: ["pairedPermutationTest"],
  holm: ["benjaminiHochberg"],
  analyzeReaderFigures: ["compareFiguresWithReaders", "jackknifeCovariance", "leaveOneOut"],
  averageRocCurves: ["readerAveragedCurve"],
  reliability: ["brierScore"],
  brierDecomposition: ["multiclassBrierScore"],
  integratedCalibration: ["smoothCurve"],
  fitPlatt: [
    "fitIsotonic",
    "fitBeta",
    "fitTemperature",
    "fitDirichlet",
    "plattMap",
    "isotonicMap",
    "logitsOfProbabilities",
    "betaMap",
    "temperatureMap",
    "dirichletMap",
  ],
  splitConformal: ["crossConformal", "predictorOf", "setCoverage"],
  deferralCurve: ["riskCoverageArea"],
  subgroupProportions: ["subgroupAucs"],
  hiddenStrata: ["clusterFeatures", "silhouetteOf"],
  sizeForProportion: [
    "sizeForProportionTest",
    "sizeForTwoProportions",
    "sizeForPairedProportions",
    "sizeForAuc",
    "sizeForAucDifference",
    "sizeForNonInferiority",
  ],
  readerStudySizes: ["readerStudyPower", "pilotVariances"],
  meanInterval: ["median", "normalQuantile", "studentQuantile"],
  summarizeFolds: ["foldInterval", "compareFolds"],
  bootstrapInterval: ["bootstrapIntervals"],
  TestMartingale: ["JointMartingale", "rankPValue", "SortedSample"],
};

const introduction = `# Statistics

Made from the facts in \`src/stats\` by \`scripts/docs-statistics.mjs\`. Import from \`osteon/stats\`; nothing else of Osteon is needed,
and it runs in a browser: \`import { delong } from "osteon/stats"\`.

Every result has \`estimate\`, \`lower\`, \`upper\`, \`level\`, \`method\` and \`n\`, and \`warnings\` where there is something to say.
A statistic that the data do not determine throws an \`InputError\` with the code \`not-estimable\`, the reason and the remedy; a
report stores \`{ notEstimable: reason }\` in its place (\`estimateOrReason\`, \`isEstimable\`, \`notEstimable\`). NaN is never returned. z and t are two-sided critical values at the level.`;

/** The reference page as Markdown. */
export function renderReferencePage(): string {
  const sections = Object.entries<StatisticFacts>(statistics).map(([name, facts]) => {
    const functions = [name, ...(companions[name as keyof typeof statistics] ?? [])].map((f) => `\`${f}\``).join(", ");
    return `## ${facts.title}\n\n${functions}; ${facts.methods.join(" · ")}\n\n${facts.summary}\n\n> ${facts.formula}\n\n${facts.reference}`;
  });
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
