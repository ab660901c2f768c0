export { blandAltman } from "./agreement/bland-altman.js";
export type { LimitsOfAgreement } from "./agreement/bland-altman.js";
export { fleissKappa, fleissKappaTest, gwetAc1, krippendorffAlpha } from "./agreement/chance-corrected.js";
export type { AgreementEstimate, AgreementOptions } from "./agreement/chance-corrected.js";
export { cohenKappa, crossTabulate } from "./agreement/cohen-kappa.js";
export type { KappaEstimate, KappaOptions } from "./agreement/cohen-kappa.js";
export { intraclassCorrelation } from "./agreement/intraclass-correlation.js";
export type { IntraclassEstimate, IntraclassOptions } from "./agreement/intraclass-correlation.js";
export type { AgreementWeights, Rating } from "./agreement/rating-table.js";
export { aucBootstrapTest, aucBootstrapTestUnpaired } from "./auc-bootstrap-test.js";
export type { BootstrapDifference } from "./auc-bootstrap-test.js";
export type { AucMethodName } from "./auc/index.js";
export { bootstrapInterval, bootstrapIntervals } from "./bootstrap.js";
export type { BootstrapEstimate, BootstrapMethod, BootstrapOptions, WeightedStatistic } from "./bootstrap.js";
export { brierDecomposition, multiclassBrierScore } from "./calibration/brier-decomposition.js";
export type { BrierDecomposition } from "./calibration/brier-decomposition.js";
export { calibrationError } from "./calibration/calibration-error.js";
export type { CalibrationError } from "./calibration/calibration-error.js";
export { crossConformal, predictorOf, splitConformal } from "./calibration/conformal.js";
export type {
  CalibrationCases,
  ConformalOptions,
  ConformalPredictor,
  ConformalScore,
  CrossConformalPredictor,
} from "./calibration/conformal.js";
export { decisionCurve } from "./calibration/decision-curve.js";
export type { DecisionPoint } from "./calibration/decision-curve.js";
export { deferralCurve, riskCoverageArea } from "./calibration/deferral.js";
export type { DeferralInput, DeferralPoint } from "./calibration/deferral.js";
export { calibrationInterceptSlope } from "./calibration/intercept-slope.js";
export type { CalibrationInterceptSlope } from "./calibration/intercept-slope.js";
export { dirichletMap, fitDirichlet, fitTemperature, temperatureMap } from "./calibration/recalibrate-classes.js";
export { betaMap, fitBeta, fitIsotonic, fitPlatt, isotonicMap, logitsOfProbabilities, plattMap } from "./calibration/recalibrate.js";
export type { ClassMap, ScoreMap } from "./calibration/recalibrate.js";
export { brierScore, reliability } from "./calibration/reliability.js";
export type { Reliability, ReliabilityBin } from "./calibration/reliability.js";
export { setCoverage } from "./calibration/set-coverage.js";
export type { SetCoverage } from "./calibration/set-coverage.js";
export { integratedCalibration, smoothCurve } from "./calibration/smooth-curve.js";
export type { IntegratedCalibration } from "./calibration/smooth-curve.js";
export { chooseThreshold, evaluateThreshold } from "./choose-threshold.js";
export type { ChosenThreshold, NamedCases, ThresholdCriterion } from "./choose-threshold.js";
export { averageMeasures, countsPerClass, measureNames, measuresOf } from "./class-measures.js";
export type { Averaging, ClassCounts, MeasureName, Measures } from "./class-measures.js";
export { classificationReport } from "./classification-report.js";
export type {
  ClassFigures,
  ClassReport,
  ClassificationInput,
  ClassificationReport,
} from "./classification-report.js";
export { clusteredProportion } from "./clustered-proportion.js";
export type { ClusteredProportionEstimate } from "./clustered-proportion.js";
export { confusionMatrix } from "./confusion-matrix.js";
export type { ClassLabel, ConfusionMatrix } from "./confusion-matrix.js";
export { delongTest as delong, delongTest, delongTestUnpaired } from "./delong-test.js";
export type { AucDifference, DelongTestOptions, ScoredCases } from "./delong-test.js";
export { combineProportions, countBinary, diagnosticAccuracy, unpairedDifference } from "./diagnostic-accuracy.js";
export type { DiagnosticAccuracy, DiagnosticAccuracyOptions } from "./diagnostic-accuracy.js";
export { normalQuantile, studentQuantile } from "./distributions/index.js";
export { rankPValue, SortedSample } from "./exchangeability/rank-p-value.js";
export { JointMartingale, TestMartingale } from "./exchangeability/test-martingale.js";
export { estimateOrReason, isEstimable, notEstimable } from "./estimate.js";
export type { Estimate, Figure, NotEstimable, StatisticFacts } from "./estimate.js";
export { compareFolds, foldInterval, summarizeFolds } from "./folds.js";
export type { FoldComparison, FoldOptions, FoldSummary } from "./folds.js";
export { matthewsCorrelation } from "./matthews.js";
export { mcNemar, mcNemarExactP, mcNemarMidP, mcNemarOfCounts } from "./mcnemar.js";
export type { McNemarOptions, McNemarResult } from "./mcnemar.js";
export { median } from "./median.js";
export { meanInterval } from "./mean.js";
export type { MeanEstimate, MeanOptions } from "./mean.js";
export { handTillAuc, oneVersusRestAuc } from "./multiclass-auc.js";
export type { MulticlassInput, MulticlassOptions, OneVersusRest } from "./multiclass-auc.js";
export { benjaminiHochberg, holm } from "./multiplicity.js";
export { pairCounts, pairedDifference } from "./paired-difference.js";
export type { PairedCounts, PairedDifferenceMethod } from "./paired-difference.js";
export { cochranQ } from "./paired/cochran-q.js";
export type { ChiSquareTest } from "./paired/cochran-q.js";
export { equivalence, nonInferiority, pairedEquivalence, pairedNonInferiority } from "./paired/non-inferiority.js";
export type { KnownDifference, MarginOptions, MarginTest } from "./paired/non-inferiority.js";
export { obuchowskiTest } from "./paired/obuchowski-test.js";
export type { ClusteredPairTest } from "./paired/obuchowski-test.js";
export { pairedPermutationTest, permutationTest } from "./paired/permutation-test.js";
export type { PermutationOptions, PermutationTest } from "./paired/permutation-test.js";
export { stuartMaxwell } from "./paired/stuart-maxwell.js";
export { partialAuc, sensitivityAtSpecificity, specificityAtSensitivity } from "./partial-auc.js";
export type { CurveBootstrapOptions, PartialAucOptions } from "./partial-auc.js";
export { averagePrecision, averagePrecisionBootstrap, precisionRecallCurve } from "./precision-recall.js";
export type { PrecisionRecallPoint } from "./precision-recall.js";
export { negativePredictiveValue, positivePredictiveValue } from "./predictive-values.js";
export type { PredictiveValueOptions } from "./predictive-values.js";
export { proportionInterval } from "./proportion-interval.js";
export type { ProportionEstimate, ProportionOptions } from "./proportion-interval.js";
export { proportionRatio } from "./proportion-ratio.js";
export type { RatioMethod } from "./proportion-ratio.js";
export type { ProportionMethodName } from "./proportions/index.js";
export { averageRocCurves, readerAveragedCurve } from "./readers/averaged-curve.js";
export type { CurveAverage, CurvePoint } from "./readers/averaged-curve.js";
export type { CovarianceMethod } from "./readers/cell-covariance.js";
export type { ReaderDesign } from "./readers/design.js";
export { dorfmanBerbaumMetz } from "./readers/dorfman-berbaum-metz.js";
export type { PseudovalueDifference } from "./readers/dorfman-berbaum-metz.js";
export { analyzeReaderFigures, compareFiguresWithReaders, jackknifeCovariance, leaveOneOut } from "./readers/jackknifed-figures.js";
export type { JackknifedFigure, ReaderFigureInput } from "./readers/jackknifed-figures.js";
export { gallasOneShot } from "./readers/gallas.js";
export type { OneShotDifference, OneShotEstimate, OneShotResult } from "./readers/gallas.js";
export { obuchowskiRockette } from "./readers/obuchowski-rockette.js";
export type {
  ModalityDifference,
  ModalityMean,
  ReaderInterval,
  ReaderResult,
  ReaderStudyOptions,
  ReaderStudyResult,
} from "./readers/obuchowski-rockette.js";
export type { Read, ReaderMeasure } from "./readers/reads.js";
export { compareWithReaders } from "./readers/standalone.js";
export type { StandaloneComparison } from "./readers/standalone.js";
export { pilotVariances, readerStudyPower, readerStudySizes } from "./readers/study-size.js";
export type { PilotVariances, ReaderStudyPlan, ReaderStudySize } from "./readers/study-size.js";
export type { Key, ResamplingPlan } from "./resample.js";
export { rocAuc, rocAucBootstrap, weightedAuc } from "./roc-auc.js";
export type { AucEstimate, AucOptions } from "./roc-auc.js";
export { rocCurve } from "./roc-curve.js";
export type { RocOptions, RocPoint } from "./roc-curve.js";
export {
  sizeForAuc,
  sizeForAucDifference,
  sizeForNonInferiority,
  sizeForPairedProportions,
  sizeForProportion,
  sizeForProportionTest,
  sizeForTwoProportions,
} from "./sample-size.js";
export type { AucSize, PowerOptions, SampleSize } from "./sample-size.js";
export { clusterFeatures, silhouetteOf } from "./subgroups/cluster-features.js";
export type { FeatureClusters } from "./subgroups/cluster-features.js";
export { interactionTest } from "./subgroups/heterogeneity.js";
export type { Heterogeneity } from "./subgroups/heterogeneity.js";
export { hiddenStrata } from "./subgroups/hidden-strata.js";
export type { HiddenStrata } from "./subgroups/hidden-strata.js";
export { subgroupAucs, subgroupProportions } from "./subgroups/subgroup-figures.js";
export type { SubgroupFigure, SubgroupReport } from "./subgroups/subgroup-figures.js";
export type { WaldEstimate } from "./wald.js";
