import type { ReactNode } from "react";

/** Without the strokes that keep signs from being taken for markup. */
const plain = (text: string): string => text.replaceAll(/\\([\\`*_|[\]])/g, "$1");

/** `code` and **strong** words of a line. */
function inline(text: string): ReactNode[] {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part, i) => (part.startsWith("`") ? <code key={i}>{part.slice(1, -1)}</code> : part.startsWith("**") ? <strong key={i}>{plain(part.slice(2, -2))}</strong> : plain(part)));
}

const cellsOf = (line: string): string[] => line.replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());

function block(text: string): ReactNode {
  const lines = text.split("\n");
  const heading = /^(#+) (.*)$/.exec(lines[0]!);
  if (heading !== null) {
    const rest = lines.slice(1).join("\n");
    const Heading = heading[1]!.length < 3 ? "h3" : "h4";
    return <><Heading>{inline(heading[2]!)}</Heading>{rest !== "" && block(rest)}</>;
  }
  if (lines.every((line) => line.startsWith("- ") || line.startsWith("  "))) return <ul>{lines.join("\n").split(/\n?^- /m).slice(1).map((item, i) => <li key={i}>{inline(item.replaceAll("\n", " "))}</li>)}</ul>;
  if (lines.length > 1 && lines[0]!.startsWith("|") && /^[|\s:-]+$/.test(lines[1]!)) {
    return (
      <div className="scroll" tabIndex={0}>
        <table>
          <thead><tr>{cellsOf(lines[0]!).map((cell, i) => <th key={i}>{inline(cell)}</th>)}</tr></thead>
          <tbody>{lines.slice(2).map((line, r) => <tr key={r}>{cellsOf(line).map((cell, i) => <td key={i}>{inline(cell)}</td>)}</tr>)}</tbody>
        </table>
      </div>
    );
  }
  return <p>{inline(lines.join(" "))}</p>;
}

/** Markdown as the program writes it: headings, paragraphs, lists and tables. Nothing in it becomes markup. */
export function Prose({ text }: { readonly text: string }): ReactNode {
  return <div className="prose">{text.trim().split(/\n{2,}/).map((part, i) => <div key={i}>{block(part)}</div>)}</div>;
}
