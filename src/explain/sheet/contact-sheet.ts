import type { Picture } from "../../images/index.js";
import { colorScales, type ColorScale } from "../color-map.js";
import { Canvas, shorten, textWidth, wrap, type Color } from "./canvas.js";

/** One picture of the sheet, with what stands under it. */
export interface Tile {
  readonly title: string;
  readonly lines: readonly string[];
  readonly picture: Picture;
}

export interface ContactSheet {
  readonly title: string;
  /** Under the title. */
  readonly lines: readonly string[];
  /** All of one extent. */
  readonly tiles: readonly Tile[];
  /** Color scales that the tiles use. */
  readonly scales: readonly ColorScale[];
  /** Remarks at the end. */
  readonly notes: readonly string[];
  /** Pictures in a row; by default so many that the sheet is somewhat wider than high. */
  readonly columns?: number;
}

const paper: Color = [255, 255, 255];
const ink: Color = [24, 28, 36];
const pale: Color = [92, 100, 112];
/** Room that a title and its lines have at least. */
const narrowest = 172;
const margin = 20;
const gap = 14;
const size = { title: 15, heading: 11, text: 9 };
const line = { title: 30, heading: 20, text: 17 };

/** Draws pictures in rows with their titles, under a heading and over the legend of their colors. */
export function drawContactSheet({ title, lines, tiles, scales, notes, columns: wanted }: ContactSheet): Picture {
  const extent = { width: Math.max(1, ...tiles.map(({ picture }) => picture.width)), height: Math.max(1, ...tiles.map(({ picture }) => picture.height)) };
  const room = Math.max(extent.width, narrowest);
  const captions = tiles.map((tile) => tile.lines.filter((text) => text !== "").flatMap((text) => wrap(text, size.text, room)));
  const under = Math.max(0, ...captions.map(({ length }) => length));
  const cell = { width: room + gap, height: extent.height + line.heading + under * line.text + gap };
  const columns = Math.max(1, Math.min(tiles.length, wanted ?? Math.ceil(Math.sqrt((1.5 * tiles.length * cell.height) / cell.width))));
  const rows = Math.ceil(tiles.length / columns);
  const width = Math.max(2 * margin + columns * cell.width - gap, 560);
  const inside = width - 2 * margin;
  const heading = lines.flatMap((text) => wrap(text, size.text + 1, inside));
  const remarks = notes.flatMap((text) => wrap(text, size.text, inside));
  const top = margin + line.title + heading.length * (line.text + 2) + gap;
  const legend = scales.length === 0 ? 0 : 52;
  const canvas = new Canvas(top + rows * cell.height + legend + remarks.length * line.text + margin, width, paper);

  canvas.text(shorten(title, size.title, inside), { x: margin, y: margin + size.title, height: size.title, color: ink, bold: true });
  heading.forEach((text, i) => canvas.text(text, { x: margin, y: margin + line.title + i * (line.text + 2) + size.text + 2, height: size.text + 1, color: ink }));
  tiles.forEach((tile, i) => {
    const x = margin + (i % columns) * cell.width;
    const y = top + Math.floor(i / columns) * cell.height;
    // A long title is written smaller before it is cut.
    const height = Math.max(size.text - 1, Math.min(size.heading, (size.heading * room) / textWidth(tile.title, size.heading)));
    canvas.text(shorten(tile.title, height, room), { x, y: y + size.heading + 2, height, color: ink, bold: true });
    canvas.place(tile.picture, x, y + line.heading);
    captions[i]!.forEach((text, n) =>
      canvas.text(shorten(text, size.text, room), { x, y: y + line.heading + extent.height + (n + 1) * line.text - 3, height: size.text, color: pale }),
    );
  });
  let x = margin;
  const y = top + rows * cell.height + 6;
  for (const scale of scales) x = drawScale(canvas, scale, x, y) + 3 * gap;
  remarks.forEach((text, i) => canvas.text(text, { x: margin, y: y + legend + i * line.text + 6, height: size.text, color: pale }));
  return canvas.picture;
}

/** Draws a bar of the scale's colors with its ends named. @returns where it ends */
function drawScale(canvas: Canvas, scale: ColorScale, x: number, y: number): number {
  const { color, low, high, ends } = colorScales[scale];
  const width = 200;
  canvas.paint({ x, y, width, height: 12 }, (column) => color(low + ((high - low) * column) / (width - 1)));
  const place = { y: y + 12 + size.text + 6, height: size.text, color: pale };
  canvas.text(ends[0], { x, ...place });
  const after = x + Math.max(width, textWidth(`${ends[0]}    ${ends[1]}`, size.text));
  canvas.text(ends[1], { x: after - textWidth(ends[1], size.text), ...place });
  return after;
}
