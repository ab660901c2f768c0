import { isEstimate } from "../../results.js";
import type { ReportCell, ReportTable } from "../contract.js";
import { decimal, digitsOf, pValue } from "../format.js";

const special: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  "&": "\\&",
  "%": "\\%",
  $: "\\$",
  "#": "\\#",
  _: "\\_",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  '"': "\\textquotedbl{}",
  "±": "$\\pm$",
  "−": "$-$",
  "–": "--",
  "×": "$\\times$",
  "≤": "$\\leq$",
  "→": "$\\rightarrow$",
  "·": "$\\cdot$",
  "\n": " ",
};

/** Text that LaTeX prints as it is. */
export function escapeLatex(text: string): string {
  return text.replace(/[\\{}&%$#_~^<>|"±−–×≤→·\n]/g, (character) => special[character]!);
}

function cellOf(cell: ReportCell): string {
  if (cell === undefined) return "--";
  if (typeof cell === "string") return escapeLatex(cell);
  if (typeof cell === "number") return Number.isInteger(cell) ? String(cell) : decimal(cell);
  if ("p" in cell) return cell.p < 0.001 ? "$<0.001$" : pValue(cell.p);
  if (!isEstimate(cell)) return "not estimable";
  const digits = digitsOf(cell);
  return `${decimal(cell.estimate, digits)} (${decimal(cell.lower, digits)} to ${decimal(cell.upper, digits)})`.replace(/-(?=\d)/g, "$-$");
}

/** A table of the report for a manuscript: needs the packages booktabs and textcomp. */
export function latexTable({ name, title, head, rows, names = 1, note }: ReportTable): string {
  const columns = head.map((_, column) => (column < names || rows.every((row) => typeof row[column] === "string") ? "l" : "r")).join("");
  const line = (cells: readonly string[]): string => `    ${cells.join(" & ")} \\\\`;
  return [
    "\\begin{table}",
    "  \\centering",
    "  \\footnotesize",
    `  \\caption{${escapeLatex(title)}.}`,
    `  \\label{tab:${name}}`,
    `  \\begin{tabular}{${columns}}`,
    "    \\toprule",
    line(head.map(escapeLatex)),
    "    \\midrule",
    ...rows.map((row) => line(row.map(cellOf))),
    "    \\bottomrule",
    "  \\end{tabular}",
    ...(note === undefined ? [] : ["", `  \\smallskip\\parbox{\\linewidth}{\\footnotesize ${escapeLatex(note)}}`]),
    "\\end{table}",
    "",
  ].join("\n");
}
