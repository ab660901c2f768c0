import { isEstimate, type Estimated } from "../../results.js";
import type { ReportCell, ReportSection } from "../contract.js";
import { duration } from "../format.js";
import { counted } from "../methods-text.js";

const pointOf = (value: Estimated): ReportCell => (isEstimate(value) ? value.estimate : value);

/** Every fold of every cell. */
export const foldsSection: ReportSection = {
  id: "folds",
  title: "By fold",
  tables: ({ cells }) => [
    {
      name: "folds",
      title: "Measures by fold",
      head: ["Network / regime", "Seed", "Fold", "Accuracy", "F1 (macro)", "AUC (macro)", "Epochs", "Best epoch", "Time"],
      rows: cells.flatMap((cell) =>
        cell.folds.map(({ seed, fold, performance: { accuracy, macro }, history, stoppedEarly, bestEpoch, seconds, skippedSteps }, i) => [
          i === 0 ? cell.id : "",
          seed,
          fold,
          pointOf(accuracy),
          pointOf(macro.f1),
          pointOf(macro.auc),
          `${history.length}${stoppedEarly ? " (stopped early)" : ""}${skippedSteps ? ` (${counted(skippedSteps, "step")} skipped)` : ""}`,
          bestEpoch,
          duration(seconds),
        ]),
      ),
      note: `Intervals of single folds are in results.json.${cells.some(({ folds }) => folds.some(({ skippedSteps }) => skippedSteps !== undefined)) ? " Steps are skipped in half precision where gradients are not finite; they change nothing." : ""}`,
    },
  ],
  render: (_results, run) => run.table("folds"),
};
