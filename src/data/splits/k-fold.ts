import type { SplitKind } from "./contract.js";
import { innerFolds } from "./inner-folds.js";
import { stratifiedGroupKFold } from "./stratified-group-k-fold.js";

const usualFolds = 5;

export const kFold: SplitKind = {
  title: "Stratified grouped k-fold cross-validation",
  summary: "Every case is tested once; every fold gets its share of every class; patients stay whole.",
  reference: "R. Kohavi, A study of cross-validation and bootstrap for accuracy estimation, 1995",
  options: ["folds", "strata"],
  needs: [],
  plan: (cases, { seed, folds = usualFolds, strata }) => stratifiedGroupKFold(cases, { folds, seed, ...(strata && { strata }) }),
};

export const repeatedKFold: SplitKind = {
  title: "Repeated stratified grouped k-fold cross-validation",
  summary: "The whole cross-validation again and again with other folds: how much the figures depend on the division.",
  reference: "J. Kim, Estimating classification error rate: repeated cross-validation, 2009, doi 10.1016/j.csda.2009.04.009",
  options: ["folds", "repeats", "strata"],
  needs: ["repeats"],
  plan: (cases, { seed, folds = usualFolds, repeats = 1, strata }) =>
    Array.from({ length: repeats }, (_, repeat) =>
      stratifiedGroupKFold(cases, { folds, seed: typeof seed === "number" ? seed + repeat : `${seed} ${repeat}`, ...(strata && { strata }) }).map((fold) => ({ ...fold, repeat })),
    ).flat(),
};

export const nestedKFold: SplitKind = {
  title: "Nested stratified grouped k-fold cross-validation",
  summary: "Every training side is divided again: settings are chosen on the inner folds, and the outer test folds see only the choice.",
  reference: "S. Varma, R. Simon, Bias in error estimation when using cross-validation for model selection, 2006, doi 10.1186/1471-2105-7-91",
  options: ["folds", "innerFolds", "strata"],
  needs: [],
  plan: (cases, { seed, folds = usualFolds, innerFolds: inner = usualFolds, strata }) =>
    stratifiedGroupKFold(cases, { folds, seed, ...(strata && { strata }) }).map((fold, i) => ({
      ...fold,
      inner: innerFolds(cases, fold.train, { folds: inner, seed: `${seed} inner ${i}`, ...(strata && { strata }) }),
    })),
};
