import { decodeImage, encodePicture, type Mark } from "../../images/index.js";
import { thumbnailSide, type Dataset, type ImageTraits } from "../../data/index.js";
import { drawSvg, placeSvg } from "../report/draw.js";
import { html, Html } from "../report/html.js";
import { findingsText, locatedText, probeFigure, probeTable } from "../report/sections/shortcuts.js";
import { style } from "../report/style.js";
import { htmlTable } from "../report/tables/html-table.js";
import { findings, isAudited, type ShortcutAudit } from "./results.js";

export interface AuditPageOptions {
  readonly dataset: Dataset;
  readonly traits: ReadonlyMap<string, ImageTraits>;
  readonly shortcuts: ShortcutAudit;
  readonly softwareVersion: string;
  /** Further sections, such as leaks: heading and content. */
  readonly sections?: readonly { readonly id: string; readonly title: string; readonly body: Html }[];
}

/** Pictures of located marks per class, and their height in pixels. */
const pictures = { perLabel: 4, height: 300 };

/**
 * The audit of a data set as one HTML file that needs no network: what the label can be told from, with intervals,
 * pictures of what was located, and the mean thumbnail of each class.
 */
export async function renderAuditPage({ dataset, traits, shortcuts, softwareVersion, sections = [] }: AuditPageOptions): Promise<string> {
  const figure = isAudited(shortcuts) ? probeFigure(shortcuts) : undefined;
  const plot = figure === undefined ? undefined : placeSvg(await drawSvg(figure), figure);
  const shown = await drawMarks(dataset, traits);
  const found = isAudited(shortcuts) ? findings(shortcuts) : [];
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"><title>Audit of ${dataset.name}</title><style>${new Html(style + ownStyle)}</style></head><body>
<header><h1>Audit of ${dataset.name}</h1>
<p class="question">Can the label be told from what is not anatomy?</p>
<p class="soft">${dataset.cases.length} images · ${dataset.labels.join(", ")} · made with Osteon ${softwareVersion}</p>
<p class="soft">For research. Not a medical device; not for diagnosis or treatment.</p>
<nav><a href="#findings">Findings${found.length > 0 && ` (${found.length})`}</a><a href="#probes">Probes</a><a href="#marks">Marks</a><a href="#thumbnails">Mean thumbnails</a>${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}</nav></header>
<main><section id="findings"><h2>Findings</h2>${isAudited(shortcuts) ? findingsText(shortcuts) : html`<p>Could not be tested: ${shortcuts.notEstimable}.</p>`}</section>
${isAudited(shortcuts) && html`<section id="probes"><h2>Probes</h2>${plot}${htmlTable(probeTable(shortcuts, dataset.labels))}
<dl>${shortcuts.probes.map(({ title, summary }) => html`<dt>${title}</dt><dd>${summary}</dd>`)}</dl>
${shortcuts.notProbed.length > 0 && html`<p class="soft">Not asked: ${shortcuts.notProbed.map(({ title, reason }) => `${title.toLowerCase()} (${reason})`).join("; ")}.</p>`}
<p class="soft">${shortcuts.cases} of ${shortcuts.of} images measured, ${shortcuts.folds} folds, ${shortcuts.permutations} exchanged labellings.</p></section>`}
<section id="marks"><h2>Marks</h2>${isAudited(shortcuts) && locatedText(shortcuts)}
<p class="soft">Examples of what was located: markers and other small objects in red, drawn lines in green, the picture inside padding and collimated borders in yellow. Statistics over many images bear single mistakes: a button may be taken for a letter, and a letter on a busy background may be missed.</p>
${shown.map(({ label, images }) => html`<h3>${label}</h3><div class="marks">${images.map(({ id, svg }) => html`<figure>${svg}<figcaption>${id}</figcaption></figure>`)}</div>${images.length === 0 && html`<p>Nothing was located on images of this class.</p>`}`)}</section>
<section id="thumbnails"><h2>Mean thumbnails</h2><p class="soft">Mean of each class over ${thumbnailSide} x ${thumbnailSide} cells, whatever the images' shape, brightness and contrast taken out; and, where there are two classes, the second less the first (red: brighter in the second, blue: darker).</p>
<div class="panels">${thumbnails(dataset, traits)}</div></section>
${sections.map(({ id, title, body }) => html`<section id="${id}"><h2>${title}</h2>${body}</section>`)}</main></body></html>
`;
  return page.text;
}

const ownStyle = `
.marks { display: flex; flex-wrap: wrap; gap: 0.6rem; }
.marks figure { margin: 0; break-inside: avoid; max-width: 16rem; }
.marks figcaption { font-size: 0.72rem; color: var(--soft); overflow-wrap: anywhere; }
.marks svg { display: block; background: black; height: 19rem; max-width: 100%; }
`;

async function drawMarks({ cases, labels }: Dataset, traits: ReadonlyMap<string, ImageTraits>): Promise<{ label: string; images: { id: string; svg: Html }[] }[]> {
  const drawn = [];
  for (const label of labels) {
    const weight = ({ marks, margins }: ImageTraits): number => marks.reduce((sum, mark) => sum + mark.contrast + (mark.kind === "line" ? 1 : 0), 0) + Object.values(margins).filter(({ edge }) => edge > 0).length / 2;
    const own = cases.filter((one) => one.label === label && traits.has(one.id) && weight(traits.get(one.id)!) > 0);
    own.sort((a, b) => weight(traits.get(b.id)!) - weight(traits.get(a.id)!) || (a.id < b.id ? -1 : 1));
    // Clear cases and ordinary ones: every k-th of the ranking.
    const every = Math.max(1, Math.floor(own.length / pictures.perLabel));
    const chosen = own.filter((_, i) => i % every === 0).slice(0, pictures.perLabel);
    drawn.push({ label, images: await Promise.all(chosen.map(async ({ id, file }) => ({ id, svg: await drawMarked(file, traits.get(id)!) }))) });
  }
  return drawn;
}

async function drawMarked(file: string, { marks, margins }: ImageTraits): Promise<Html> {
  const { pixels, height, width } = await decodeImage(file);
  const step = Math.max(1, Math.floor(height / (2 * pictures.height)));
  const [rows, columns] = [Math.floor(height / step), Math.floor(width / step)];
  const data = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) data[row * columns + column] = Math.round(255 * pixels[row * step * width + column * step]!);
  const jpeg = Buffer.from(await encodePicture({ data, height: rows, width: columns, channels: 1 }, "jpeg")).toString("base64");
  const thin = (height / pictures.height).toFixed(2);
  const around = (mark: Mark): string => {
    const room = 0.006 * height;
    return `<rect x="${(mark.column - room).toFixed(1)}" y="${(mark.row - room).toFixed(1)}" width="${(mark.width + 2 * room).toFixed(1)}" height="${(mark.height + 2 * room).toFixed(1)}" fill="none" stroke="#ff3b30" stroke-width="${thin}"/>`;
  };
  const along = ({ ends }: Mark): string => `<line x1="${ends![0][1].toFixed(1)}" y1="${ends![0][0].toFixed(1)}" x2="${ends![1][1].toFixed(1)}" y2="${ends![1][0].toFixed(1)}" stroke="#34c759" stroke-width="${thin}"/>`;
  const [top, left, bottom, right] = [margins.top.edge * height, margins.left.edge * width, margins.bottom.edge * height, margins.right.edge * width];
  const frame = top + left + bottom + right > 0 ? `<rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${(width - left - right).toFixed(1)}" height="${(height - top - bottom).toFixed(1)}" fill="none" stroke="#ffd60a" stroke-width="${thin}"/>` : "";
  return new Html(
    `<svg role="img" aria-label="image with located marks" viewBox="0 0 ${width} ${height}"><image href="data:image/jpeg;base64,${jpeg}" width="${width}" height="${height}" preserveAspectRatio="none"/>${frame}${marks.map((mark) => (mark.kind === "line" ? along(mark) : around(mark))).join("")}</svg>`,
  );
}

