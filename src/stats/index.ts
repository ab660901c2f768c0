export type { AucMethodName } from "./auc/index.js";
export { bootstrapInterval, bootstrapIntervals } from "./bootstrap.js";
export type { BootstrapEstimate, BootstrapMethod, BootstrapOptions, WeightedStatistic } from "./bootstrap.js";
export { brierScore, reliability } from "./calibration/reliability.js";
export type { Reliability, ReliabilityBin } from "./calibration/reliability.js";
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
export { delongTest, delongTestUnpaired } from "./delong-test.js";
export type { AucDifference, DelongTestOptions, ScoredCases } from "./delong-test.js";
export { estimateOrReason, isEstimable, notEstimable } from "./estimate.js";
export type { Estimate, Figure, NotEstimable, StatisticFacts } from "./estimate.js";
export { compareFolds, foldInterval, summarizeFolds } from "./folds.js";
export type { FoldComparison, FoldOptions, FoldSummary } from "./folds.js";
export { mcNemar, mcNemarExactP, mcNemarMidP, mcNemarOfCounts } from "./mcnemar.js";
export type { McNemarOptions, McNemarResult } from "./mcnemar.js";
export { meanInterval } from "./mean.js";
export type { MeanEstimate, MeanOptions } from "./mean.js";
export { benjaminiHochberg, holm } from "./multiplicity.js";
export { pairCounts, pairedDifference } from "./paired-difference.js";
export type { PairedCounts, PairedDifferenceMethod } from "./paired-difference.js";
export { proportionInterval } from "./proportion-interval.js";
export type { ProportionEstimate, ProportionOptions } from "./proportion-interval.js";
export type { ProportionMethodName } from "./proportions/index.js";
export type { Key, ResamplingPlan } from "./resample.js";
export { rocAuc, rocAucBootstrap } from "./roc-auc.js";
export type { AucEstimate, AucOptions } from "./roc-auc.js";
export { rocCurve } from "./roc-curve.js";
export type { RocOptions, RocPoint } from "./roc-curve.js";
