/** What a run can show for an item; each is worked out once, in `evidence.ts`. */
export type EvidenceName =
  | "author"
  | "title"
  | "objectives"
  | "source"
  | "eligibility"
  | "preprocessing"
  | "subset"
  | "missing-data"
  | "split"
  | "disjoint"
  | "imbalance"
  | "sample-size"
  | "architecture"
  | "software"
  | "initialization"
  | "training"
  | "selection"
  | "ensembling"
  | "output"
  | "measures"
  | "uncertainty"
  | "robustness"
  | "explanation"
  | "internal-testing"
  | "external-testing"
  | "flow"
  | "characteristics"
  | "performance"
  | "subgroups"
  | "cross-table"
  | "failures"
  | "limits"
  | "severity"
  | "recalibration"
  | "sites"
  | "model-files"
  | "code"
  | "data-sharing"
  | "audit-trail"
  | "compared-parts";

export interface ChecklistItem {
  /** As published. */
  readonly number: string;
  readonly topic: string;
  /** What the item asks for, in our words; the published wording is the authority. */
  readonly asks: string;
  readonly evidence: EvidenceName;
}

export interface Checklist {
  /** Short name, also in `checklist.csv`. */
  readonly name: string;
  readonly title: string;
  readonly reference: string;
  readonly items: readonly ChecklistItem[];
}
