import type { Case } from "../dataset.js";
import type { LeakPair } from "./contract.js";

/** Columns that hold what DICOM calls a study, a series or an instance, or an accession number. */
const identifierColumn = /^(dicom[_ ]?)?(study|series|sop|instance|accession)[_ ]?(instance)?[_ ]?(uid|number|no|id)?$/i;
const uidLike = /(uid|accession|instance)/i;

/** True for the name of a column such as StudyInstanceUID, series_uid or accession number. */
export function isIdentifierColumn(column: string): boolean {
  return identifierColumn.test(column.trim()) && uidLike.test(column);
}

/** Cases that share the value of an identifier column; each tied to the first of its value. */
export function findSharedIdentifiers(cases: readonly Case[]): LeakPair[] {
  const columns = new Set(cases.flatMap(({ fields }) => Object.keys(fields).filter(isIdentifierColumn)));
  return [...columns].flatMap((column) => {
    const firstOf = new Map<string, number>();
    return cases.flatMap(({ fields }, index): LeakPair[] => {
      const value = fields[column]?.trim();
      if (value === undefined || value === "") return [];
      const first = firstOf.get(value);
      if (first === undefined) {
        firstOf.set(value, index);
        return [];
      }
      return [{ a: first, b: index, kind: "dicom-uid", column }];
    });
  });
}
