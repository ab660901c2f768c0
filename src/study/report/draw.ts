import { sha256 } from "../../files/index.js";
import type { ReportFigure } from "./contract.js";
import { escapeHtml, Html } from "./html.js";

const config = {
  background: "white",
  font: "system-ui, sans-serif",
  axis: { labelFontSize: 11, titleFontSize: 11, gridColor: "#e4e7eb", domainColor: "#9aa5b1", tickColor: "#9aa5b1" },
  header: { labelFontSize: 11, titleFontSize: 11, labelFontWeight: "bold" as const },
  // What a band is too faint to show, the legend still does.
  legend: { labelFontSize: 11, titleFontSize: 11, labelLimit: 420, symbolOpacity: 1 },
  view: { stroke: "#cbd2d9" },
};

/** Okabe and Ito's colors: told apart by color-blind readers and on grey paper. */
export const palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442"];

/** Names of cells over their panels: one part a line, as a long line would push the axis away. */
export const cellHeader = { labelExpr: "split(datum.label, '/')" };

/** Draws a figure as one SVG element, as a file holds it. */
export async function drawSvg({ drawing }: ReportFigure): Promise<string> {
  if ("svg" in drawing) return drawing.svg;
  // Loaded when the first figure is drawn: most commands draw none, and these are slow to load.
  const [{ View, parse }, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const view = new View(parse(compile({ ...drawing, config }).spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return nameClips(svg, sha256(JSON.stringify(drawing)).slice(0, 8));
}

/** Clip paths are numbered anew in every rendering of one process, and meet in one page: named by the drawing instead. */
function nameClips(svg: string, drawing: string): string {
  const names = new Map<string, string>();
  return svg.replaceAll(/\bclip\d+\b/g, (id) => {
    const name = names.get(id) ?? `clip-${drawing}-${names.size}`;
    names.set(id, name);
    return name;
  });
}

/** The same as it stands in the page: named for those who cannot see it, no wider than the page, and scrolled where it would be too small to read. */
export function placeSvg(svg: string, { title }: Pick<ReportFigure, "title">): Html {
  const named = svg.replace(/<svg /, `<svg role="img" aria-label="${escapeHtml(title)}" `);
  const placed = named.replace(/ width="([\d.]+)" height="[\d.]+"/, (size, width: string) => `${size} style="max-width:100%;min-width:min(${width}px,30rem);height:auto"`);
  return new Html(`<div class="scroll">${placed}</div>`);
}
