import type { Study } from "../../../server/contract.js";
import { isEstimated } from "../../parts/estimated.js";

/** The cell of highest accuracy: what one wants to see first. */
export function bestCell(table: Study["table"]): string | undefined {
  const accuracyOf = ({ accuracy }: Study["table"][number]): number => (isEstimated(accuracy) ? accuracy.estimate : -1);
  return table.toSorted((a, b) => accuracyOf(b) - accuracyOf(a))[0]?.id;
}
