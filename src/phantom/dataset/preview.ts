import type { OnProgress } from "../../base/index.js";
import { encodePicture } from "../../images/index.js";
import { makeDiscMri } from "../mri/disc-mri.js";
import { makeRadiograph } from "../radiograph.js";
import { captionOfMri, captionOfRadiograph } from "./caption.js";
import type { PlannedImage } from "./case-recipe.js";
import { textWidth, wrapParts } from "./lettering.js";
import { createSheet, drawPicture, drawText, outlineMask, type Sheet } from "./sheet.js";

export interface ContactSheetOptions {
  readonly title: string;
  /** Below the title. */
  readonly remark?: string;
  /** Order of the rows; as planned where left out. */
  readonly labels?: readonly string[];
  /** Images in a row. */
  readonly perRow?: number;
  /** Height of each image in pixels. */
  readonly height?: number;
  /** Draws a thin line around the relevant region. */
  readonly outline?: boolean;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

interface Row {
  readonly heading: string;
  readonly remark: string;
  readonly tiles: readonly Tile[];
}

interface Tile {
  readonly pixels: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly region: Uint8Array;
  readonly name: string;
  readonly caption: readonly (readonly string[])[];
}

const [margin, gap, capPx, lineHeight] = [28, 18, 11, 21];
const ink = { paper: [18, 20, 24], title: [245, 245, 245], heading: [255, 205, 110], caption: [205, 210, 216], faint: [140, 148, 158], line: [80, 215, 255] } as const;

/** A contact sheet as PNG bytes: one row per class, each image with what it shows in words. */
export async function drawContactSheet(planned: readonly PlannedImage[], options: ContactSheetOptions): Promise<Uint8Array> {
  const { width, height, data } = layOut(await makeRows(planned, options), options);
  return encodePicture({ data, width, height, channels: 3 }, "png");
}

async function makeRows(planned: readonly PlannedImage[], { perRow = 6, height = 360, onProgress, signal, ...options }: ContactSheetOptions): Promise<Row[]> {
  const labels = options.labels ?? [...new Set(planned.map(({ trueLabel }) => trueLabel))];
  const chosen = labels.map((label) => {
    const own = planned.filter(({ trueLabel }) => trueLabel === label);
    return { heading: label, remark: own.length === 1 ? "1 image" : `${own.length} images`, images: chooseImages(own, perRow) };
  });
  const total = chosen.reduce((sum, { images }) => sum + images.length, 0);
  const rows: Row[] = [];
  let done = 0;
  for (const { images, ...row } of chosen.filter((one) => one.images.length > 0)) {
    const tiles: Tile[] = [];
    for (const image of images) {
      onProgress?.({ task: "contact sheet", done: done++, total, unit: "images" });
      // Lets Ctrl-C and the progress bar in between two images.
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      tiles.push(makeTile(image, height));
    }
    rows.push({ ...row, tiles });
  }
  onProgress?.({ task: "contact sheet", done: total, total, unit: "images" });
  return rows;
}

function layOut(rows: readonly Row[], { title, remark: subtitle = "", outline = false }: ContactSheetOptions): Sheet {
  // Narrow images still need room for their words.
  const cellOf = (tile: Tile): number => Math.max(tile.width, ...tile.caption.flat().map((part) => Math.min(300, Math.ceil(textWidth(part, capPx)))));
  const linesOf = (tile: Tile): string[] => tile.caption.flatMap((parts) => wrapParts(parts, capPx, cellOf(tile)));
  const wide = Math.max(...rows.map(({ tiles }) => tiles.reduce((sum, tile) => sum + cellOf(tile) + gap, -gap)), textWidth(title, 18), textWidth(subtitle, capPx));
  const tall = rows.map(({ tiles }) => 88 + Math.max(...tiles.map((tile) => tile.height + linesOf(tile).length * lineHeight)));
  const sheet = createSheet(Math.ceil(wide) + 2 * margin, margin + 66 + tall.reduce((a, b) => a + b, 0), ink.paper);
  drawText(sheet, title, { x: margin, y: margin + 18, capPx: 18, color: ink.title, bold: true });
  drawText(sheet, subtitle, { x: margin, y: margin + 46, capPx, color: ink.faint });
  let top = margin + 66;
  rows.forEach(({ heading, remark, tiles }, r) => {
    drawText(sheet, heading, { x: margin, y: top + 22, capPx: 14, color: ink.heading, bold: true });
    drawText(sheet, remark, { x: margin + textWidth(heading, 14) + 16, y: top + 22, capPx, color: ink.faint });
    let left = margin;
    for (const tile of tiles) {
      drawPicture(sheet, tile, { x: left, y: top + 40 });
      if (outline) outlineMask(sheet, tile, { x: left, y: top + 40, color: ink.line });
      const [lines, first] = [linesOf(tile), top + 60 + tile.height];
      lines.forEach((line, i) => drawText(sheet, line, { x: left, y: first + i * lineHeight, capPx, color: ink.caption }));
      drawText(sheet, tile.name, { x: left, y: first + lines.length * lineHeight, capPx: 9, color: ink.faint });
      left += cellOf(tile) + gap;
    }
    top += tall[r]!;
  });
  return sheet;
}

/** A few images of a class, of as many looks (view, posture, condition, sequence) and patients as there are. */
function chooseImages(images: readonly PlannedImage[], number: number): PlannedImage[] {
  const look = (image: PlannedImage): string => (image.kind === "radiograph" ? `${image.options.condition} ${image.options.view} ${image.options.posture}` : `${image.options.sequence}`);
  const left = [...images];
  const shown = new Map<string, number>();
  const count = (key: string): number => shown.get(key) ?? 0;
  const chosen: PlannedImage[] = [];
  while (chosen.length < number && left.length > 0) {
    const rank = (image: PlannedImage): number => count(look(image)) * 1000 + count(image.patient);
    const best = left.reduce((one, other) => (rank(other) < rank(one) ? other : one));
    left.splice(left.indexOf(best), 1);
    chosen.push(best);
    for (const key of [look(best), best.patient]) shown.set(key, count(key) + 1);
  }
  return chosen;
}

function makeTile(planned: PlannedImage, height: number): Tile {
  if (planned.kind === "radiograph") {
    const { truth, ...image } = makeRadiograph({ ...planned.options, size: height });
    return { ...image, region: truth.region, name: planned.name, caption: captionOfRadiograph(truth, planned) };
  }
  const { truth, ...image } = makeDiscMri({ ...planned.options, size: height });
  return { ...image, region: truth.region, name: planned.name, caption: captionOfMri(truth, planned) };
}