function thumbnails({ cases, labels }: Dataset, traits: ReadonlyMap<string, ImageTraits>): Html[] {
  const means = labels.map((label) => {
    const own = cases.filter((one) => one.label === label && traits.has(one.id)).map(({ id }) => traits.get(id)!);
    return { own, cells: Array.from({ length: thumbnailSide ** 2 }, (_, cell) => own.reduce((sum, { thumbnail }) => sum + thumbnail[cell]!, 0) / Math.max(1, own.length)) };
  });
  const grey = (value: number): string => {
    const level = Math.round(255 * Math.min(1, Math.max(0, (value + 2) / 4)));
    return `rgb(${level},${level},${level})`;
  };
  const panels = labels.map((label, k) => panel(`${label}, ${means[k]!.own.length} images`, means[k]!.cells.map(grey), shapeOf(means[k]!.own)));
  if (labels.length !== 2) return panels;
  const difference = means[1]!.cells.map((value, cell) => value - means[0]!.cells[cell]!);
  const most = Math.max(0.3, ...difference.map(Math.abs));
  const tint = (value: number): string => {
    const pale = Math.round(255 * (1 - Math.min(1, Math.abs(value) / most)));
    return value > 0 ? `rgb(255,${pale},${pale})` : `rgb(${pale},${pale},255)`;
  };
  return [...panels, panel(`${labels[1]!} less ${labels[0]!}; full color: ${most.toFixed(1)} deviations`, difference.map(tint), shapeOf([...means[0]!.own, ...means[1]!.own]))];
}

/** Height divided by width of the middle image. */
function shapeOf(own: readonly ImageTraits[]): number {
  const ratios = own.map(({ height, width }) => height / width).sort((a, b) => a - b);
  return Math.min(3, Math.max(0.4, ratios[ratios.length >> 1] ?? 1));
}

function panel(title: string, colors: readonly string[], shape: number): Html {
  const [cellWidth, cellHeight] = [14, 14 * shape];
  const cells = colors.map((color, cell) => `<rect x="${(cell % thumbnailSide) * cellWidth}" y="${(Math.floor(cell / thumbnailSide) * cellHeight).toFixed(1)}" width="${cellWidth + 0.5}" height="${(cellHeight + 0.5).toFixed(1)}" fill="${color}"/>`);
  const [width, height] = [cellWidth * thumbnailSide, cellHeight * thumbnailSide];
  return html`<div class="panel"><h3>${title}</h3>${new Html(`<svg role="img" aria-label="mean thumbnail" width="${width}" height="${height.toFixed(0)}" viewBox="0 0 ${width} ${height.toFixed(0)}">${cells.join("")}</svg>`)}</div>`;
}
