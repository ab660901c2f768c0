import { textStrokes } from "./lettering.js";

export type Color = readonly [number, number, number];

/** An RGB picture, row-major, channels last. */
export interface Sheet {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export function createSheet(width: number, height: number, color: Color): Sheet {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = color[i % 3]!;
  return { data, width, height };
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Copies display values 0..1 onto the sheet, as grey. */
export function drawPicture(sheet: Sheet, picture: { pixels: Float32Array; width: number; height: number }, { x, y }: Place): void {
  for (let r = 0; r < picture.height; r++) {
    for (let k = 0; k < picture.width; k++) {
      const to = ((y + r) * sheet.width + x + k) * 3;
      sheet.data.fill(Math.round(255 * picture.pixels[r * picture.width + k]!), to, to + 3);
    }
  }
}

/** Colors the pixels of a mask that touch one outside it. */
export function outlineMask(sheet: Sheet, { region, width, height }: { region: Uint8Array; width: number; height: number }, o: Place & { color: Color }): void {
  const inside = (r: number, k: number): boolean => r >= 0 && k >= 0 && r < height && k < width && region[r * width + k] !== 0;
  for (let r = 0; r < height; r++) {
    for (let k = 0; k < width; k++) {
      if (inside(r, k) && !(inside(r - 1, k) && inside(r + 1, k) && inside(r, k - 1) && inside(r, k + 1))) blend(sheet, o.x + k, o.y + r, o.color, 0.8);
    }
  }
}

/** Draws a line of text, its baseline's left end at (x, y). */
export function drawText(sheet: Sheet, text: string, o: Place & { capPx: number; color: Color; bold?: boolean }): void {
  const half = Math.max(0.55, o.capPx * (o.bold === true ? 0.075 : 0.055));
  for (const line of textStrokes(text, o)) {
    const [xs, ys] = [line.filter((_, i) => i % 2 === 0), line.filter((_, i) => i % 2 === 1)];
    const [left, right] = [Math.floor(Math.min(...xs) - half - 1), Math.ceil(Math.max(...xs) + half + 1)];
    const [top, bottom] = [Math.floor(Math.min(...ys) - half - 1), Math.ceil(Math.max(...ys) + half + 1)];
    for (let r = Math.max(0, top); r <= Math.min(sheet.height - 1, bottom); r++) {
      for (let k = Math.max(0, left); k <= Math.min(sheet.width - 1, right); k++) {
        const cover = Math.min(1, Math.max(0, half + 0.5 - distanceTo(line, k + 0.5, r + 0.5)));
        if (cover > 0) blend(sheet, k, r, o.color, cover);
      }
    }
  }
}

function blend({ data, width, height }: Sheet, k: number, r: number, color: Color, share: number): void {
  if (k < 0 || r < 0 || k >= width || r >= height) return;
  const at = (r * width + k) * 3;
  for (let c = 0; c < 3; c++) data[at + c] = Math.round(data[at + c]! * (1 - share) + color[c]! * share);
}

/** Distance from a point to a polyline. */
function distanceTo(line: readonly number[], x: number, y: number): number {
  let best = Infinity;
  for (let i = 0; i + 3 < line.length; i += 2) {
    const [ax, ay] = [line[i]!, line[i + 1]!];
    const [dx, dy] = [line[i + 2]! - ax, line[i + 3]! - ay];
    const t = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / Math.max(1e-9, dx * dx + dy * dy)));
    const [offX, offY] = [x - ax - t * dx, y - ay - t * dy];
    best = Math.min(best, offX * offX + offY * offY);
  }
  return Math.sqrt(best);
}
