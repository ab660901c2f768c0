import type { ReportSection } from "../contract.js";
import { classesSection } from "./classes.js";
import { comparisonsSection } from "./comparisons.js";
import { confusionSection } from "./confusion.js";
import { dataSection } from "./data.js";
import { examplesSection } from "./examples.js";
import { foldsSection } from "./folds.js";
import { learningCurvesSection } from "./learning-curves.js";
import { notEstimableSection } from "./not-estimable.js";
import { performanceSection } from "./performance.js";
import { reproduceSection } from "./reproduce.js";
import { rocSection } from "./roc.js";
import { setupSection } from "./setup.js";
import { summarySection } from "./summary.js";

/** Every section, as they follow each other in the report. */
export const sections: readonly ReportSection[] = [
  summarySection,
  performanceSection,
  comparisonsSection,
  examplesSection,
  dataSection,
  rocSection,
  confusionSection,
  classesSection,
  foldsSection,
  learningCurvesSection,
  notEstimableSection,
  setupSection,
  reproduceSection,
];
