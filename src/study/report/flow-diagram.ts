import type { StudyResults } from "../results.js";
import { escapeHtml } from "./html.js";
import { counted, foldsPerSeed, seedsOf } from "./methods-text.js";

interface FlowBox {
  readonly lines: readonly string[];
  /** Beside the arrow below this box: what leaves the way here. */
  readonly left?: readonly string[];
  /** Over a box where another way begins: no arrow leads to it. */
  readonly heading?: string;
}

const [width, sideWidth, gap, lineHeight, padding] = [300, 270, 34, 18, 10];

/** Characters that fit on a line of a box, by a cautious guess at the font's width. */
const perLine = { main: 43, side: 41 };

/** Breaks text at spaces into lines of at most so many characters. */
function wrap(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 1 <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word.length > most ? `${word.slice(0, most - 1)}…` : word);
  }
  return lines;
}

/** Reasons for setting files aside, the most frequent first. */
export function reasonsOf({ data }: StudyResults): { readonly reason: string; readonly files: readonly string[] }[] {
  const reasons = new Map<string, string[]>();
  for (const { file, reason } of data.setAside) reasons.set(reason, [...(reasons.get(reason) ?? []), file]);
  return [...reasons].map(([reason, files]) => ({ reason, files })).sort((a, b) => b.files.length - a.files.length);
}

/** Reasons named in the diagram; the rest are counted together. */
const reasonsShown = 4;

/** The images, the patients they are of, and the classes they fall into. */
function included({ cases, patients, units, classCounts }: Pick<StudyResults["data"], "cases" | "patients" | "units" | "classCounts">, labels: readonly string[]): string[] {
  return [
    `${counted(cases, "image")}${patients === undefined ? "" : ` of ${counted(patients, "patient")}`}`,
    ...(units === undefined ? [] : [counted(units, "unit of decision", "units of decision")]),
    labels.map((label) => `${label} ${classCounts[label] ?? 0}`).join(", "),
  ];
}

const byCells = (cells: number): string => (cells === 1 ? "by one cell" : `by each of ${cells} cells`);

/** The way of the cases that were kept apart as an external test set. */
function externalBoxes({ external, data: { labels } }: StudyResults): FlowBox[] {
  if (external === undefined) return [];
  const { source, cases, setAside, networks, cells } = external;
  return [
    { heading: `External test set: ${source}`, lines: [`${counted(cases + setAside, "image")} listed`], ...(setAside > 0 && { left: [`${setAside} set aside`, "could not be used"] }) },
    { lines: included(external, labels) },
    { lines: [`${counted(cells[0]?.performance.cases ?? 0, "test prediction")} analyzed`, `${byCells(cells.length)}${networks > 1 ? `, means of ${networks} networks` : ""}`] },
  ];
}

/** The way of the study's own cases. */
function ownBoxes(results: StudyResults): FlowBox[] {
  const { data, folds, cells } = results;
  const [seeds, k] = [seedsOf(results).length, foldsPerSeed(results)];
  const where = Object.entries(data.where).map(([key, value]) => `${key} = ${value}`).join(", ");
  const reasons = reasonsOf(results);
  const shown = reasons.slice(0, reasonsShown);
  const rest = reasons.slice(reasonsShown).reduce((sum, { files }) => sum + files.length, 0);
  const afterFilter = data.found - data.filteredOut;
  const first = folds[0];
  return [
    { lines: [`${counted(data.found, "image")} listed`], ...(data.filteredOut > 0 && { left: [`${data.filteredOut} left out: not ${where}`] }) },
    ...(data.filteredOut > 0 ? [{ lines: [`${counted(afterFilter, "image")} asked for`] }] : []),
  ].map((box, i, all) =>
    i === all.length - 1 && data.setAside.length > 0
      ? { ...box, left: [...(box.left ?? []), `${data.setAside.length} set aside`, ...shown.map(({ reason, files }) => `${files.length}: ${reason}`), ...(rest > 0 ? [`${rest}: other reasons`] : [])] }
      : box,
  ).concat([
    { lines: included(data, data.labels) },
    ...(first === undefined
      ? []
      : k > 1
        ? [{ lines: [`${k} folds${seeds > 1 ? `, ${seeds} times` : ""}`, `each: about ${first.train} for training${first.validation > 0 ? `, ${first.validation} to stop` : ""}, ${first.test} for testing`] }]
        : [{ lines: [`one split${seeds > 1 ? ` per seed, ${seeds} seeds` : ""}`, `${first.train} for training${first.validation > 0 ? `, ${first.validation} to stop` : ""}, ${first.test} for testing`] }]),
    { lines: [`${counted(cells[0]?.pooled.cases ?? 0, "test prediction")} analyzed`, byCells(cells.length)] },
  ]);
}

