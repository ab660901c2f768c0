import type { Picture } from "../../images/index.js";
import { capitalHeight, glyphsOf } from "./stroke-font.js";

export type Color = readonly [red: number, green: number, blue: number];

export interface TextPlace {
  /** Left border and baseline, pixels. */
  readonly x: number;
  readonly y: number;
  /** Height of a capital letter, pixels. */
  readonly height: number;
  readonly color: Color;
  readonly bold?: boolean;
}

/** Width of a text in pixels. */
export function textWidth(text: string, height: number): number {
  return (glyphsOf(text).reduce((sum, { advance }) => sum + advance, 0) * height) / capitalHeight;
}

/** The text, or its beginning with dots where it is wider than that. */
export function shorten(text: string, height: number, width: number): string {
  if (textWidth(text, height) <= width) return text;
  const letters = Array.from(text);
  while (letters.length > 1 && textWidth(`${letters.join("")}...`, height) > width) letters.pop();
  return `${letters.join("").trimEnd()}...`;
}

/** Words put into lines of at most that width; a longer word has a line of its own. */
export function wrap(text: string, height: number, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && textWidth(longer, height) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** A colored sheet that pictures and text are drawn on. */
export class Canvas {
  readonly height: number;
  readonly width: number;
  readonly #data: Uint8Array;

  constructor(height: number, width: number, background: Color) {
    this.height = height;
    this.width = width;
    this.#data = new Uint8Array(height * width * 3);
    this.paint({ x: 0, y: 0, width, height }, () => background);
  }

  /** Paints a rectangle, a color for each pixel (from its own top left corner). */
  paint({ x, y, width, height }: { x: number; y: number; width: number; height: number }, color: (column: number, row: number) => Color): void {
    for (let row = Math.max(0, -y); row < Math.min(height, this.height - y); row++) {
      for (let column = Math.max(0, -x); column < Math.min(width, this.width - x); column++) this.#data.set(color(column, row), ((y + row) * this.width + x + column) * 3);
    }
  }

  place({ data, width, height, channels }: Picture, x: number, y: number): void {
    this.paint({ x, y, width, height }, (column, row) => {
      const at = (row * width + column) * channels;
      return channels === 1 ? [data[at]!, data[at]!, data[at]!] : [data[at]!, data[at + 1]!, data[at + 2]!];
    });
  }

  text(text: string, { x, y, height, color, bold = false }: TextPlace): void {
    const unit = height / capitalHeight;
    const thickness = Math.max(1.15, height * (bold ? 0.2 : 0.12));
    let left = x;
    for (const { advance, strokes } of glyphsOf(text)) {
      for (const stroke of strokes) {
        const points = stroke.map(([px, py]) => [left + px * unit, y + py * unit] as const);
        points.forEach((to, i) => (i > 0 || points.length === 1) && this.#line(points[Math.max(0, i - 1)]!, to, thickness, color));
      }
      left += advance * unit;
    }
  }

  /** A line with round ends, its border blended over a pixel. */
  #line([ax, ay]: readonly [number, number], [bx, by]: readonly [number, number], thickness: number, color: Color): void {
    const reach = thickness / 2 + 1;
    const [dx, dy] = [bx - ax, by - ay];
    const square = Math.max(1e-9, dx * dx + dy * dy);
    for (let row = Math.max(0, Math.floor(Math.min(ay, by) - reach)); row <= Math.min(this.height - 1, Math.ceil(Math.max(ay, by) + reach)); row++) {
      for (let column = Math.max(0, Math.floor(Math.min(ax, bx) - reach)); column <= Math.min(this.width - 1, Math.ceil(Math.max(ax, bx) + reach)); column++) {
        const along = Math.min(1, Math.max(0, ((column + 0.5 - ax) * dx + (row + 0.5 - ay) * dy) / square));
        const distance = Math.hypot(column + 0.5 - ax - along * dx, row + 0.5 - ay - along * dy);
        const cover = Math.min(1, Math.max(0, thickness / 2 + 0.5 - distance));
        if (cover === 0) continue;
        const at = (row * this.width + column) * 3;
        for (let c = 0; c < 3; c++) this.#data[at + c] = Math.round(this.#data[at + c]! * (1 - cover) + color[c]! * cover);
      }
    }
  }

  get picture(): Picture {
    return { data: this.#data, height: this.height, width: this.width, channels: 3 };
  }
}
