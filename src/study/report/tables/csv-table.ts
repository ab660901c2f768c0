import { isEstimate, type Estimated } from "../../results.js";
import { csvText } from "../../../base/index.js";
import type { ReportCell, ReportTable } from "../contract.js";

const isFigure = (cell: ReportCell): cell is Estimated => typeof cell === "object" && !("p" in cell);

/** One cell as the columns of a file: a figure with its limits fills three, all numbers with all their digits. */
function cellsOf(cell: ReportCell, isFigureColumn: boolean): (string | number)[] {
  const alone = (value: string | number): (string | number)[] => (isFigureColumn ? [value, "", ""] : [value]);
  if (cell === undefined) return alone("");
  if (typeof cell === "string" || typeof cell === "number") return alone(cell);
  if ("p" in cell) return alone(cell.p);
  return isEstimate(cell) ? [cell.estimate, cell.lower, cell.upper] : alone("not estimable");
}

/** A table of the report as CSV. Columns of figures become three: the figure, its lower and its upper limit. */
export function csvTable({ head, rows }: ReportTable): string {
  const isFigureColumn = head.map((_, column) => rows.some((row) => isFigure(row[column])));
  // A row names its group only where the group begins; in a file every row has to say it.
  let above: readonly ReportCell[] = [];
  const filled = rows.map((row) => {
    const whole = row[0] === "" ? [above[0], ...row.slice(1)] : row;
    above = whole;
    return whole;
  });
  return csvText([
    head.flatMap((name, column) => (isFigureColumn[column] ? [name, `${name}, lower`, `${name}, upper`] : [name])),
    ...filled.map((row) => head.flatMap((_, column) => cellsOf(row[column], isFigureColumn[column]!))),
  ]);
}