function boxesOf(results: StudyResults): FlowBox[] {
  const [own, external] = [ownBoxes(results), externalBoxes(results)];
  return external.length === 0 ? own : [{ ...own[0]!, heading: `Training and testing: ${results.data.source}` }, ...own.slice(1), ...external];
}

/** The way of the cases through the study, as journals ask for it: from what was given to what was analyzed; below it that of an external test set. */
export function flowDiagram(results: StudyResults): string {
  const boxes = boxesOf(results).map(({ lines, left, heading }) => ({
    lines: lines.flatMap((line) => wrap(line, perLine.main)),
    left: left?.flatMap((line) => wrap(line, perLine.side)),
    heading: heading === undefined ? [] : wrap(heading, perLine.main),
  }));
  const heightOf = (lines: readonly string[]): number => lines.length * lineHeight + 2 * padding;
  const hasSide = boxes.some(({ left }) => left !== undefined);
  const whole = hasSide ? width + gap + sideWidth : width;
  const parts: string[] = [];
  const box = (x: number, y: number, boxWidth: number, lines: readonly string[], isSide: boolean): void => {
    parts.push(`<rect x="${x}" y="${y}" width="${boxWidth}" height="${heightOf(lines)}" rx="4" fill="${isSide ? "#fff7f0" : "#f5f7fa"}" stroke="${isSide ? "#b34700" : "#9aa5b1"}"/>`);
    lines.forEach((line, i) => {
      const at = isSide ? `x="${x + padding}" text-anchor="start"` : `x="${x + boxWidth / 2}" text-anchor="middle"`;
      parts.push(`<text ${at} y="${y + padding + lineHeight * (i + 0.72)}" font-size="12.5"${i === 0 ? ' font-weight="600"' : ""} fill="#1f2933">${escapeHtml(line)}</text>`);
    });
  };
  let y = 1;
  boxes.forEach(({ lines, left, heading }, i) => {
    for (const line of heading) {
      parts.push(`<text x="${width / 2}" y="${y + lineHeight * 0.72}" text-anchor="middle" font-size="12.5" fill="#52606d">${escapeHtml(line)}</text>`);
      y += lineHeight + 2;
    }
    box(1, y, width - 2, lines, false);
    const below = y + heightOf(lines);
    const sideHeight = left === undefined ? 0 : heightOf(left);
    const next = below + Math.max(gap, left === undefined ? 0 : sideHeight + 16);
    if (left !== undefined) {
      const middle = below + (next - below) / 2;
      box(width + gap, middle - sideHeight / 2, sideWidth - 1, left, true);
      parts.push(`<path d="M${width / 2} ${middle} H${width + gap - 2}" stroke="#52606d" fill="none" marker-end="url(#flow-tip)"/>`);
    }
    if (boxes[i + 1]?.heading.length === 0) parts.push(`<path d="M${width / 2} ${below} V${next - 2}" stroke="#52606d" fill="none" marker-end="url(#flow-tip)"/>`);
    y = i < boxes.length - 1 ? next : below;
  });
  const height = y + 1;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${whole}" height="${height}" viewBox="0 0 ${whole} ${height}" font-family="system-ui, sans-serif"><defs><marker id="flow-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#52606d"/></marker></defs><rect width="${whole}" height="${height}" fill="white"/>${parts.join("")}</svg>`;
}
