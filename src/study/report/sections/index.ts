import type { ReportSection } from "../contract.js";
import { calibrationSection } from "./calibration.js";
import { certaintySection } from "./certainty.js";
import { classesSection } from "./classes.js";
import { comparisonsSection } from "./comparisons.js";
import { confusionSection } from "./confusion.js";
import { dataSection } from "./data.js";
import { decisionsSection } from "./decisions.js";
import { examplesSection } from "./examples.js";
import { explanationAuditSection } from "./explanation-audit.js";
import { externalSection } from "./external.js";
import { failuresSection } from "./failures.js";
import { foldsSection } from "./folds.js";
import { leaksSection } from "./leaks.js";
import { learningCurvesSection } from "./learning-curves.js";
import { limitsSection } from "./limits.js";
import { methodsSection } from "./methods.js";
import { notEstimableSection } from "./not-estimable.js";
import { performanceSection } from "./performance.js";
import { publishedSection } from "./published.js";
import { readersSection } from "./readers.js";
import { relevanceSection } from "./relevance.js";
import { reproduceSection } from "./reproduce.js";
import { rocSection } from "./roc.js";
import { searchSection } from "./search.js";
import { setupSection } from "./setup.js";
import { shortcutsSection } from "./shortcuts.js";
import { splitSection } from "./split.js";
import { subgroupsSection } from "./subgroups.js";
import { summarySection } from "./summary.js";

/** Every section, as they follow each other in the report. */
export const sections: readonly ReportSection[] = [
  summarySection,
  performanceSection,
  comparisonsSection,
  searchSection,
  externalSection,
  publishedSection,
  readersSection,
  relevanceSection,
  explanationAuditSection,
  examplesSection,
  methodsSection,
  shortcutsSection,
  leaksSection,
  dataSection,
  splitSection,
  rocSection,
  calibrationSection,
  certaintySection,
  decisionsSection,
  subgroupsSection,
  failuresSection,
  confusionSection,
  classesSection,
  foldsSection,
  learningCurvesSection,
  notEstimableSection,
  limitsSection,
  setupSection,
  reproduceSection,
];
